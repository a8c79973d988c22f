namespace PosTenancy.Engine.Reporting.StatementSections;

/// <summary>How many statements were proved isolated on each table.</summary>
internal static class ProvedTables
{
    public static ReportSection Create(StatementRun run)
    {
        IReadOnlyList<StatementResult> results = run.With(StatementVerdict.Isolated);
        return ReportSection.From(
            "Proved Isolated",
            results.Count == 0
                ? new Paragraph("No statement.")
                : new Table(
                    ["Table", .. Operations.Select(o => new Column(o.ToString(), IsNumber: true))],
                    [
                        .. results.GroupBy(r => r.Table, StringComparer.Ordinal)
                            .OrderBy(t => t.Key, StringComparer.Ordinal)
                            .Select(t => (IReadOnlyList<Line>)
                            [
                                t.Key,
                                .. Operations.Select(o => (Line)Figures.Count(t.Count(r => r.Operation == o))),
                            ]),
                    ]));
    }

    private static StatementOperation[] Operations =>
        [StatementOperation.Select, StatementOperation.Insert, StatementOperation.Update, StatementOperation.Delete];
}
