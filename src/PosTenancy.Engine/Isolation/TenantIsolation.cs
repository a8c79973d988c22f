using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Isolation;

/// <summary>Tests, on a copy of a migrated database, whether one tenant can read or change rows of another.</summary>
public static class TenantIsolation
{
    /// <summary>Copies the database, inserts rows of a canary tenant into every table, and lets both tenants read and write.</summary>
    /// <param name="path">Path of the live database, which is read but not written.</param>
    /// <param name="expectation">The tenant, its column, and the excluded tables.</param>
    /// <param name="destination">An existing folder for the copy; <see langword="null"/> for that of the database.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="withGuard">Whether to also try the guard of <see cref="Guards.TenantGuard"/> on the copy.</param>
    /// <param name="cancellation">Cancels the operation; the copy is removed.</param>
    /// <exception cref="PosTenancyException">The database cannot be read or copied, was not migrated, or the tenant id is
    /// invalid.</exception>
    public static IsolationReading Test(
        string path,
        TenantExpectation expectation,
        string? destination = null,
        IProgress<StageProgress>? progress = null,
        bool withGuard = false,
        CancellationToken cancellation = default)
    {
        _ = TenantIdRules.Require(expectation.TenantId);
        DatabaseFile file = DatabaseFile.Inspect(path);
        return FileErrors.Guard(
            file.Path,
            () =>
            {
                using RunJournal journal = CopyJournals.Isolation.Begin(file.Path, BackupDestination.Require(file, destination), progress);
                return journal.Keep(() =>
                {
                    using PrivateCopy copy = PrivateCopy.Make(file, journal.CopyFolder, progress, cancellation);
                    progress?.Report(
                        new StageProgress(Stage.Isolation, "Reading the schema of the copy", file.Path, 0, 0) { Part = StagePart.Schema });
                    TestedDatabase database = new(copy.Connection, file.Path, expectation);
                    return new IsolationReading(new IsolationRun(database, withGuard, progress).Run().ToArray(), Warning(database));
                });
            });
    }

    private static string? Warning(TestedDatabase database) =>
        database.KnowsTenant
            ? null
            : $"'{database.Path}' has no row of tenant '{database.TenantId}' and was not migrated for it, so its own statements " +
                $"affected no rows. Existing tenants: {string.Join(", ", Tenants(database).DefaultIfEmpty("none"))}.";

    private static IEnumerable<string> Tenants(TestedDatabase database) =>
        database.TenantIds
            .Where(t => t.Length > 0)
            .OrderBy(t => t, StringComparer.Ordinal)
            .Take(10)
            .Select(t => $"'{t}'");
}
