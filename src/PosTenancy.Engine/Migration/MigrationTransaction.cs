using System.Diagnostics;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Migration;

/// <summary>
/// Runs a plan on a locked database in one transaction, with the checks before COMMIT: a check that fails is a ROLLBACK, not a restore.
/// </summary>
internal sealed class MigrationTransaction(
    ExclusiveDatabase database,
    MigrationPlan plan,
    Baseline baseline,
    string reportAs,
    Stage stage,
    IProgress<StageProgress>? progress,
    CancellationToken cancellation)
{
    /// <summary>Commits the plan, or leaves the file as it was.</summary>
    /// <param name="backup">The backup that the file must still be.</param>
    /// <returns>The checks that ran before the end, how long it took, and why it was rolled back (<see langword="null"/> after COMMIT).</returns>
    /// <exception cref="PosTenancyException">The file is not its backup, or could not be brought back.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the file is as it was.</exception>
    public TransactionOutcome Run(VerifiedBackup backup)
    {
        DatabaseConnection connection = database.Connection;
        IReadOnlyList<CheckResult> checks = [];
        Stopwatch watch = new();
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            backup.RequireMatch(database, stage, progress, cancellation);
            watch.Start();
            Execute(connection);
            checks = IntegrityChecks.Run(new CheckContext(reportAs, connection, TenantExpectation.Of(plan.Options), baseline), stage, progress);
            if (checks.Where(c => c.Status == CheckStatus.Failed).ToList() is { Count: > 0 } failed)
            {
                throw Errors.MigrationRolledBack(reportAs, CheckResults.Summary(failed));
            }

            cancellation.ThrowIfCancellationRequested();
            connection.Execute("COMMIT");
            return new TransactionOutcome(checks, watch.Elapsed, RolledBackBecause: null);
        }
        catch (Exception exception)
        {
            RollBack(connection, backup, exception);
            if (exception is not PosTenancyException failure || failure.ErrorId is ErrorIds.DatabaseChanged or ErrorIds.BackupMismatch)
            {
                throw;
            }

            Failure reason = Failure.Of(failure.ErrorId == ErrorIds.MigrationRolledBack
                ? failure
                : Errors.MigrationRolledBack(reportAs, failure.InnerException?.Message ?? failure.Message));
            return new TransactionOutcome(checks, watch.Elapsed, reason);
        }
    }

    private void Execute(DatabaseConnection connection)
    {
        int total = plan.Changes.Sum(t => t.Sql.Count);
        int done = 0;
        foreach (TablePlan table in plan.Changes)
        {
            foreach (string sql in table.Sql)
            {
                progress?.Report(new StageProgress(stage, sql, table.Table, done++, total));
                connection.Execute(sql);
                if (!connection.InTransaction)
                {
                    throw Errors.SqliteError(reportAs, $"a statement for {table.Table} ended the transaction: {sql}");
                }
            }
        }
    }

    /// <summary>
    /// Rolls back and proves it: the bytes must have the hash of the backup again. A hash that could not be compared is no proof.
    /// </summary>
    private void RollBack(DatabaseConnection connection, VerifiedBackup backup, Exception reason)
    {
        // SQLite may have rolled back by itself (disk full, I/O error); then there is nothing left to roll back.
        if (connection.InTransaction)
        {
            _ = connection.TryExecute("ROLLBACK");
        }

        if (reason is PosTenancyException { ErrorId: ErrorIds.DatabaseChanged or ErrorIds.BackupMismatch })
        {
            return;
        }

        string hash = FileDigest.Compute(database.RawFile, database.File.Header.PageSize, progress: null, CancellationToken.None);
        if (connection.InTransaction || hash != backup.Manifest.Sha256)
        {
            throw Errors.RollbackFailed(reportAs, $"after ROLLBACK its SHA-256 is {hash}, not {backup.Manifest.Sha256}.", backup.Path, reason);
        }
    }
}

/// <summary>How a transaction ended.</summary>
internal sealed record TransactionOutcome(IReadOnlyList<CheckResult> Checks, TimeSpan Duration, Failure? RolledBackBecause);
