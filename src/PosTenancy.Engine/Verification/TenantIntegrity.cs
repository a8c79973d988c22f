using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Verification;

/// <summary>Measures a database without changing it: the checks, and the owners of its rows.</summary>
public static class TenantIntegrity
{
    /// <summary>Runs every check.</summary>
    /// <param name="path">Path of the live database.</param>
    /// <param name="expectation">The expected state.</param>
    /// <param name="backupPath">The backup made before the migration; <see langword="null"/> if there is none to compare with.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PosTenancyException">The database cannot be read, or the backup does not match its manifest.</exception>
    public static IReadOnlyList<CheckResult> Test(
        string path,
        TenantExpectation expectation,
        string? backupPath = null,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        Baseline? baseline = null;
        if (backupPath is not null)
        {
            RecordedBackup backup = RecordedBackup.Open(
                backupPath,
                FilePath.Full(path),
                Stage.Verification,
                progress,
                cancellation);
            progress?.Report(new StageProgress(Stage.Verification, Baseline.Activity, backup.Path, 0, 0) { Part = StagePart.Baseline });
            using DatabaseConnection before = DatabaseConnection.OpenImmutable(backup.Path, cancellation);
            baseline = Baseline.Read(backup.Path, before, expectation.ColumnName);
            DatabaseTenants tenants = DatabaseTenants.Read(before, baseline.Schema, SharedTables.AddTo(expectation, before));
            expectation = tenants.AreSeveral ? expectation with { Tenants = tenants.All } : expectation;
        }

        progress?.Report(
            new StageProgress(Stage.Verification, "Reading the schema and counting rows", path, 0, 0) { Part = StagePart.FileChecks });
        return DatabaseReader.Read(
            path,
            (reader, bytes) =>
                IntegrityChecks.Run(new CheckContext(reader.Path, reader, expectation, baseline) { Bytes = bytes, Progress = progress }),
            cancellation);
    }

    /// <summary>Counts the rows of each tenant in each table; a table without rows has one entry with 0.</summary>
    /// <param name="path">Path of the live database.</param>
    /// <param name="columnName">Name of the tenant column; tables without it are left out.</param>
    /// <param name="includeTable">Selects the tables to count.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PosTenancyException">The database cannot be read.</exception>
    public static IReadOnlyList<TenantDistribution> Distribution(
        string path,
        string columnName,
        Func<string, bool> includeTable,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        Report("Reading the schema and counting rows", path, 0, 0, 0, StagePart.Schema);
        return DatabaseReader.Read(
            path,
            reader =>
            {
                TenantExpectation expectation = SharedTables.AddTo(new(TenantId: null, columnName, []), reader);
                (TableSchema Table, ColumnSchema Column)[] columns =
                    [.. TenantTables.Migrated(SchemaReader.Read(reader), expectation).Where(t => includeTable(t.Table.Name))];
                long total = columns.Sum(t => t.Table.Rows ?? 0);
                long done = 0;
                return (IReadOnlyList<TenantDistribution>)[.. DistributionReader.Read(reader, reader.Path, columns.Select(Told))];

                (TableSchema, ColumnSchema) Told((TableSchema Table, ColumnSchema Column) column)
                {
                    long next = done + (column.Table.Rows ?? 0);
                    Report("Counting the rows of each tenant", column.Table.Name, done, next, total, StagePart.Statements);
                    done = next;
                    return column;
                }
            },
            cancellation);

        void Report(string activity, string item, long completed, long next, long total, StagePart part) =>
            progress?.Report(new StageProgress(Stage.Measurement, activity, item, completed, total) { Next = next, Part = part });
    }
}
