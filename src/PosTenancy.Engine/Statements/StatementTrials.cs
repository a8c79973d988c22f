using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Statements.Source;
using PosTenancy.Engine.Statements.Trial;

namespace PosTenancy.Engine.Statements;

/// <summary>Tries statements, each text once, wherever it stands.</summary>
internal sealed class StatementTrials(StatementTrial trial)
{
    private readonly Dictionary<(string Sql, string? WithFragments), IReadOnlyList<TrialFinding>> _tried = [];

    /// <summary>The results of one statement, one for each table that it reaches.</summary>
    public IEnumerable<StatementResult> Try(FoundStatement found)
    {
        SourceStatement statement = found.Statement;
        return Findings(statement).Select(finding => new StatementResult(
            trial.Path,
            found.IsInFile ? statement.FullPath : null,
            found.IsInFile ? statement.Line : 0,
            found.IsInFile ? statement.Column : 0,
            statement.Sql,
            finding.Table,
            finding.Operation,
            finding.Verdict,
            finding.Severity,
            finding.Reason,
            finding.Witness)
        {
            Notes = finding.Notes,
        });
    }

    private IReadOnlyList<TrialFinding> Findings(SourceStatement statement)
    {
        if (statement.Form == SourceForm.Dynamic && !statement.Appended)
        {
            string why = statement.Why is { } reason ? $": {reason.TrimEnd('.')}" : "";
            return [NotTried(statement.Sql, $"A part of its text is decided when the application runs{why}.")];
        }

        if (!_tried.TryGetValue((statement.Sql, statement.WithFragments), out IReadOnlyList<TrialFinding>? findings))
        {
            findings = trial.Try(statement.Sql);
            if (statement is { Appended: true, WithFragments: { } complete })
            {
                bool onlyNarrows = !statement.Fragments.Any(HasOuterOr);
                findings = Together(findings, trial.Try(complete), onlyNarrows);
            }

            _tried.Add((statement.Sql, statement.WithFragments), findings);
        }

        return findings;
    }

    /// <summary>
    /// The worse finding of each table: the application runs the statement with and without what it appends. Conditions that are appended
    /// with AND only take rows away, so a complete statement that returned nothing is what its fixed part is.
    /// </summary>
    private static List<TrialFinding> Together(
        IReadOnlyList<TrialFinding> fixedPart, IReadOnlyList<TrialFinding> complete, bool onlyNarrows)
    {
        List<TrialFinding> together = [];
        foreach (TrialFinding finding in fixedPart)
        {
            TrialFinding? other = complete.FirstOrDefault(f => f.Table == finding.Table);
            bool isOpened = other is not null && StatementSummary.Rank(other.Verdict) < StatementSummary.Rank(finding.Verdict) &&
                !(onlyNarrows && other.Verdict == StatementVerdict.NotChecked);
            together.Add(isOpened
                ? other! with { Notes = [.. other.Notes, "So it is with all that the application appends; the fixed part alone is not."] }
                : finding);
        }

        together.AddRange(complete.Where(f => f.Table.Length > 0 && !fixedPart.Any(p => p.Table == f.Table)));
        return together;
    }

    private static bool HasOuterOr(string fragment)
    {
        SqlText text = new(fragment);
        return text.Places.Any(p => text.Tokens[p].Depth == 0 && text.Is(p, "OR"));
    }

    private static TrialFinding NotTried(string sql, string reason) =>
        new("", SqlOperation.Of(new SqlText(sql)), StatementVerdict.NotChecked, reason, Witness: null, Notes: []);
}
