using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Migration;

/// <summary>A migration after its COMMIT: it is verified from a new connection, or the backup is restored.</summary>
/// <param name="database">The database under its lock.</param>
/// <param name="backup">What the database was before.</param>
/// <param name="baseline">What was measured before.</param>
/// <param name="before">The same, for the result.</param>
/// <param name="run">Stage, progress and cancellation.</param>
/// <param name="rollback">How the backup is restored.</param>
internal sealed class CommittedMigration(
    ExclusiveDatabase database,
    RecordedBackup backup,
    Baseline baseline,
    MigrationMeasurement before,
    RunContext run,
    BackupRollback rollback)
{
    /// <summary>The error if the backup must not be restored automatically, given the problem; <see langword="null"/> if it may.</summary>
    public Func<string, PosTenancyException>? Refusal { get; init; }

    /// <summary>The rehearsal of the migration; <see langword="null"/> if there was none.</summary>
    public RehearsedPlan? Rehearsed { get; init; }

    /// <summary>
    /// Proves that the file equals the rehearsed copy, or runs the checks on it. If one fails, or they do not come to an end, the backup is
    /// restored.
    /// </summary>
    /// <param name="outcome">How the transaction ended.</param>
    /// <exception cref="PosTenancyException">The backup could not be restored, or must not be.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the backup was restored.</exception>
    public MigrationResult Verify(TransactionOutcome outcome)
    {
        Stage verification = run.Stage == Stage.Rehearsal ? Stage.Rehearsal : Stage.Verification;
        IReadOnlyList<CheckResult> checks = outcome.Checks;
        string problem;
        try
        {
            // A new connection has no page of the transaction in its cache: it sees what is in the file. It takes no lock, so the lock of
            // this one stays, and no other process can have written in between.
            database.Checkpoint();
            if (Rehearsed is not null && ProveByTwin(Rehearsed, outcome) is { } proved)
            {
                return proved;
            }

            run.Progress?.Report(
                new StageProgress(verification, "Reopening the committed file", database.File.Path, 0, 0) { Part = StagePart.FileChecks }
            );
            using DatabaseConnection reader = DatabaseConnection.OpenImmutable(database.File.Path, run.Cancellation);
            CheckContext after = new(before.Path, reader, TenantExpectation.From(before.Plan), baseline)
            {
                Bytes = database.RawFile,
                Stage = verification,
                Progress = run.Progress,
            };
            checks = IntegrityChecks.Run(after);
            run.Cancellation.ThrowIfCancellationRequested();
            List<CheckResult> failed = [.. checks.Where(c => c.Status == CheckStatus.Failed)];
            MigrationResult result = before.Result(
                MigrationStatus.Migrated,
                after,
                database.RawFile.Length,
                outcome.Duration,
                checks,
                error: null) with { ProvedBy = ProvedBy.Checks };
            string? different =
                failed.Count > 0 ? CheckResults.Summary(failed)
                : database.IsReplaced ? MigrationTransaction.Replaced
                : Rehearsed is null ? null
                : RunComparison.Deviation(Rehearsed.Result, result, after);
            if (different is null)
            {
                return result;
            }

            problem = different;
        }
        catch (PosTenancyException exception)
        {
            problem = exception.What;
        }
        catch (Exception exception) when (Refusal is null)
        {
            // Committed but not verified is not a state to leave a shop in, whatever it was that ended the verification.
            _ = Restore($"the verification did not finish: {exception.Message}");
            throw;
        }

        return before.RolledBack(backup, outcome.Duration, checks, Restore(problem));
    }

    /// <summary>The result, if the file equals the rehearsed copy, which passed every check; else <see langword="null"/>.</summary>
    private MigrationResult? ProveByTwin(RehearsedPlan rehearsed, TransactionOutcome outcome)
    {
        bool isEqual = rehearsed.Twin.IsEqualTo(database, run.Progress, run.Cancellation);
        run.Cancellation.ThrowIfCancellationRequested();
        return isEqual && !database.IsReplaced
            ? rehearsed.Result with
            {
                StartedAt = before.StartedAt,
                Duration = outcome.Duration,
                ScriptOutput = outcome.ScriptOutput,
                ProvedBy = ProvedBy.Twin,
            }
            : null;
    }

    private Failure Restore(string problem)
    {
        if (Refusal is not null)
        {
            throw Refusal(problem);
        }

        return rollback.Run(problem);
    }
}
