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

/// <summary>
/// The whole guard around one database, as steps that are taken in this order: <see cref="Check"/>, <see cref="BackUp"/>,
/// <see cref="Rehearse"/>, <see cref="Migrate"/>, <see cref="Verify"/>, <see cref="Complete"/>.
/// </summary>
/// <remarks>
/// A step that cannot be done ends the upgrade: what was begun is undone, the reason is in the result, and the steps after it do nothing.
/// The lock on the database is held from the check to the end of the backup, and from the migration to the end of the verification.
/// </remarks>
public sealed class GuardedUpgrade : IDisposable
{
    private readonly UpgradeOptions _options;
    private readonly StageClock _progress = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Stopwatch _locked = new();
    private TimeSpan? _firstLock;
    private RunJournal? _journal;

    /// <summary>The locked database; <see langword="null"/> while it is not locked.</summary>
    private ExclusiveDatabase? _database;

    /// <summary>The backup of an interrupted run, if the database still is that backup.</summary>
    private BackupResult? _existing;

    /// <summary>The schema that was planned for.</summary>
    private DatabaseSchema? _schema;

    private RehearsedPlan? _rehearsed;
    private MigrationRun? _migration;
    private Step _next;
    private bool _hasEnded;

    /// <summary>What is known so far: a failure in one stage does not take away what the stages before it measured.</summary>
    private UpgradeResult _result;

    /// <summary>Prepares an upgrade, and touches nothing yet.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="options">What to do.</param>
    public GuardedUpgrade(string path, UpgradeOptions options)
    {
        _options = options;
        _result = new UpgradeResult(path, options.Migration.TenantId, UpgradeStatus.Refused, DateTimeOffset.Now, TimeSpan.Zero)
        {
            RehearsalSkipped = options.SkipRehearsal,
            Target = options.Target ?? UpgradeResult.DefaultTarget,
            TargetRequested = options.Target is not null,
        };
    }

    private enum Step
    {
        Check,
        BackUp,
        Rehearse,
        Migrate,
        Verify,
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
        if (plan.HasChanges)
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

    /// <summary>Takes all steps. Whatever happens is in the result, a cancellation too.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="options">What to do.</param>
    /// <param name="progress">Receives progress reports; the last report of each stage has its result.</param>
    /// <param name="cancellation">Cancels it; what was begun is undone, and the result says what the file is now.</param>
    public static UpgradeResult Run(
        string path, UpgradeOptions options, IProgress<StageProgress>? progress = null, CancellationToken cancellation = default)
    {
        using GuardedUpgrade upgrade = new(path, options);
        using CancellationTokenRegistration registration = cancellation.Register(upgrade.Cancel);
        upgrade.Check(progress);
        upgrade.BackUp(progress);
        upgrade.Rehearse(progress);
        upgrade.Migrate(progress);
        upgrade.Verify(progress);
        return upgrade.Complete(progress);
    }

    /// <summary>
    /// Refuses early: locks the database, settles a run that was interrupted, plans, and requires that the plan can be run and that there
    /// is room for everything. A database that is migrated already is only verified.
    /// </summary>
    /// <param name="progress">Receives progress reports.</param>
    public void Check(IProgress<StageProgress>? progress = null) => Take(Step.Check, progress, Plan);

    /// <summary>Copies the database under the lock, verifies the copy, and releases the lock.</summary>
    /// <param name="progress">Receives progress reports.</param>
    public void BackUp(IProgress<StageProgress>? progress = null) => Take(Step.BackUp, progress, MakeBackup);

    /// <summary>Runs the plan on a copy of the backup, unless the options skip that.</summary>
    /// <param name="progress">Receives progress reports.</param>
    public void Rehearse(IProgress<StageProgress>? progress = null) => Take(Step.Rehearse, progress, RunRehearsal);

    /// <summary>
    /// Locks the database again, proves that it still is the backup, runs the plan in one transaction, and commits it if every check
    /// passes. The lock is kept.
    /// </summary>
    /// <param name="progress">Receives progress reports.</param>
    public void Migrate(IProgress<StageProgress>? progress = null) => Take(Step.Migrate, progress, Commit);

    /// <summary>Verifies the committed file from a new connection, restores the backup if that fails, and releases the lock.</summary>
    /// <param name="progress">Receives progress reports.</param>
    public void Verify(IProgress<StageProgress>? progress = null) => Take(Step.Verify, progress, _ => End(_migration!.Verify()));

    /// <summary>Ends the upgrade. If its steps were not all taken, it is cancelled: what was begun is undone.</summary>
    /// <param name="progress">Receives progress reports.</param>
    /// <returns>Everything that was measured.</returns>
    public UpgradeResult Complete(IProgress<StageProgress>? progress = null)
    {
        _progress.Listener = progress;
        if (!_hasEnded)
        {
            Cancel();
            Take(_next, progress, _ => Abandon());
        }

        _result = _result with { Duration = _watch.Elapsed, Stages = _progress.Stop() };
        Report(Stage.Report, "Finished; all measurements are in the result");
        return _result;
    }

    /// <summary>Cancels the step that another thread is taking; that step returns when everything is undone.</summary>
    public void Cancel() => _cancellation.Cancel();

    /// <summary>Cancels an upgrade that was not completed.</summary>
    public void Dispose()
    {
        if (_journal is not null && !_hasEnded)
        {
            _ = Complete();
        }

        _cancellation.Dispose();
    }

    /// <summary>Takes a step. If it fails, that ends the upgrade, and is in the result.</summary>
    private void Take(Step step, IProgress<StageProgress>? progress, Action<RunJournal> action)
    {
        if (_hasEnded)
        {
            return;
        }

        if (step != _next)
        {
            throw new InvalidOperationException($"The next step of the upgrade is {_next}, not {step}.");
        }

        _next++;
        _progress.Listener = progress;
        bool goesOn = false;
        try
        {
            _result = _result with { Path = FilePath.Full(_result.Path) };
            RunJournal journal = _journal ??= RunJournal.Open(_result.Path, "upgrade", _progress);
            journal.Step(() =>
            {
                try
                {
                    action(journal);
                    goesOn = !_hasEnded;
                }
                finally
                {
                    if (!goesOn)
                    {
                        Unlock();
                    }
                }
            });
            if (!goesOn)
            {
                journal.Close();
            }
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
        finally
        {
            if (!goesOn)
            {
                _hasEnded = true;
                _journal?.Dispose();
            }
        }
    }

    private void Plan(RunJournal journal)
    {
        ExclusiveDatabase database = Lock(Context(Stage.Plan, journal));
        DatabaseFile file = database.File;
        (DatabaseSchema schema, MigrationPlan plan) = TenantPlan.Make(database.Connection, _options.Migration, _cancellation.Token);
        _schema = schema;
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
        if (journal.Earlier.Last is { } run)
        {
            Settle(run, journal);
            if (_hasEnded)
            {
                return;
            }
        }

        TenantMigration.RequireRunnable(file.Path, plan);
        if (!plan.HasChanges)
        {
            MigrationResult already = TenantMigration.AlreadyMigrated(database, schema, plan, _progress);
            _result = _result with { Status = UpgradeStatus.AlreadyMigrated, Migration = already, Checks = already.Checks };
            _hasEnded = true;
            return;
        }

        TenantMigration.RequireExpected(file.Path, _options.OnlyVerify);
        _result = _result with { RequiredBytes = SpaceNeeds.ForAll(file, plan, !_options.SkipRehearsal) };
        if (_existing is null)
        {
            RequireSpace(file, plan, _options);
        }
    }

    /// <summary>Finds out what became of an interrupted run; the upgrade has ended if that run was committed.</summary>
    private void Settle(RunRecord run, RunJournal journal)
    {
        UpgradeRecovery interrupted = new UpgradeRecovery(_database!, run, _options.Migration, Context(Stage.Plan, journal)).Inspect();
        if (run is { ChangesRows: true, MayHaveCommitted: true } && !interrupted.IsUnchanged)
        {
            throw Errors.UpgradeInterrupted(_result.Path, run.Text, journal.Earlier.Completion, run.BackupPath ?? "");
        }

        if (interrupted.IsCommitted)
        {
            Finish(interrupted, run, journal);
            return;
        }

        journal.SettleEarlier();

        // Reuse the backup only if it is in the requested folder.
        _existing = interrupted.IsUnchanged
            ? interrupted.BackupIn(BackupDestination.Require(_database!.File, _options.Destination))
            : null;
        Recovered(run, journal, _existing is null && interrupted.IsUnchanged ? RecoveryAction.StartedOver : interrupted.Action);
    }

    /// <summary>
    /// Verifies what an interrupted run has committed, or restores its backup; that is then the result of this upgrade.
    /// </summary>
    private void Finish(UpgradeRecovery interrupted, RunRecord run, RunJournal journal)
    {
        journal.Begin(destination: null, _options.Migration);
        MigrationResult migration = interrupted.Finish(_result.Plan!);
        journal.SettleEarlier();
        bool isGood = migration.Status == MigrationStatus.Migrated;
        Recovered(run, journal, isGood ? RecoveryAction.Verified : RecoveryAction.RolledBack);
        _result = _result with { Backup = interrupted.Backup };
        End(migration);
    }

    private void Recovered(RunRecord run, RunJournal journal, RecoveryAction action)
    {
        RecoveryResult recovery = new(run.Text, run.StartedAt, run.Stage, action, journal.Earlier.Leftovers.Removed);
        _result = _result with { Recovery = recovery };
        _progress.Report(
            new StageProgress(Stage.Plan, "Inspected the interrupted run", _result.Path, 1, 1)
            {
                Result = recovery,
                Notice = $"'{_result.Path}': {recovery.Detail}",
            });
    }

    private void MakeBackup(RunJournal journal)
    {
        ExclusiveDatabase database = _database!;
        string? folder = _existing is null
            ? BackupDestination.Require(database.File, _options.Destination)
            : Path.GetDirectoryName(_existing.BackupPath);
        journal.Begin(folder, _options.Migration);
        if (_existing is not null)
        {
            // If this run ends early too, the next one goes on with the same backup.
            journal.Enter(Stage.Backup, _existing.BackupPath, _existing.Sha256);
        }

        BackupResult backup = _existing ??
            DatabaseBackup.Create(database, _options.Destination, journal, _progress, _cancellation.Token);
        Report(Stage.Backup, "Backed up", backup);
        _result = _result with { Backup = backup };
        Unlock();
    }

    private void RunRehearsal(RunJournal journal)
    {
        if (_options.SkipRehearsal)
        {
            return;
        }

        _progress.Enter(Stage.Rehearsal);
        journal.Enter(Stage.Rehearsal);
        _rehearsed = Rehearsal.Run(_result.Backup!, _result.Plan!, Context(Stage.Rehearsal, journal));
        MigrationResult rehearsal = _rehearsed.Result;
        Report(Stage.Rehearsal, "Rehearsed", rehearsal);
        _result = _result with { Rehearsal = rehearsal, Checks = rehearsal.Checks, Error = rehearsal.Error };
        _hasEnded = rehearsal.Error is not null;
    }

    private void Commit(RunJournal journal)
    {
        _progress.Enter(Stage.Migration);
        RunContext run = Context(Stage.Migration, journal);
        ExclusiveDatabase database = Lock(run);

        // The transaction proves that the database still is its backup, from whose bytes schema and plan were read.
        _migration = new MigrationRun(database, _schema!, _result.Plan!, _result.Backup!.BackupPath, _rehearsed, run);
        if (_migration.Commit() is { } rolledBack)
        {
            End(rolledBack);
        }
    }

    /// <summary>The result of the migration is that of the upgrade.</summary>
    private void End(MigrationResult migration)
    {
        Report(Stage.Verification, "Verified", migration);
        _result = _result with
        {
            Status = migration.Status == MigrationStatus.Migrated ? UpgradeStatus.Succeeded : UpgradeStatus.RolledBack,
            Migration = migration,
            Comparison = _rehearsed is null ? [] : RunComparison.Compare(_rehearsed.Result, migration),
            Checks = migration.Checks,
            Error = migration.Error,
        };
        _hasEnded = true;
    }

    /// <summary>Ends an upgrade that was cancelled between two steps: a committed migration is rolled back to its backup.</summary>
    private void Abandon()
    {
        _ = _migration?.Verify();
        throw new OperationCanceledException(_cancellation.Token);
    }

    private ExclusiveDatabase Lock(RunContext run)
    {
        _database = TenantMigration.Lock(run, _options.LockTimeout);
        _firstLock ??= _watch.Elapsed;
        _locked.Start();
        return _database;
    }

    private void Unlock()
    {
        if (_database is not null)
        {
            _database.Dispose();
            _database = null;
            _locked.Stop();
            _result = _result with { LockedTime = _locked.Elapsed, Downtime = _watch.Elapsed - _firstLock };
        }
    }

    private RunContext Context(Stage stage, RunJournal journal) => new(_result.Path, stage, journal, _progress, _cancellation.Token);

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
