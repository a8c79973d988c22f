using System.Globalization;

namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>Duration of queries before, on the backup, and after, with the tenant.</summary>
internal static class QueryPerformance
{
    public static ReportSection Create(UpgradeResult result) => ReportSection.From("Query Performance", [.. Blocks(result.Queries)]);

    private static IEnumerable<Block> Blocks(IReadOnlyList<QueryMeasurement> queries)
    {
        if (queries.Count == 0)
        {
            yield return new Paragraph(
                "Not measured. Measure-PosTenantQuery measures it, and Export-PosTenantReport adds what it found with -Query.");
            yield break;
        }

        yield return new Paragraph(
            $"{Figures.Count(queries.Count, "query", "queries")} on the backup and on the migrated database: " +
            $"{queries.Select(q => q.Status).Tally()}."
        );
        int readers = queries.Max(q => q.Readers);
        if (readers > 1)
        {
            yield return new Paragraph(
                $"{Figures.Count(readers)} connections read at the same time; " +
                $"{Figures.Count(queries.Sum(q => q.ReaderErrors))} of their runs ended with an error."
            );
        }

        yield return new Table(
            [
                "Status",
                "Query",
                new Column("Before: median, p95", IsNumber: true),
                new Column("After: median, p95", IsNumber: true),
                new Column("Ratio", IsNumber: true),
                "Index after",
            ],
            [
                .. queries.Select(q =>
                    Table.Row(
                        Line.Status(q.Status),
                        q.Table is null ? q.Name : $"{q.Table}: {q.Name}",
                        Times(q.BeforeMedian, q.BeforeP95),
                        Times(q.AfterMedian, q.AfterP95),
                        q.Ratio?.ToString("0.00", CultureInfo.InvariantCulture)
                            ?? (q.AfterMedian is null ? "not measured" : "too short to compare"),
                        q.IndexAfter.Length == 0 ? "none" : q.IndexAfter)),
            ]);
        List<QueryMeasurement> open = [.. queries.Where(q => q.Status != CheckStatus.Passed)];
        if (open.Count > 0)
        {
            yield return new Table(
                ["Query", "Why", "What to do"],
                [
                    .. open.Select(q =>
                        Table.Row(q.Table is null ? q.Name : $"{q.Table}: {q.Name}", Labels.OrNothing(q.Cause), Labels.OrNothing(q.Cure))),
                ]);
        }
    }

    private static Line Times(TimeSpan? median, TimeSpan? p95) =>
        median is { } known && p95 is { } most ? $"{Milliseconds(known)}, {Milliseconds(most)} ms" : "not measured";

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("N3", CultureInfo.InvariantCulture);
}
