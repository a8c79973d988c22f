namespace PosTenancy.Engine.Reporting.StatementSections;

/// <summary>The essentials: whether a statement reaches other tenants.</summary>
internal static class StatementHeader
{
    public static IReadOnlyList<Block> Create(StatementRun run, SourceRoot root)
    {
        StatementSummary total = run.Total();
        return
        [
            new Paragraph(Line.From(new Mark(run.Outcome()), " ", new Strong(Verdict(run, total)))),
            Bullets.From(
            [
                Line.Fact("Date", Figures.Date(run.StartedAt)),
                Line.Fact("Time", Figures.Time(run.StartedAt)),
                Line.Fact("Total duration", Figures.Duration(run.Duration)),
                Line.Fact("Database", run.Path),
                Line.Fact("Source", root.Folder ?? "none: the statements were given"),
                Line.Fact("Files with statements", Figures.Count(StatementSummary.From(run.Results).Count(s => s.File is not null))),
                Line.Fact("Statements", Figures.Count(total.Statements)),
                Line.Fact("Not checked", $"{Figures.Count(total.NotChecked)} ({Figures.Percent(total.NotChecked, total.Statements)})"),
                Line.Fact("Baseline", run.BaselinePath ?? "none"),
                Line.Fact("Program", run.ProductVersion),
                Line.Fact("SQLite", run.SqliteVersion),
            ]),
            .. run.Warnings.Select(w => new Paragraph(Line.From(new Mark(CheckStatus.Warning), " ", w))),
        ];
    }

    private static string Verdict(StatementRun run, StatementSummary total)
    {
        IReadOnlyList<StatementResult> findings = run.New();
        int leaks = findings.Count(r => r.Verdict == StatementVerdict.Leaks);
        int inserts = findings.Count(r => r.Verdict == StatementVerdict.NoTenantOnInsert);
        return total.Statements == 0 ? "No statement was tested."
            : leaks == 1 ? "One finding: a statement sees or touches other tenants' rows."
            : leaks > 1 ? $"{Figures.Count(leaks)} findings: statements see or touch other tenants' rows."
            : inserts > 0 ? "Statements insert rows without naming their tenant."
            : findings.Count > 0 ? "Statements reach another tenant's row if they are given its key."
            : total.NotChecked > 0 ? "No statement that could be tried reaches other tenants, but not every one could be tried."
            : run.Known().Count > 0 ? "There is no new finding. Those of the baseline remain."
            : "Every statement was tried, and none reaches other tenants.";
    }
}
