namespace PosTenancy.Engine.Reporting.StatementSections;

/// <summary>How many statements have which verdict, in all and in each file.</summary>
internal static class StatementVerdicts
{
    public static ReportSection Create(StatementRun run, SourceRoot root)
    {
        StatementSummary total = run.Total();
        return ReportSection.From(
            "Verdicts",
            new Chart(
                "Statements per verdict",
                "Verdict",
                "Statements",
                [
                    .. StatementSummary.Order.Where(v => total[v] > 0)
                        .Select(v => new Bar(Labels.For(v), total[v], Figures.Count(total[v]))),
                ]),
            new Paragraph("A statement on several tables counts once, under its worst verdict."),
            new Table(
                ["File", Number("Statements"), .. StatementSummary.Order.Select(v => Number(Labels.For(v)))],
                [
                    .. StatementSummary.From(run.Results).Select(s => (IReadOnlyList<Line>)
                    [
                        s.File is { } file ? root.Relative(file) : "-Statement",
                        Figures.Count(s.Statements),
                        .. StatementSummary.Order.Select(v => (Line)Figures.Count(s[v])),
                    ]),
                ]));
    }

    private static Column Number(string title) => new(title, IsNumber: true);
}
