using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Migration;

/// <summary>Measures a database without changing it: the checks, and who owns its rows.</summary>
public static class TenantIntegrity
{
    /// <summary>Runs every check.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="expectation">What should be found.</param>
    /// <param name="backupPath">The backup made before the migration; <see langword="null"/> if there is none to compare with.</param>
    /// <param name="progress">Told which check runs.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="PosTenancyException">The database cannot be read, or the backup is not what its manifest says.</exception>
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
            VerifiedBackup backup = VerifiedBackup.Open(backupPath, DatabaseFile.FullPath(path), Stage.Verification, progress, cancellation);
            using DatabaseConnection before = DatabaseConnection.OpenImmutable(backup.Path, cancellation);
            baseline = Baseline.Read(backup.Path, before, expectation.ColumnName);
        }

        return DatabaseReader.Read(
            path,
            (reader, bytes) => IntegrityChecks.Run(new CheckContext(reader.Path, reader, expectation, baseline) { Bytes = bytes, Progress = progress }),
            cancellation);
    }

    /// <summary>Counts the rows of each tenant in each table; a table without rows is one line with 0.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="columnName">The tenant column; tables without it are left out.</param>
    /// <param name="includeTable">Which tables to count.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="PosTenancyException">The database cannot be read.</exception>
    public static IReadOnlyList<TenantDistribution> Distribution(
        string path, string columnName, Func<string, bool> includeTable, CancellationToken cancellation = default) =>
        DatabaseReader.Read(
            path,
            reader =>
            {
                CheckContext context = new(reader.Path, reader, new TenantExpectation(TenantId: null, columnName, []), baseline: null);
                return (IReadOnlyList<TenantDistribution>)
                [
                    .. DistributionReader.Read(reader, reader.Path, context.TenantColumns.Where(t => includeTable(t.Table.Name))),
                ];
            },
            cancellation);
}
