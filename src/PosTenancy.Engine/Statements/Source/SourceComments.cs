namespace PosTenancy.Engine.Statements.Source;

/// <summary>The comments of a source file that allow a statement to reach all tenants.</summary>
internal sealed class SourceComments
{
    private readonly SourceText _text;

    /// <summary>Comments by the line on which they end.</summary>
    private readonly Dictionary<int, SourceComment> _byLastLine = [];
    private readonly bool _hasMarks;

    public SourceComments(SourceText text, IReadOnlyList<SourceComment> comments)
    {
        _text = text;
        _hasMarks = text.Text.IndexOf("postenancy:", StringComparison.OrdinalIgnoreCase) >= 0;
        foreach (SourceComment comment in _hasMarks ? comments : [])
        {
            _byLastLine[text.Line(Math.Max(comment.Start, comment.End - 1))] = comment;
        }
    }

    /// <summary>The statement with what the comments directly above it, or above the code that it is part of, allow.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="codeLine">Line on which the code begins that it is part of.</param>
    public SourceStatement Allow(SourceStatement statement, int codeLine)
    {
        if (!_hasMarks || statement.AllowedReason is not null)
        {
            return statement;
        }

        Allowance? found = Above(statement.Line) ?? Above(codeLine);
        return found is not { } allowance ? statement
            : allowance.Reason is not null ? statement with { AllowedReason = allowance.Reason, MarkerWithoutReason = null }
            : statement with { MarkerWithoutReason = statement.MarkerWithoutReason ?? _text.Line(allowance.Position) };
    }

    private Allowance? Above(int line)
    {
        Allowance? without = null;
        while (_byLastLine.TryGetValue(line - 1, out SourceComment comment))
        {
            if (Allowance.Read(_text.Text.Substring(comment.Start, comment.End - comment.Start), comment.Start) is { } found)
            {
                if (found.Reason is not null)
                {
                    return found;
                }

                without ??= found;
            }

            line = _text.Line(comment.Start);
        }

        return without;
    }
}
