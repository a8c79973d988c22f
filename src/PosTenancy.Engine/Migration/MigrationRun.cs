using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Migration;

/// <summary>One run of a plan on a locked database: the transaction, the verification of what it committed, and the way back.</summary>
/// <param name="database">The database under its lock; the lock is given up only if the backup has to be restored.</param>
/// <param name="schema">Its schema before.</param>
/// <param name="plan">What to do.</param>
/// <param name="backupPath">The backup that the file must be.</param>
/// <param name="reportAs">The path to name in the result: the live database, even where a copy is migrated.</param>
/// <param name="stage">Migration, or rehearsal.</param>
/// <param name="rehearsed">The plan that was rehearsed; <see langword="null"/> if none was, or this is the rehearsal.</param>
/// <param name="progress">Told what is being done.</param>
/// <param name="cancellation">Stops it; the file is then what it was.</param>
internal sealed class MigrationRun(
    ExclusiveDatabase database,
    DatabaseSchema schema,
    MigrationPlan plan,
    string backupPath,
    string reportAs,
    Stage stage,
    RehearsedPlan? rehearsed,
    IProgress<StageProgress>? progress,
    CancellationToken cancellation)
{
    private readonly TenantExpectation _expectation = TenantExpectation.Of(plan.Options);

    private Stage VerificationStage => stage == Stage.Rehearsal ? Stage.Rehearsal : Stage.Verification;

    /// <summary>Runs the plan.</summary>
    /// <exception cref="PosTenancyException">It was refused, and nothing was written; or the file could not be brought back.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the file is what it was.</exception>
    public MigrationResult Run()
    {
        VerifiedBackup backup = VerifiedBackup.Open(backupPath, database.File.Path, stage, progress, cancellation);
        database.Checkpoint();
        BackupDestination.RequireSpace(reportAs, database.File.Folder, SpaceNeeds.OfMigration(database.File, plan));
        Baseline baseline = Baseline.Read(backup.Path, database.Connection, schema, plan.Options.ColumnName);
        MigrationMeasurement before = new(reportAs, schema, plan, backup.Path, database.RawFile.Length, DateTimeOffset.Now);

        if (rehearsed is not null && RunComparison.DeviationBefore(rehearsed, plan, before) is { } refusedBecause)
        {
            throw Errors.RehearsalDeviation(reportAs, refusedBecause);
        }

        TransactionOutcome outcome = new MigrationTransaction(database, plan, baseline, reportAs, stage, Deviation, progress, cancellation).Run(backup);
        before = before with { ScriptOutput = outcome.ScriptOutput };
        if (outcome.Problem is { } rolledBackBecause)
        {
            PosTenancyException reason = stage == Stage.Rehearsal
                ? Errors.RehearsalFailed(reportAs, rolledBackBecause)
                : Errors.MigrationRolledBack(reportAs, rolledBackBecause);
            return TakenBack(backup, before, outcome.Duration, outcome.Checks, reason);
        }

        IReadOnlyList<CheckResult> checks = outcome.Checks;
        string problem;
        try
        {
            // A new connection has no page of the transaction in its cache: it sees what is in the file. It takes no lock, so the lock of
            // this one stays, and nobody can have written in between.
            database.Checkpoint();
            progress?.Report(new StageProgress(VerificationStage, "Opening the committed file anew", database.File.Path, 0, 0));
            using DatabaseConnection reader = DatabaseConnection.OpenImmutable(database.File.Path, cancellation);
            CheckContext after = new(reportAs, reader, _expectation, baseline) { Bytes = database.RawFile, Stage = VerificationStage, Progress = progress };
            checks = IntegrityChecks.Run(after);
            cancellation.ThrowIfCancellationRequested();
            List<CheckResult> failed = [.. checks.Where(c => c.Status == CheckStatus.Failed)];
            MigrationResult result = before.Result(MigrationStatus.Migrated, after, database.RawFile.Length, outcome.Duration, checks, error: null);
            string? deviation = database.IsReplaced ? MigrationTransaction.Replaced : rehearsed is null || failed.Count > 0 ? null : RunComparison.Deviation(rehearsed.Result, result, isCommitted: true);
            if (failed.Count == 0 && deviation is null)
            {
                return result;
            }

            problem = deviation ?? CheckResults.Summary(failed);
        }
        catch (PosTenancyException exception)
        {
            problem = Errors.Inner(exception);
        }
        catch (Exception exception)
        {
            // Committed but not verified is not a state to leave a shop in, whatever it was that ended the verification.
            _ = Restore(backup, $"the verification did not end: {exception.Message}");
            throw;
        }

        return TakenBack(backup, before, outcome.Duration, checks, Restore(backup, problem));

        string? Deviation(CheckContext inTransaction, IReadOnlyList<CheckResult> passed) => rehearsed is null
            ? null
            : RunComparison.Deviation(
                rehearsed.Result, before.Result(MigrationStatus.Migrated, inTransaction, sizeAfter: 0, TimeSpan.Zero, passed, error: null), isCommitted: false);
    }

    /// <summary>Puts the backup back. Neither Ctrl+C nor whoever watches the progress stops this.</summary>
    /// <returns>What there is to say about it.</returns>
    private PosTenancyException Restore(VerifiedBackup backup, string problem)
    {
        if (stage == Stage.Rehearsal)
        {
            // The copy is thrown away, so there is nothing to put back.
            database.Dispose();
            return Errors.RehearsalFailed(reportAs, problem);
        }

        try
        {
            // The lock has to be given up for a moment. What the file is now, it must still be when it is replaced: a sale that somebody
            // makes in between is not thrown away.
            string migrated = FileDigest.Compute(database.RawFile, database.File.Header.PageSize, progress: null, CancellationToken.None);
            database.Dispose();
            string? replaced = DatabaseRestore.TakeBack(database.File.Path, backup, migrated).ReplacedPath;
            return Errors.MigrationRestored(reportAs, problem, backup.Path, replaced);
        }
        catch (Exception exception)
        {
            string why = exception is PosTenancyException known ? Errors.Inner(known) : exception.Message;
            throw Errors.RollbackFailed(reportAs, $"{problem} The restore failed as well: {why}", backup.Path, exception);
        }
    }

    /// <summary>The result after everything was taken back. The file has the bytes of the backup, so the backup is what is measured.</summary>
    private MigrationResult TakenBack(
        VerifiedBackup backup, MigrationMeasurement before, TimeSpan duration, IReadOnlyList<CheckResult> checks, PosTenancyException reason)
    {
        using DatabaseConnection reader = DatabaseConnection.OpenImmutable(backup.Path, CancellationToken.None);
        CheckContext after = new(reportAs, reader, _expectation, baseline: null);
        return before.Result(MigrationStatus.RolledBack, after, backup.Manifest.Length, duration, checks, Failure.Of(reason));
    }
}
