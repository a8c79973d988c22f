using PosTenancy.Engine.Statements.Source;

namespace PosTenancy.Engine.Statements;

/// <summary>A statement to test, and its place.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="IsInFile">Whether it came from a file.</param>
internal sealed record FoundStatement(SourceStatement Statement, bool IsInFile)
{
    /// <summary>The place in words, for progress.</summary>
    public string Place => IsInFile ? $"{Statement.File}:{Statement.Line}" : "-Statement";

    /// <summary>The result of a trial at this place: allowed, known or new, and with what is wrong with its text.</summary>
    /// <param name="result">What the trial showed.</param>
    /// <param name="baseline">The findings that are known.</param>
    public StatementResult Complete(StatementResult result, StatementBaseline? baseline)
    {
        StatementResult judged = Statement.AllowedReason is { } reason ? AllowedStatement.Apply(result, reason) : result;
        judged = baseline?.Apply(judged) ?? judged;
        return Statement.IsInjection
            ? judged with
            {
                Severity = judged.Severity > StatementSeverity.Warning ? judged.Severity : StatementSeverity.Warning,
                Notes = [.. judged.Notes, "A value is spliced into a quoted text of the statement, and can change the SQL (injection)."],
            }
            : judged;
    }
}
