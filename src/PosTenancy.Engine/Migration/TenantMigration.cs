using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Migration;

/// <summary>
/// Migrates a database: proves that it is its backup, runs the plan in one transaction, verifies the committed file from a new connection,
/// and restores the backup if that fails. The database is locked from the first of these to the last.
/// </summary>
public static class TenantMigration
{
    /// <summary>Migrates a database.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="options">What to do.</param>
    /// <param name="backupPath">A backup of the file as it is now; <see langword="null"/> to have one made beside it.</param>
    /// <param name="lockTimeout">How long to wait for others to close the database.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="onlyVerify">Refuse if there is anything to change: the caller found nothing, and so asked for no confirmation.</param>
    /// <param name="cancellation">Cancels it; what was begun is undone.</param>
    /// <exception cref="PosTenancyException">It was refused, and nothing was written; or the file could not be restored.</exception>
    /// <exception cref="CommandCancelledException">It was cancelled; the message says what the file is now.</exception>
    public static MigrationResult Migrate(
        string path,
        MigrationOptions options,
        string? backupPath = null,
        TimeSpan? lockTimeout = null,
        IProgress<StageProgress>? progress = null,
        bool onlyVerify = false,
        CancellationToken cancellation = default)
    {
        string live = FilePath.Full(path);
        using RunJournal journal = RunJournal.Open(live, "migration", progress);
        return journal.Keep(() =>
        {
            if (journal.Earlier.Pending is { BackupPath: { } interrupted } run)
            {
                throw Errors.UpgradeInterrupted(
                    live,
                    run.Text,
                    journal.Earlier.Completion,
                    interrupted);
            }

            RunContext context = new(live, Stage.Migration, journal, progress, cancellation);
            return Run(options, backupPath, onlyVerify, lockTimeout, context);
        });
    }

    /// <summary>Locks the database, with the reports of a command that is about to plan.</summary>
    internal static ExclusiveDatabase Lock(RunContext run, TimeSpan? timeout)
    {
        Report("Locking the database and reading its schema");
        return ExclusiveDatabase.Open(
            run.Path, run.Journal!.RecoveryFolder, timeout ?? ExclusiveDatabase.DefaultTimeout, run.Cancellation, Report);

        void Report(string activity) => run.Report(activity, StagePart.Schema);
    }

    private static MigrationResult Run(
        MigrationOptions options, string? backupPath, bool onlyVerify, TimeSpan? lockTimeout, RunContext run)
    {
        RunJournal journal = run.Journal!;

        // Without a backup, making one is a step before the migration.
        Stage stage = backupPath is null ? Stage.Plan : Stage.Migration;
        using ExclusiveDatabase database = Lock(run with { Stage = stage }, lockTimeout);
        (DatabaseSchema schema, MigrationPlan plan) = TenantPlan.Make(database.Connection, options, run.Cancellation);
        RequireRunnable(database.File.Path, plan);
        if (!plan.HasChanges)
        {
            return AlreadyMigrated(database, schema, plan, run.Progress);
        }

        RequireExpected(database.File.Path, onlyVerify);
        backupPath ??= BackupOfCancelled(database, options, run)?.BackupPath;
        if (!journal.HasBegun)
        {
            journal.Begin(database.File.Folder, options);
        }

        string backup = backupPath ??
            DatabaseBackup.Create(database, destination: null, journal, run.Progress, run.Cancellation).BackupPath;
        return new MigrationRun(database, schema, plan, backup, rehearsed: null, run with { Path = database.File.Path }).Run();
    }

    /// <summary>Refuses a change where the caller had found nothing to change.</summary>
    /// <exception cref="PosTenancyException">It was changed meanwhile.</exception>
    internal static void RequireExpected(string path, bool onlyVerify)
    {
        if (onlyVerify)
        {
            throw Errors.DatabaseChanged(path, "was fully migrated a moment ago, but no longer is: another program has changed it.");
        }
    }

    /// <summary>The backup of a run that was cancelled, if it lies beside the database and the database still is that backup.</summary>
    private static BackupResult? BackupOfCancelled(ExclusiveDatabase database, MigrationOptions options, RunContext run)
    {
        if (run.Journal!.Earlier.Last is not { IsCancelled: true } earlier)
        {
            return null;
        }

        UpgradeRecovery cancelled = new UpgradeRecovery(database, earlier, options, run).Inspect();
        run.Journal.SettleEarlier();
        return cancelled.IsUnchanged ? cancelled.BackupIn(database.File.Folder) : null;
    }

    /// <summary>Says what <see cref="Migrate"/> would do, and changes nothing.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="options">What to do.</param>
    /// <param name="backupPath">The backup that would be given; it is verified against its manifest.</param>
    /// <param name="lockTimeout">How long to wait for others to close the database; not at all if no time is given.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PosTenancyException">It would be refused.</exception>
    public static MigrationPlan Preview(
        string path,
        MigrationOptions options,
        string? backupPath = null,
        TimeSpan? lockTimeout = null,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        DatabaseFile file = DatabaseFile.InspectUnused(path, lockTimeout ?? TimeSpan.Zero, progress, cancellation);

        if (backupPath is not null)
        {
            RecordedBackup backup = RecordedBackup.Open(backupPath, file.Path, Stage.Plan, progress, cancellation);
            backup.RequireMatch(file, progress, cancellation);
            backup.RequireCounts(cancellation);
        }

        progress?.Report(new StageProgress(Stage.Plan, "Reading the schema", file.Path, 0, 0) { Part = StagePart.Schema });
        MigrationPlan plan = TenantPlan.Read(file.Path, options, cancellation);
        RequireRunnable(file.Path, plan);
        return plan;
    }

    /// <summary>Refuses a plan that must not be run.</summary>
    /// <exception cref="PosTenancyException">A table is blocked, there is no table to migrate, or it could not be recorded.</exception>
    internal static void RequireRunnable(string path, MigrationPlan plan)
    {
        if (plan.Blocked.Any())
        {
            throw BlockedPlan.Refuse(path, plan);
        }

        if (!plan.TenantTables.Any())
        {
            throw Errors.NothingToMigrate(path);
        }

        if (plan.HasChanges && plan.History.Problem is { } problem)
        {
            throw Errors.HistoryTableUnusable(path, plan.History.Table, problem);
        }
    }

    /// <summary>Measures a database that needs nothing, and writes nothing.</summary>
    internal static MigrationResult AlreadyMigrated(
        ExclusiveDatabase database, DatabaseSchema schema, MigrationPlan plan, IProgress<StageProgress>? progress)
    {
        CheckContext context = new(database.File.Path, database.Connection, TenantExpectation.From(plan), baseline: null)
        {
            Progress = progress,
        };
        IReadOnlyList<CheckResult> checks = IntegrityChecks.Run(context);
        return new MigrationMeasurement(database.File.Path, schema, plan, BackupPath: null, database.RawFile.Length, DateTimeOffset.Now)
            .Result(MigrationStatus.AlreadyMigrated, context, database.RawFile.Length, TimeSpan.Zero, checks, error: null);
    }
}
