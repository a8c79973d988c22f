namespace PosTenancy.Engine.Reporting.StatementSections;

/// <summary>What must be corrected: the findings that the baseline does not have.</summary>
internal static class Findings
{
    public static IEnumerable<ReportSection> Create(StatementRun run, SourceRoot root)
    {
        IReadOnlyList<StatementResult> findings = run.New();
        yield return ReportSection.From(
            "To Correct",
            findings.Count == 0
                ? new Paragraph(run.BaselinePath is null ? "Nothing." : "Nothing that the baseline does not have.")
                : StatementCells.Findings(findings, root));
        StatementResult[] others =
            [.. run.Results.Where(r => r is { IsFinding: false, Severity: StatementSeverity.Warning or StatementSeverity.Error })];
        if (others.Length > 0)
        {
            yield return ReportSection.From("Warnings", StatementCells.Findings(others, root));
        }
    }
}
