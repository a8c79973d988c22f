using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Migration;

/// <summary>One run of a plan on a locked database: the transaction, the verification of what it committed, and the way back.</summary>
/// <param name="database">The database under its lock; the lock is released only if the backup has to be restored.</param>
/// <param name="schema">Its schema before.</param>
/// <param name="plan">What to do.</param>
/// <param name="backupPath">The backup that the file must be.</param>
/// <param name="rehearsed">The plan that was rehearsed; <see langword="null"/> if none was, or this is the rehearsal.</param>
/// <param name="run">What its parts share.</param>
internal sealed class MigrationRun(
    ExclusiveDatabase database,
    DatabaseSchema schema,
    MigrationPlan plan,
    string backupPath,
    RehearsedPlan? rehearsed,
    RunContext run)
{
    private Func<MigrationResult>? _verify;

    /// <summary>The time in the row of the history.</summary>
    public DateTimeOffset RecordedAt { get; } = rehearsed?.RecordedAt ?? DateTimeOffset.UtcNow;

    /// <summary>What was measured before the first statement.</summary>
    public Baseline Baseline { get; private set; } = null!;

    /// <summary>Commits the plan and verifies it.</summary>
    /// <exception cref="PosTenancyException">It was refused, and nothing was written; or the file could not be restored.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the file is unchanged.</exception>
    public MigrationResult Run() => Commit() ?? Verify();

    /// <summary>Runs the plan in one transaction.</summary>
    /// <returns><see langword="null"/> after COMMIT, which has to be verified; the result if it was rolled back.</returns>
    /// <exception cref="PosTenancyException">It was refused, and nothing was written; or the file could not be restored.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the file is unchanged.</exception>
    public MigrationResult? Commit()
    {
        RecordedBackup backup = RecordedBackup.Find(backupPath, database.File.Path);
        database.Checkpoint();
        BackupDestination.RequireSpace(run.Path, database.File.Folder, SpaceNeeds.ForMigration(database.File, plan));
        Baseline = ReadBaseline(backup);
        MigrationMeasurement before = new(run.Path, schema, plan, backup.Path, database.RawFile.Length, DateTimeOffset.Now);

        if (rehearsed is not null && RunComparison.DeviationBefore(rehearsed, plan, before) is { } refusedBecause)
        {
            throw Errors.RehearsalDeviation(run.Path, refusedBecause);
        }

        run.Journal?.Enter(run.Stage, backup.Path, backup.Manifest.Sha256);
        BackupRollback rollback = new(database, backup, run) { MakeRoom = rehearsed is null ? null : rehearsed.Twin.Delete };
        TransactionOutcome outcome = new MigrationTransaction(
            database, plan, RecordedAt, Baseline, run, rollback, rehearsed is not null, Deviation).Run(backup);
        before = before with { ScriptOutput = outcome.ScriptOutput };
        if (outcome.Problem is { } rolledBackBecause)
        {
            Failure reason = outcome.Restored ?? Failure.From(run.Stage == Stage.Rehearsal
                ? Errors.RehearsalFailed(run.Path, rolledBackBecause)
                : Errors.MigrationRolledBack(run.Path, rolledBackBecause));
            return before.RolledBack(backup, outcome.Duration, outcome.Checks, reason);
        }

        CommittedMigration committed = new(database, backup, Baseline, before, run, rollback) { Rehearsed = rehearsed };
        _verify = () => committed.Verify(outcome);
        return null;

        string? Deviation(CheckContext inTransaction, IReadOnlyList<CheckResult> passed) =>
            rehearsed is null
                ? null
                : RunComparison.Deviation(
                    rehearsed.Result,
                    before.Result(MigrationStatus.Migrated, inTransaction, sizeAfter: 0, TimeSpan.Zero, passed, error: null),
                    inTransaction);
    }

    /// <summary>
    /// The transaction proves that the database is the backup, of which the rehearsed copy was one too: what was measured on that need not
    /// be measured again while the shop waits.
    /// </summary>
    private Baseline ReadBaseline(RecordedBackup backup)
    {
        if (rehearsed is not null)
        {
            return rehearsed.Baseline with { Schema = schema };
        }

        run.Report(Baseline.Activity, StagePart.Baseline);
        return Baseline.Read(backup.Path, database.Connection, schema, plan.Options.ColumnName);
    }

    /// <summary>Verifies what was committed, or restores the backup.</summary>
    /// <exception cref="PosTenancyException">The file could not be restored.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the backup was restored.</exception>
    public MigrationResult Verify() => _verify!();
}
