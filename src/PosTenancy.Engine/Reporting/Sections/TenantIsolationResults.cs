namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>Whether one tenant can read or change rows of another, as tested on a copy.</summary>
internal static class TenantIsolationResults
{
    public static ReportSection Create(UpgradeResult result) => ReportSection.From("Tenant Isolation", [.. Blocks(result.Isolation)]);

    private static IEnumerable<Block> Blocks(IReadOnlyList<IsolationResult> tests)
    {
        if (tests.Count == 0)
        {
            yield return new Paragraph(
                "Not tested. Test-PosTenantIsolation tests it on a copy, and Export-PosTenantReport adds what it found with -Isolation.");
            yield break;
        }

        yield return new Paragraph(
            $"On a copy with rows of a second tenant, made up for the test: {tests.Select(t => t.Status).Tally()}, in " +
            $"{Figures.Count(tests.Select(t => t.Table).Distinct(StringComparer.Ordinal).Count(), "table or view", "tables and views")}."
        );
        yield return new Table(
            [
                "Operation",
                new Column("Passed", IsNumber: true),
                new Column("Failed", IsNumber: true),
                new Column("Warning", IsNumber: true),
                new Column("Not checked", IsNumber: true),
                new Column("Rows that it would leak without a filter", IsNumber: true),
            ],
            [
                .. tests
                    .GroupBy(t => t.Operation)
                    .OrderBy(g => g.Key)
                    .Select(g =>
                        Table.Row(
                            Labels.For(g.Key),
                            Count(g, CheckStatus.Passed),
                            Count(g, CheckStatus.Failed),
                            Count(g, CheckStatus.Warning),
                            Count(g, CheckStatus.NotChecked),
                            Figures.Count(g.Sum(t => t.Leaked ?? 0)))),
            ]);
        List<IsolationResult> open = [.. tests.Where(t => t.Status != CheckStatus.Passed).OrderBy(t => t.Status)];
        if (open.Count > 0)
        {
            yield return new Table(
                ["Status", "Table", "Operation", "Finding"],
                [
                    .. open.Select(t =>
                        Table.Row(
                            Line.Status(t.Status),
                            t.Related is null ? t.Table : $"{t.Table} to {t.Related}",
                            Labels.For(t.Operation),
                            t.Detail)),
                ]);
        }
    }

    private static Line Count(IEnumerable<IsolationResult> tests, CheckStatus status) =>
        Figures.Count(tests.Count(t => t.Status == status));
}
