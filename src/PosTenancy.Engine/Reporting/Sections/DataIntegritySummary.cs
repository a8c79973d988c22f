using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>Figures and checks side by side. A tick needs both: equal figures, and a check of the live file that passed.</summary>
internal static class DataIntegritySummary
{
    public static ReportSection Create(UpgradeResult result)
    {
        MigrationResult? m = result.Migration;
        int? changes = result.Plan?.Changes.Count();
        Table table = new(
            ["Check", "Expected", "Actual", "Status"],
            [
                Figure(result, "Tables updated", nameof(TablesHaveTenantColumn), changes, m?.TablesUpdated),
                Figure(
                    result,
                    "Indexes created",
                    nameof(TenantIndexesExist),
                    result.PlannedIndexes(),
                    m?.IndexesCreated,
                    result.Plan?.Options.Script is null ? Labels.NotReached : "determined by the script"),
                Figure(result, "NULL values", nameof(NoNullTenantIds), 0, m?.NullTenantIds),
                Figure(result, "Data loss (rows)", nameof(RowCountsMatch), 0, m?.RowsBefore - m?.RowsAfter),
                Figure(result, "Row count match", nameof(RowCountsMatch), m?.RowsBefore, m?.RowsAfter),
                Check(result, "Data unchanged", nameof(DataUnchanged)),
                Check(result, "File integrity", nameof(FileIntegrity)),
                Check(result, "Foreign keys", nameof(ForeignKeysIntact)),
                Check(result, "References within a tenant", nameof(TenantReferencesConsistent)),
                Check(result, "Tenant assignment", nameof(TenantDistribution)),
            ]);
        return m?.Status == MigrationStatus.RolledBack
            ? ReportSection.From(
                "Data Integrity Summary",
                new Paragraph(
                    "Measured after the migration was rolled back. A hash proved that the file has its original bytes; no check ran on " +
                    "it afterwards."
                ),
                table)
            : ReportSection.From("Data Integrity Summary", table);
    }

    private static IReadOnlyList<Line> Figure(
        UpgradeResult result,
        string name,
        string check,
        long? expected,
        long? actual,
        string unknown = Labels.NotReached)
    {
        CheckStatus status =
            expected is not null && actual is not null && expected != actual ? CheckStatus.Failed : result.LiveStatus(check);
        return Table.Row(
            name,
            expected is { } number ? Figures.Count(number) : unknown,
            Number(actual),
            Line.Status(actual is null ? CheckStatus.NotChecked : status));
    }

    private static IReadOnlyList<Line> Check(UpgradeResult result, string name, string check) =>
        result.IsOfLiveFile() && result.FindCheck(check) is { } found
            ? Table.Row(name, found.Expected, found.Actual, Line.Status(found.Status))
            : Table.Row(name, Labels.NotReached, Labels.NotReached, Line.Status(CheckStatus.NotChecked));

    private static string Number(long? value) => value is { } number ? Figures.Count(number) : Labels.NotReached;
}
