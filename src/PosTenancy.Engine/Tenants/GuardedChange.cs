using System.Diagnostics;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>A change of rows of tenants, which <see cref="GuardedChange"/> carries out.</summary>
internal abstract class TenantChange
{
    /// <summary>What it is, as a noun: <c>import</c>.</summary>
    public abstract string Command { get; }

    /// <summary>When it was begun, which is written into the database: the same in the rehearsal and on the live file.</summary>
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.Now;

    /// <summary>Reads what there is to do, on the locked database; nothing is written.</summary>
    /// <returns>Whether there is anything to do; if not, the change has succeeded.</returns>
    /// <exception cref="PosTenancyException">It is refused.</exception>
    public abstract bool Prepare(DatabaseConnection connection, RunContext run);

    /// <summary>Bytes that the file may grow by; an upper estimate.</summary>
    public abstract long EstimateGrowth();

    /// <summary>
    /// Carries it out in an open transaction. The first of several calls decides; on the same bytes, the others do the same.
    /// </summary>
    /// <param name="connection">The database.</param>
    /// <param name="backup">The backup of the database.</param>
    /// <param name="run">Stage, progress and cancellation.</param>
    /// <param name="isFirst">Whether it is the rehearsal, or there was none.</param>
    /// <returns>Whether there is anything to commit.</returns>
    public abstract bool Apply(DatabaseConnection connection, RecordedBackup backup, RunContext run, bool isFirst);

    /// <summary>The files that belong to what is committed; their names are known before the first is written.</summary>
    public abstract IReadOnlyList<string> Files { get; }

    /// <summary>Writes those files, just before COMMIT.</summary>
    public abstract void WriteFiles(RunJournal journal);

    /// <summary>Checks what was done, before COMMIT.</summary>
    public abstract IReadOnlyList<CheckResult> CheckRows(DatabaseConnection connection, RunContext run);

    /// <summary>Finishes what no transaction can do, once the rest is committed.</summary>
    public virtual void Finish(ExclusiveDatabase database, RunContext run)
    {
    }

    /// <summary>Checks the committed file against the backup.</summary>
    /// <param name="database">The database, or a copy of it, without a log that holds a part of it.</param>
    /// <param name="backup">The backup.</param>
    /// <param name="run">Stage, progress and cancellation.</param>
    public abstract IReadOnlyList<CheckResult> CheckFile(ExclusiveDatabase database, RecordedBackup backup, RunContext run);
}

/// <summary>How a guarded change ended.</summary>
internal sealed record ChangeOutcome(TenantChangeStatus Status)
{
    public BackupResult? Backup { get; init; }

    public ChangeRehearsal? Rehearsal { get; init; }

    public IReadOnlyList<CheckResult> Checks { get; init; } = [];

    public ProvedBy? ProvedBy { get; init; }

    public string? Recovery { get; init; }

    public Failure? Error { get; init; }
}

/// <summary>
/// The guard around a change of rows: a verified backup, a rehearsal on a copy, one transaction with the checks before COMMIT, and the
/// verification of the committed file, or the backup in its place. The database is locked from the first of these to the last.
/// </summary>
/// <param name="live">Full path of the database.</param>
/// <param name="change">What to do.</param>
/// <param name="options">How.</param>
/// <param name="progress">Receives progress reports.</param>
/// <param name="cancellation">Cancels it; what was begun is undone.</param>
internal sealed class GuardedChange(
    string live, TenantChange change, ChangeOptions options, IProgress<StageProgress>? progress, CancellationToken cancellation)
{
    private ChangeOutcome _outcome = new(TenantChangeStatus.Refused);

    /// <summary>Runs it. Whatever happens is in the outcome, a cancellation too.</summary>
    public ChangeOutcome Run()
    {
        try
        {
            using RunJournal journal = RunJournal.Open(live, change.Command, progress);
            return journal.Keep(() => Run(journal));
        }
        catch (PosTenancyException exception)
        {
            TenantChangeStatus status = exception.ErrorId == ErrorIds.RollbackFailed
                ? TenantChangeStatus.Failed
                : TenantChangeStatus.Refused;
            return _outcome with { Status = status, Error = Failure.From(exception) };
        }
        catch (CommandCancelledException exception)
        {
            return _outcome with
            {
                Status = TenantChangeStatus.Cancelled,
                Error = new Failure(ErrorIds.Cancelled, exception.Message),
            };
        }
    }

    private ChangeOutcome Run(RunJournal journal)
    {
        RunContext plan = Context(Stage.Plan, journal);
        using ExclusiveDatabase database = TenantMigration.Lock(plan, options.LockTimeout);
        BackupResult? existing = Settle(database, journal, plan);
        if (!change.Prepare(database.Connection, plan))
        {
            return _outcome with { Status = TenantChangeStatus.Succeeded };
        }

        DatabaseFile file = database.File;
        string folder = BackupDestination.Require(file, options.Destination);
        RequireSpace(file, folder, existing is not null);
        journal.Begin(folder, changesRows: true);
        journal.Own(change.Files);
        if (existing is not null)
        {
            // If this run ends early too, the next one goes on with the same backup.
            journal.Enter(Stage.Backup, existing.BackupPath, existing.Sha256);
        }

        BackupResult made = existing ?? DatabaseBackup.Create(database, options.Destination, journal, progress, cancellation);
        _outcome = _outcome with { Backup = made };
        RecordedBackup backup = RecordedBackup.Find(made.BackupPath, database.File.Path);
        Twin? twin = null;
        if (!options.SkipRehearsal)
        {
            (twin, bool goesOn) = Rehearse(backup, journal);
            if (!goesOn)
            {
                return _outcome;
            }
        }

        RunContext run = Context(Stage.Migration, journal);
        journal.Enter(Stage.Migration, backup.Path, backup.Manifest.Sha256);
        BackupRollback rollback = new(database, backup, run) { MakeRoom = twin is null ? null : twin.Delete };
        bool isCommitted = false;
        try
        {
            isCommitted = Commit(database, backup, rollback, run, isFirst: twin is null);
            return isCommitted ? Verify(database, backup, rollback, twin, run with { Stage = Stage.Verification }) : _outcome;
        }
        finally
        {
            if (!isCommitted || _outcome.Status != TenantChangeStatus.Succeeded)
            {
                RemoveFiles(change.Files);
            }
        }
    }

    /// <summary>Carries the change out on a copy of the backup, and checks the copy.</summary>
    /// <returns>The copy, and whether the live file may follow.</returns>
    private (Twin? Twin, bool GoesOn) Rehearse(RecordedBackup backup, RunJournal journal)
    {
        Stopwatch watch = Stopwatch.StartNew();
        RunContext run = Context(Stage.Rehearsal, journal);
        journal.Enter(Stage.Rehearsal);
        string folder = journal.Temporary(backup.Path, TemporaryEnding.Rehearsal);
        string copy = Path.Combine(folder, Path.GetFileName(live));
        return FileErrors.Guard<(Twin?, bool)>(live, () =>
        {
            DurableFile.CreatePrivateFolder(folder);
            StageProgress copying = new(Stage.Rehearsal, "Copying the backup", copy, 0, backup.Manifest.Length) { Part = StagePart.Copy };
            backup.CopyTo(copy, done => progress?.Report(copying with { Completed = done }), cancellation);
            using ExclusiveDatabase database = ExclusiveDatabase.Open(
                copy, journal.RecoveryFolder, ExclusiveDatabase.DefaultTimeout, cancellation);

            // The copy is not needed after a power failure.
            _ = database.Connection.TryExecute("PRAGMA synchronous = OFF");
            database.Connection.Execute("BEGIN IMMEDIATE");
            if (!change.Apply(database.Connection, backup, run, isFirst: true))
            {
                _ = database.Connection.TryExecute("ROLLBACK");
                return (null, false);
            }

            List<CheckResult> checks = [.. change.CheckRows(database.Connection, run)];
            database.Connection.Execute("COMMIT");
            change.Finish(database, run);
            database.Checkpoint();
            checks.AddRange(change.CheckFile(database, backup, run));
            List<CheckResult> failed = [.. checks.Where(c => c.Status == CheckStatus.Failed)];
            _outcome = _outcome with
            {
                Rehearsal = new ChangeRehearsal(watch.Elapsed, checks.ToArray()),
                Checks = checks,
                Error = failed.Count == 0 ? null : Failure.From(Errors.RehearsalFailed(live, CheckResults.Summary(failed))),
            };
            return (new Twin(copy), failed.Count == 0);
        });
    }

    /// <summary>Carries the change out on the live file.</summary>
    /// <returns>Whether it was committed; if not, the outcome says why.</returns>
    private bool Commit(ExclusiveDatabase database, RecordedBackup backup, BackupRollback rollback, RunContext run, bool isFirst)
    {
        DatabaseConnection connection = database.Connection;
        string problem;
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            if (!change.Apply(connection, backup, run, isFirst))
            {
                _ = connection.TryExecute("ROLLBACK");
                return false;
            }

            IReadOnlyList<CheckResult> checks = change.CheckRows(connection, run);
            List<CheckResult> failed = [.. checks.Where(c => c.Status == CheckStatus.Failed)];
            if (failed.Count == 0 && !database.IsReplaced)
            {
                _outcome = isFirst ? _outcome with { Checks = checks } : _outcome;
                run.Cancellation.ThrowIfCancellationRequested();
                BackupDestination.RequireSpace(run.Path, database.File.Folder, SpaceNeeds.ForCommit(database, backup));
                FileErrors.Guard(run.Path, () =>
                {
                    change.WriteFiles(run.Journal!);
                    return true;
                });
                run.Report("Committing", StagePart.Commit);
                connection.Execute("COMMIT");
                return true;
            }

            _outcome = _outcome with { Checks = checks };
            problem = failed.Count > 0 ? CheckResults.Summary(failed) : MigrationTransaction.Replaced;
        }
        catch (PosTenancyException exception)
        {
            problem = exception.Cause;
        }
        catch (Exception exception)
        {
            _ = ProvedRollback.Run(database, backup, rollback, run, exception.Message);
            throw;
        }

        Failure? restored = ProvedRollback.Run(database, backup, rollback, run, problem);
        _outcome = _outcome with
        {
            Status = TenantChangeStatus.RolledBack,
            Error = restored ?? Failure.From(Errors.ChangeRolledBack(run.Path, change.Command, problem)),
        };
        return false;
    }

    /// <summary>Verifies the committed file, or restores the backup.</summary>
    private ChangeOutcome Verify(
        ExclusiveDatabase database, RecordedBackup backup, BackupRollback rollback, Twin? twin, RunContext run)
    {
        string problem;
        try
        {
            change.Finish(database, run);
            database.Checkpoint();
            bool isTwin = twin?.IsEqualTo(database, run.Progress, run.Cancellation) == true;
            IReadOnlyList<CheckResult> checks = isTwin ? [] : change.CheckFile(database, backup, run);
            run.Cancellation.ThrowIfCancellationRequested();
            List<CheckResult> failed = [.. checks.Where(c => c.Status == CheckStatus.Failed)];
            if (failed.Count == 0 && !database.IsReplaced)
            {
                return _outcome = _outcome with
                {
                    Status = TenantChangeStatus.Succeeded,
                    Checks = isTwin ? _outcome.Checks : [.. _outcome.Checks.Where(c => checks.All(o => o.Name != c.Name)), .. checks],
                    ProvedBy = isTwin ? ProvedBy.Twin : ProvedBy.Checks,
                };
            }

            problem = failed.Count > 0 ? CheckResults.Summary(failed) : MigrationTransaction.Replaced;
        }
        catch (PosTenancyException exception)
        {
            problem = exception.What;
        }
        catch (Exception exception)
        {
            // Committed but not verified is not a state to leave a shop in, whatever it was that ended the verification.
            _ = rollback.Run($"the verification did not finish: {exception.Message}");
            throw;
        }

        return _outcome = _outcome with { Status = TenantChangeStatus.RolledBack, Error = rollback.Run(problem) };
    }

    /// <summary>Finds out what became of a run that was interrupted, from the database itself.</summary>
    /// <returns>A backup to go on with, if the database still equals it and it is where one is wanted.</returns>
    private BackupResult? Settle(ExclusiveDatabase database, RunJournal journal, RunContext run)
    {
        if (journal.Earlier.Last is not { BackupPath: { } path } interrupted || !interrupted.IsOpen)
        {
            return null;
        }

        if (!interrupted.ChangesRows && interrupted.MayHaveCommitted)
        {
            throw Errors.UpgradeInterrupted(live, interrupted.Text, journal.Earlier.Completion, path);
        }

        database.Checkpoint();
        RecordedBackup? backup = File.Exists(path)
            ? RecordedBackup.Open(path, live, Stage.Plan, run.Progress, run.Cancellation)
            : null;
        StageProgress comparing = new(Stage.Plan, "Comparing the database with its backup", live, 0, 0);
        bool isUnchanged = backup is not null && backup.Manifest.Sha256 == database.Hash(comparing, run.Progress, run.Cancellation);
        bool isCommitted = !isUnchanged && interrupted.Sha256 is { } sha256 && RecordedChange.IsCommitted(live, database, sha256);
        string? problem = null;
        if (!isCommitted)
        {
            // Its files are of no use.
            RemoveFiles(interrupted.Files);
        }
        else
        {
            RecordedChange.Finish(live, database, interrupted.Sha256!, journal.RecoveryFolder, run);
            problem = backup is null ? null : CheckResults.Summary(
                RecordedChange.Check(live, database, backup, options.ReferenceTable, run)!.Where(c => c.Status == CheckStatus.Failed));
            if (problem is { Length: > 0 })
            {
                throw Errors.UpgradeInterrupted(live, interrupted.Text, $"It cannot be verified: {problem}", path);
            }
        }

        journal.SettleEarlier();
        string what = isCommitted && backup is null
            ? $"{interrupted.Text} after its COMMIT. Its backup '{path}' is missing, so it was not verified; it is complete"
            : isCommitted ? $"{interrupted.Text} after its COMMIT. It was verified now, and is complete"
            : isUnchanged ? $"{interrupted.Text}. The database still equals its backup, which is used again" : $"{interrupted.Text}";
        _outcome = _outcome with { Recovery = what + "." };
        run.Progress?.Report(new StageProgress(Stage.Plan, "Inspected the interrupted run", live, 1, 1) { Notice = $"'{live}': {what}." });
        string folder = BackupDestination.Require(database.File, options.Destination);
        return isUnchanged && string.Equals(Path.GetDirectoryName(backup!.Path), folder, PathComparison.Kind)
            ? backup.ToResult(live)
            : null;
    }

    private static void RemoveFiles(IEnumerable<string> files)
    {
        foreach (string file in files.Where(File.Exists))
        {
            MomentaryHold.Outlast(() => File.Delete(file));
        }
    }

    /// <summary>Room for everything at once, before the first byte.</summary>
    private void RequireSpace(DatabaseFile file, string folder, bool hasBackup)
    {
        long growth = change.EstimateGrowth();
        long onDatabase = (2 * growth) + file.Length;
        long copies = (hasBackup ? 0 : file.Length) + (options.SkipRehearsal ? 0 : file.Length + (2 * growth)) + SpaceNeeds.SmallFiles;
        if (string.Equals(folder, file.Folder, PathComparison.Kind))
        {
            BackupDestination.RequireSpace(file.Path, folder, onDatabase + copies);
        }
        else
        {
            BackupDestination.RequireSpace(file.Path, folder, copies);
            BackupDestination.RequireSpace(file.Path, file.Folder, onDatabase + SpaceNeeds.SmallFiles);
        }
    }

    private RunContext Context(Stage stage, RunJournal journal) => new(live, stage, journal, progress, cancellation);
}

/// <summary>How a change is guarded.</summary>
internal sealed record ChangeOptions(string? Destination, bool SkipRehearsal, TimeSpan? LockTimeout)
{
    /// <summary>Tables that all tenants share, beside those in the history.</summary>
    public IReadOnlyList<string> ReferenceTable { get; init; } = [];
}
