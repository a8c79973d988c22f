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
/// <param name="progress">Told what is being done.</param>
/// <param name="cancellation">Stops it; the file is then what it was.</param>
internal sealed class MigrationRun(
    ExclusiveDatabase database,
    DatabaseSchema schema,
    MigrationPlan plan,
    string backupPath,
    string reportAs,
    Stage stage,
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
        VerifiedBackup backup = VerifiedBackup.Open(backupPath, stage, progress, cancellation);
        BackupDestination.RequireSpace(reportAs, database.File.Folder, plan.EstimateGrowth(schema.PageSize));
        Baseline baseline = Baseline.Read(database.Connection, schema, plan.Options.ColumnName);
        MigrationMeasurement before = new(reportAs, schema, plan, backup.Path, database.RawFile.Length, DateTimeOffset.Now);

        TransactionOutcome outcome = new MigrationTransaction(database, plan, baseline, reportAs, stage, progress, cancellation).Run(backup);
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
            CheckContext after = new(reportAs, reader, _expectation, baseline);
            checks = IntegrityChecks.Run(after, VerificationStage, progress);
            cancellation.ThrowIfCancellationRequested();
            List<CheckResult> failed = [.. checks.Where(c => c.Status == CheckStatus.Failed)];
            if (failed.Count == 0)
            {
                return before.Result(MigrationStatus.Migrated, after, database.RawFile.Length, outcome.Duration, checks, error: null);
            }

            problem = CheckResults.Summary(failed);
        }
        catch (OperationCanceledException)
        {
            // Committed but not verified is not a state to leave a shop in.
            _ = Restore(backup, "it was stopped before the verification ended.");
            throw;
        }
        catch (PosTenancyException exception)
        {
            problem = exception.Message;
        }

        return TakenBack(backup, before, outcome.Duration, checks, Restore(backup, problem));
    }

    /// <summary>Puts the backup back. Nothing stops this.</summary>
    /// <returns>What there is to say about it.</returns>
    private PosTenancyException Restore(VerifiedBackup backup, string problem)
    {
        string path = database.File.Path;
        database.Dispose();
        if (stage == Stage.Rehearsal)
        {
            // The copy is thrown away, so there is nothing to put back.
            return Errors.RehearsalFailed(reportAs, problem);
        }

        try
        {
            string? replaced = DatabaseRestore.Restore(path, backup.Path, progress: progress).ReplacedPath;
            return Errors.MigrationRestored(reportAs, problem, backup.Path, replaced);
        }
        catch (PosTenancyException exception)
        {
            throw Errors.RollbackFailed(reportAs, $"{problem} The restore failed as well: {exception.Message}", backup.Path, exception);
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
