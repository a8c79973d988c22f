namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>The same plan on a copy and on the live file.</summary>
internal static class RehearsalComparison
{
    public static ReportSection Of(UpgradeResult result)
    {
        if (result is { Rehearsal: null, Status: UpgradeStatus.AlreadyMigrated })
        {
            return ReportSection.Of("Comparison: Rehearsal vs Production", new Paragraph("Nothing was rehearsed, and nothing was run on the live file."));
        }

        MigrationResult? rehearsal = result.Rehearsal;
        MigrationResult? production = result.Migration;
        return ReportSection.Of("Comparison: Rehearsal vs Production", new Table(
            ["Metric", "Rehearsal", "Production", "Match"],
            [
                Table.Row("Duration", Show(rehearsal, m => Figures.Duration(m.Duration)), Show(production, m => Figures.Duration(m.Duration)), "not compared"),
                Compare("Status", m => Words.Of(m.Status)),
                Compare("Tables updated", m => Figures.Count(m.TablesUpdated)),
                Compare("Indexes created", m => Figures.Count(m.IndexesCreated)),
                Compare("NULL values", m => m.NullTenantIds is { } n ? Figures.Count(n) : "not measured"),
                Compare("Rows before", m => Figures.Count(m.RowsBefore)),
                Compare("Rows after", m => Figures.Count(m.RowsAfter)),
                Compare("Data loss (rows)", m => Figures.Count(m.RowsBefore - m.RowsAfter)),
                Compare("Foreign keys", m => m.Checks.FirstOrDefault(c => c.Name == "ForeignKeysIntact")?.Actual ?? "not measured"),
                Compare("Checks", m => m.Checks.Tally()),
            ]));

        IReadOnlyList<Line> Compare(string metric, Func<MigrationResult, string> value)
        {
            string match = rehearsal is null || production is null
                ? "nothing to compare"
                : Words.YesNo(string.Equals(value(rehearsal), value(production), StringComparison.Ordinal));
            return Table.Row(metric, Show(rehearsal, value), Show(production, value), match);
        }
    }

    private static string Show(MigrationResult? run, Func<MigrationResult, string> value) => run is null ? Words.NotReached : value(run);
}
