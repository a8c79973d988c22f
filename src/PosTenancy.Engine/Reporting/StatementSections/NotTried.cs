namespace PosTenancy.Engine.Reporting.StatementSections;

/// <summary>The statements of which nothing was proved, and why. They are never counted as isolated.</summary>
internal static class NotTried
{
    public static ReportSection Create(StatementRun run, SourceRoot root)
    {
        IReadOnlyList<StatementResult> results = run.With(StatementVerdict.NotChecked);
        return ReportSection.From(
            "Not Checked",
            results.Count == 0
                ? new Paragraph("None: every statement was tried.")
                : StatementCells.Findings(results, root));
    }
}
