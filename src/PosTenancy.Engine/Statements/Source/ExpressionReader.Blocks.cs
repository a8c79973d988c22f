namespace PosTenancy.Engine.Statements.Source;

/// <content>A text to which a block appends: <c>buildString { append("…") }</c> of Kotlin.</content>
internal sealed partial class ExpressionReader
{
    /// <summary>Whether a brace opens such a block.</summary>
    public static bool OpensText(SourceTokens tokens, int index) =>
        tokens.Is(index, "{") && tokens.IsOpen(index) && tokens.Is(index - 1, "buildString");

    /// <summary>What the statements of a block append.</summary>
    private IReadOnlyList<TextValue> Built(SourceTokens tokens, int open)
    {
        if (_depth >= Deepest)
        {
            return [Unknown(tokens, open, tokens.After(open))];
        }

        _depth++;
        IReadOnlyList<TextValue> built = [TextValue.Empty];
        int close = tokens.Match(open);
        for (int i = open + 1; i < close;)
        {
            int end = tokens.After(i);
            while (end < close && !tokens.Is(end, ";") && (!tokens[end].StartsLine || IsAccessor(tokens, end)))
            {
                end = tokens.After(end);
            }

            built = Combine(built, Appends(tokens, i, Math.Min(end, close)));
            i = tokens.Is(end, ";") ? end + 1 : end;
        }

        _depth--;
        return built;
    }

    private IReadOnlyList<TextValue> Appends(SourceTokens tokens, int from, int to)
    {
        int body = tokens.Is(from, "if") && tokens.Is(from + 1, "(") ? tokens.After(from + 1) : from;
        if (body > from && body < to && Find(tokens, "else", body, to) < 0)
        {
            IReadOnlyList<TextValue> values = tokens.Is(body, "{") && tokens.IsOpen(body) ? Built(tokens, body) : Appends(tokens, body, to);
            return [.. values.Select(v => v.IsEmpty ? v : TextValue.Empty.WithOptional(v, tokens[from].Start))];
        }

        IReadOnlyList<TextValue> appended = [TextValue.Empty];
        int name = from;
        while (name < to && TextFunctions.Method(tokens.Text(name), language) is var function and >= TextFunction.Append &&
            function <= TextFunction.AppendUnknown && tokens.Is(name + 1, "(") && tokens.IsOpen(name + 1))
        {
            appended = Combine(appended, Appended(tokens, function, name + 1));
            int next = tokens.After(name + 1);
            if (next >= to)
            {
                return appended;
            }

            name = next + 1;
        }

        // A statement that appends nothing, unless it does so in a way that is not read here.
        return Enumerable.Range(from, to - from).Any(i => TextFunctions.Builders.Contains(tokens.Text(i)) || tokens.Is(i, "append"))
            ? [Unknown(tokens, from, to)]
            : appended;
    }
}
