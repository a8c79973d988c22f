using System.Diagnostics;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

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

    /// <summary>Whether to refuse if there is anything to change: the caller found nothing, and so asked for no confirmation.</summary>
    public bool OnlyVerify { get; init; }

    /// <summary>
    /// How long the migration may take before that is a warning: longer than nothing, one day at most; <see langword="null"/> for no
    /// warning.
    /// </summary>
    /// <exception cref="PosTenancyException">It is not.</exception>
    public TimeSpan? Target
    {
        get;
        init => field = value is null || (value > TimeSpan.Zero && value <= TimeSpan.FromDays(1)) ? value : throw Errors.InvalidTarget();
    }
}

/// <summary>The whole guard around one database: refuse early, back up, rehearse, migrate, verify.</summary>
public sealed class GuardedUpgrade
{
    private readonly UpgradeOptions _options;
    private readonly StageClock _progress;
    private readonly CancellationToken _cancellation;

    /// <summary>What is known so far: a failure in one stage does not take away what the stages before it measured.</summary>
    private UpgradeResult _result;

    private GuardedUpgrade(string path, UpgradeOptions options, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        _options = options;
        _progress = new StageClock(progress);
        _cancellation = cancellation;
        _result = new UpgradeResult(path, options.Migration.TenantId, UpgradeStatus.Refused, DateTimeOffset.Now, TimeSpan.Zero)
        {
            RehearsalSkipped = options.SkipRehearsal,
            Target = options.Target ?? UpgradeResult.DefaultTarget,
            TargetRequested = options.Target is not null,
        };
    }

    /// <summary>Says what an upgrade would do, and changes nothing.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="options">What to do.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PosTenancyException">It would be refused.</exception>
    public static MigrationPlan Preview(
        string path, UpgradeOptions options, IProgress<StageProgress>? progress = null, CancellationToken cancellation = default)
    {
        MigrationPlan plan = TenantMigration.Preview(
            path,
            options.Migration,
            backupPath: null,
            options.LockTimeout,
            progress,
            cancellation);
        if (plan.Changes.Any())
        {
            RequireSpace(DatabaseFile.Inspect(path), plan, options);
        }

        return plan;
    }

    /// <summary>The result of an upgrade that was refused before it began.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="tenantId">The tenant that was asked for.</param>
    /// <param name="startedAt">When it was asked for.</param>
    /// <param name="refusal">Why it was refused.</param>
    public static UpgradeResult Refused(string path, string? tenantId, DateTimeOffset startedAt, PosTenancyException refusal) =>
        new(path, tenantId ?? "", UpgradeStatus.Refused, startedAt, DateTimeOffset.Now - startedAt) { Error = Failure.From(refusal) };

    /// <summary>Runs the guard. Whatever happens is in the result, a cancellation too.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="options">What to do.</param>
    /// <param name="progress">Receives progress reports; the last report of each stage has its result.</param>
    /// <param name="cancellation">Cancels it; what was begun is undone, and the result says what the file is now.</param>
    public static UpgradeResult Run(
        string path, UpgradeOptions options, IProgress<StageProgress>? progress = null, CancellationToken cancellation = default) =>
        new GuardedUpgrade(path, options, progress, cancellation).Run();

    private UpgradeResult Run()
    {
        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            _result = _result with { Path = FilePath.Full(_result.Path) };
            using RunJournal journal = RunJournal.Open(_result.Path, "upgrade", _progress);
            _ = journal.Keep(() => Run(journal));
        }
        catch (PosTenancyException exception)
        {
            UpgradeStatus status = exception.ErrorId == ErrorIds.RollbackFailed ? UpgradeStatus.Failed : UpgradeStatus.Refused;
            _result = _result with { Status = status, Error = Failure.From(exception) };
        }

        catch (CommandCancelledException exception)
        {
            _result = _result with { Status = UpgradeStatus.Cancelled, Error = new Failure(ErrorIds.Cancelled, exception.Message) };
        }

        _result = _result with { Duration = watch.Elapsed, Stages = _progress.Stop() };
        Report(Stage.Report, "Everything that was measured is in the result");
        return _result;
    }

    private UpgradeResult Run(RunJournal journal)
    {
        Prepare(journal);
        if (_result.Backup is { } backup && _result.Migration is null && (_options.SkipRehearsal || Rehearse(backup, journal)))
        {
            Migrate(backup, journal);
        }

        return _result;
    }

    /// <summary>Plan and backup, under one lock; and before it, the end of an upgrade that was interrupted.</summary>
    private void Prepare(RunJournal journal)
    {
        Lock("Locking the database and reading its schema");
        using ExclusiveDatabase database = ExclusiveDatabase.Open(
            _result.Path, journal.RecoveryFolder, _options.LockTimeout ?? ExclusiveDatabase.DefaultTimeout, _cancellation, Lock);
        DatabaseFile file = database.File;
        (DatabaseSchema schema, MigrationPlan plan) = TenantPlan.Make(database.Connection, _options.Migration, _cancellation);
        _result = _result with
        {
            Plan = plan,
            Before = new FileState(
                database.RawFile.Length,
                schema.PageSize,
                database.UsesLog,
                database.Others.NotChecked,
                FolderAccess.AvailableBytes(file.Folder),
                ProductVersion.Sqlite,
                ProductVersion.Name),
        };
        Report(Stage.Plan, "Planned", plan);
        BackupResult? existing = null;
        if (journal.Earlier.Last is { } run)
        {
            UpgradeRecovery interrupted = new UpgradeRecovery(database, run, _options.Migration, Context(Stage.Plan, journal)).Inspect();
            if (interrupted.IsCommitted)
            {
                Finish(interrupted, run, journal);
                return;
            }

            journal.SettleEarlier();

            // Reuse the backup only if it is in the requested folder.
            existing = interrupted.IsUnchanged ? interrupted.BackupIn(BackupDestination.Require(file, _options.Destination)) : null;

            Recovered(run, journal, existing is null && interrupted.IsUnchanged ? RecoveryAction.StartedOver : interrupted.Action);
        }

        TenantMigration.RequireRunnable(file.Path, plan);
        if (!plan.Changes.Any())
        {
            MigrationResult already = TenantMigration.AlreadyMigrated(database, schema, plan, _progress);
            _result = _result with { Status = UpgradeStatus.AlreadyMigrated, Migration = already, Checks = already.Checks };
            return;
        }

        TenantMigration.RequireExpected(file.Path, _options.OnlyVerify);
        if (existing is null)
        {
            RequireSpace(file, plan, _options);
        }

        journal.Begin(
            existing is null ? BackupDestination.Require(file, _options.Destination) : Path.GetDirectoryName(existing.BackupPath),
            _options.Migration);
        if (existing is not null)
        {
            // If this run ends early too, the next one goes on with the same backup.
            journal.Enter(Stage.Backup, existing.BackupPath, existing.Sha256);
        }

        BackupResult backup = existing ?? DatabaseBackup.Create(database, _options.Destination, journal, _progress, _cancellation);
        Report(Stage.Backup, "Backed up", backup);
        _result = _result with { Backup = backup };
    }

    /// <summary>
    /// What an interrupted run has committed is verified or taken back; the upgrade that was asked for is then done, or not done.
    /// </summary>
    private void Finish(UpgradeRecovery interrupted, RunRecord run, RunJournal journal)
    {
        journal.Begin(destination: null, _options.Migration);
        MigrationResult migration = interrupted.Finish(_result.Plan!);
        journal.SettleEarlier();
        bool isGood = migration.Status == MigrationStatus.Migrated;
        Recovered(run, journal, isGood ? RecoveryAction.Verified : RecoveryAction.RolledBack);
        Report(Stage.Verification, "Verified", migration);
        _result = _result with
        {
            Status = isGood ? UpgradeStatus.Succeeded : UpgradeStatus.RolledBack,
            Backup = interrupted.Backup,
            Migration = migration,
            Checks = migration.Checks,
            Error = migration.Error,
        };
    }

    private void Recovered(RunRecord run, RunJournal journal, RecoveryAction action)
    {
        RecoveryResult recovery = new(run.Text, run.StartedAt, run.Stage, action, journal.Earlier.Leftovers.Removed);
        _result = _result with { Recovery = recovery };
        _progress.Report(
            new StageProgress(Stage.Plan, "Looked at what was interrupted", _result.Path, 1, 1)
            {
                Result = recovery,
                Notice = $"'{_result.Path}': {recovery.Detail}",
            });
    }

    private bool Rehearse(BackupResult backup, RunJournal journal)
    {
        _progress.Enter(Stage.Rehearsal);
        journal.Enter(Stage.Rehearsal);
        MigrationResult rehearsal = Rehearsal.Run(backup, _result.Plan!, Context(Stage.Rehearsal, journal));
        Report(Stage.Rehearsal, "Rehearsed", rehearsal);
        _result = _result with { Rehearsal = rehearsal, Checks = rehearsal.Checks, Error = rehearsal.Error };
        return rehearsal.Error is null;
    }

    private void Migrate(BackupResult backup, RunJournal journal)
    {
        _progress.Enter(Stage.Migration);
        RehearsedPlan? rehearsed = _result.Rehearsal is { } rehearsal ? new RehearsedPlan(_result.Plan!, rehearsal) : null;
        MigrationResult migration = TenantMigration.MigrateAsRehearsed(
            _options.Migration, backup.BackupPath, rehearsed, onlyVerify: false, _options.LockTimeout, Context(Stage.Migration, journal));
        Report(Stage.Verification, "Verified", migration);
        _result = _result with
        {
            Status = migration.Status == MigrationStatus.Migrated ? UpgradeStatus.Succeeded : UpgradeStatus.RolledBack,
            Migration = migration,
            Comparison = rehearsed is null ? [] : RunComparison.Compare(rehearsed.Result, migration),
            Checks = migration.Checks,
            Error = migration.Error,
        };
    }

    private RunContext Context(Stage stage, RunJournal journal) => new(_result.Path, stage, journal, _progress, _cancellation);

    private void Lock(string activity) =>
        _progress.Report(new StageProgress(Stage.Plan, activity, _result.Path, 0, 0) { Part = StagePart.Schema });

    private void Report(Stage stage, string activity, object? result = null) =>
        _progress.Report(new StageProgress(stage, activity, _result.Path, 1, 1) { Result = result });

    /// <summary>
    /// Room for everything at once, before the first byte: a disk that fills up half-way is the worst time to find out.
    /// </summary>
    private static void RequireSpace(DatabaseFile file, MigrationPlan plan, UpgradeOptions options)
    {
        string folder = BackupDestination.Require(file, options.Destination);
        bool rehearse = !options.SkipRehearsal;
        if (string.Equals(folder, file.Folder, PathComparison.Kind))
        {
            BackupDestination.RequireSpace(file.Path, folder, SpaceNeeds.ForAll(file, plan, rehearse));
        }
        else
        {
            BackupDestination.RequireSpace(file.Path, folder, SpaceNeeds.ForBackupAndRehearsal(file, plan, rehearse));
            BackupDestination.RequireSpace(file.Path, file.Folder, SpaceNeeds.ForMigration(file, plan) + SpaceNeeds.SmallFiles);
        }
    }
}
