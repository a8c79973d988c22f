using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>The findings of a check, table by table.</summary>
internal static class CheckDetails
{
    public static IEnumerable<Block> Create(CheckResult check, UpgradeResult result)
    {
        if (result.LastRun() is not { Status: not MigrationStatus.RolledBack } run)
        {
            // After a rollback the tables were measured again, without the migration: those figures are not this check's.
            return check.Name is nameof(NoNullTenantIds) or nameof(TenantDistribution) or nameof(RowCountsMatch)
                    or nameof(TenantIndexesExist)
                ? [new Paragraph("The figures of each table were not kept: the migration was rolled back.")]
                : [];
        }

        return check.Name switch
        {
            nameof(NoNullTenantIds) => [Nulls(run)],
            nameof(TenantDistribution) => [Distribution(run)],
            nameof(RowCountsMatch) => RowCounts(check, run),
            nameof(TenantIndexesExist) => [Indexes(run)],
            nameof(TenantFilterUsesIndex) => Queries(run),
            nameof(ForeignKeysIntact) => [new Code("sql", ["PRAGMA foreign_key_check;"])],
            _ => [],
        };
    }

    private static Table Nulls(MigrationResult run) => new(
        ["Table", new Column("NULL values", IsNumber: true)],
        [.. run.Tables.Select(t => Table.Row(t.Table, Number(t.NullTenantIds, "no tenant column")))]);

    private static Block Distribution(MigrationResult run) => run.Distribution.Count > 0
        ? new Table(
            ["Table", new Column("Rows", IsNumber: true), "Tenant"],
            [.. run.Distribution.Select(d => Table.Row(d.Table, Figures.Count(d.Rows), d.Rows > 0 ? Labels.Owner(d) : "no rows"))])
        : new Paragraph("The rows of each table and tenant could not be read.");

    private static IEnumerable<Block> RowCounts(CheckResult check, MigrationResult run)
    {
        List<IReadOnlyList<Line>> rows =
        [
            .. run.Tables.Select(t =>
                Table.Row(
                    t.Table,
                    Figures.Count(t.RowsBefore),
                    Number(t.RowsAfter, "the table is gone"),
                    Match(check, t.RowsBefore == t.RowsAfter))),
            Table.Row(
                Line.From(new Strong("Total")),
                Figures.Count(run.RowsBefore),
                Figures.Count(run.RowsAfter),
                Match(check, run.RowsBefore == run.RowsAfter)),
        ];
        if (run.Status == MigrationStatus.AlreadyMigrated)
        {
            yield return new Paragraph("Nothing was written, so both are the same count, and their match proves nothing.");
        }

        yield return new Table(
            ["Table", new Column("Pre-migration", IsNumber: true), new Column("Post-migration", IsNumber: true), "Match"], rows);
        yield return new Paragraph("The table lists the tables that belong to tenants; the check also counts the others.");
    }

    /// <summary>A tick, if the check as a whole passed.</summary>
    private static Line Match(CheckResult check, bool isEqual) => (isEqual, check.Status) switch
    {
        (false, _) => Line.From(new Mark(CheckStatus.Failed), " no"),
        (true, CheckStatus.Passed) => Line.From(new Mark(CheckStatus.Passed), " yes"),
        _ => "equal",
    };

    private static Table Indexes(MigrationResult run) => new(
        ["Table", "Index that begins with " + run.ColumnName],
        [.. run.Tables.Select(t => Table.Row(t.Table, t.IndexName ?? "none"))]);

    private static IEnumerable<Block> Queries(MigrationResult run)
    {
        yield return new Paragraph("SQLite's plan was read for this query on each table; no row was fetched:");
        yield return new Code(
            "sql",
            [
                $"EXPLAIN QUERY PLAN SELECT * FROM <table> AS t WHERE t.{Identifier.Quote(run.ColumnName)} = " +
                $"{Identifier.Literal(run.TenantId)};",
            ]);
    }

    private static string Number(long? value, string otherwise) => value is { } number ? Figures.Count(number) : otherwise;
}
