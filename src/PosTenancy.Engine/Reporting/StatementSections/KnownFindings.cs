namespace PosTenancy.Engine.Reporting.StatementSections;

/// <summary>The findings that the baseline has: known, and not corrected yet.</summary>
internal static class KnownFindings
{
    public static IEnumerable<ReportSection> Create(StatementRun run, SourceRoot root)
    {
        IReadOnlyList<StatementResult> results = run.Known();
        if (results.Count > 0)
        {
            yield return ReportSection.From("In the Baseline", StatementCells.Findings(results, root));
        }
    }
}
