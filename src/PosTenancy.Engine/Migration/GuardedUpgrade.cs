using System.Diagnostics;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Migration;

/// <summary>What a guarded upgrade is to do, besides the migration itself.</summary>
/// <param name="Migration">The migration.</param>
public sealed record UpgradeOptions(MigrationOptions Migration)
{
    /// <summary>An existing folder for the backup and the rehearsal; <see langword="null"/> for the folder of the database.</summary>
    public string? Destination { get; init; }

    /// <summary>Whether to go without the rehearsal on a copy.</summary>
    public bool SkipRehearsal { get; init; }

    /// <summary>How long to wait for others to close the database.</summary>
    public TimeSpan? LockTimeout { get; init; }
}

/// <summary>The whole guard around one database: refuse early, back up, rehearse, migrate, verify.</summary>
public static class GuardedUpgrade
{
    /// <summary>Says what <see cref="Run"/> would do, and changes nothing.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="options">What to do.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="PosTenancyException">It would be refused.</exception>
    public static MigrationPlan Preview(string path, UpgradeOptions options, CancellationToken cancellation = default)
    {
        DatabaseFile file = DatabaseFile.Inspect(path);
        file.RequireWritable();
        if (OpenFileProcesses.FindOthers(file.Path).Phrase is { } processes)
        {
            throw Errors.DatabaseInUse(file.Path, processes);
        }

        DatabaseSchema schema = DatabaseReader.Read(file.Path, SchemaReader.Read, cancellation);
        MigrationPlan plan = MigrationPlanner.Plan(schema, options.Migration);
        TenantMigration.RequireRunnable(file.Path, plan);
        if (plan.Changes.Any())
        {
            RequireSpace(file, schema, plan, options);
        }

        return plan;
    }

    /// <summary>Runs the guard. What goes wrong is in the result; only a stop is thrown, after everything was taken back.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="options">What to do.</param>
    /// <param name="progress">Told what is being done; the last report of each stage has its result.</param>
    /// <param name="cancellation">Stops it; the file is then what it was.</param>
    /// <exception cref="OperationCanceledException">It was stopped; the file is what it was.</exception>
    public static UpgradeResult Run(
        string path, UpgradeOptions options, IProgress<StageProgress>? progress = null, CancellationToken cancellation = default)
    {
        Stopwatch watch = Stopwatch.StartNew();
        UpgradeResult result = new(path, options.Migration.TenantId, UpgradeStatus.Refused, DateTimeOffset.Now, TimeSpan.Zero);
        try
        {
            result = Prepare(result with { Path = DatabaseFile.FullPath(path) }, options, progress, cancellation);
            if (result.Backup is { } backup && !options.SkipRehearsal)
            {
                result = Rehearse(result, backup, progress, cancellation);
            }

            if (result is { Backup: { } whole, Error: null })
            {
                result = Migrate(result, whole, options, progress, cancellation);
            }
        }
        catch (PosTenancyException exception)
        {
            UpgradeStatus status = exception.ErrorId == ErrorIds.RollbackFailed ? UpgradeStatus.Failed : UpgradeStatus.Refused;
            result = result with { Status = status, Error = Failure.Of(exception) };
        }

        return result with { Duration = watch.Elapsed };
    }

    /// <summary>Plan and backup, under one lock.</summary>
    private static UpgradeResult Prepare(
        UpgradeResult result, UpgradeOptions options, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        progress?.Report(new StageProgress(Stage.Plan, "Locking the database and reading its schema", result.Path, 0, 0));
        using ExclusiveDatabase database = ExclusiveDatabase.Open(
            result.Path, options.LockTimeout ?? ExclusiveDatabase.DefaultTimeout, cancellation);
        DatabaseFile file = database.File;
        DatabaseSchema schema = SchemaReader.Read(database.Connection);
        MigrationPlan plan = MigrationPlanner.Plan(schema, options.Migration);
        result = result with
        {
            Path = file.Path,
            Plan = plan,
            Before = new FileState(
                database.RawFile.Length,
                schema.PageSize,
                file.Header.IsWal,
                database.Others.NotChecked,
                FolderAccess.AvailableBytes(file.Folder),
                ProductVersion.Sqlite,
                ProductVersion.Name),
        };
        progress?.Report(new StageProgress(Stage.Plan, "Planned", file.Path, 1, 1) { Result = plan });
        TenantMigration.RequireRunnable(file.Path, plan);
        if (!plan.Changes.Any())
        {
            MigrationResult already = TenantMigration.AlreadyMigrated(database, schema, plan, progress);
            return result with { Status = UpgradeStatus.AlreadyMigrated, Migration = already, Checks = already.Checks };
        }

        RequireSpace(file, schema, plan, options);
        BackupResult backup = DatabaseBackup.Create(database, options.Destination, progress, cancellation);
        progress?.Report(new StageProgress(Stage.Backup, "Backed up", backup.BackupPath, backup.Length, backup.Length) { Result = backup });
        return result with { Backup = backup };
    }

    private static UpgradeResult Rehearse(
        UpgradeResult result, BackupResult backup, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        MigrationResult rehearsal = Rehearsal.Run(backup, result.Plan!, progress, cancellation);
        progress?.Report(new StageProgress(Stage.Rehearsal, "Rehearsed", backup.BackupPath, 1, 1) { Result = rehearsal });
        return result with
        {
            Rehearsal = rehearsal,
            Checks = rehearsal.Checks,
            Error = rehearsal.Error is { } error ? Failure.Of(Errors.RehearsalFailed(result.Path, error.Message)) : null,
        };
    }

    private static UpgradeResult Migrate(
        UpgradeResult result, BackupResult backup, UpgradeOptions options, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        MigrationResult migration = TenantMigration.Migrate(
            result.Path, options.Migration, backup.BackupPath, options.LockTimeout, progress, cancellation);
        progress?.Report(new StageProgress(Stage.Verification, "Verified", result.Path, 1, 1) { Result = migration });
        return result with
        {
            Status = migration.Status == MigrationStatus.Migrated ? UpgradeStatus.Succeeded : UpgradeStatus.RolledBack,
            Migration = migration,
            Checks = migration.Checks,
            Error = migration.Error,
        };
    }

    /// <summary>Room for everything at once, before the first byte: a disk that fills up half-way is the worst moment to find out.</summary>
    private static void RequireSpace(DatabaseFile file, DatabaseSchema schema, MigrationPlan plan, UpgradeOptions options)
    {
        string folder = BackupDestination.Require(file, options.Destination);
        long growth = plan.EstimateGrowth(schema.PageSize);
        long rehearsal = options.SkipRehearsal ? 0 : file.Length + growth;
        if (string.Equals(folder, file.Folder, StringComparison.Ordinal))
        {
            BackupDestination.RequireSpace(file.Path, folder, file.Length + rehearsal + growth);
        }
        else
        {
            BackupDestination.RequireSpace(file.Path, folder, file.Length + rehearsal);
            BackupDestination.RequireSpace(file.Path, file.Folder, growth);
        }
    }
}
