using System.Diagnostics;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Scripts;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Migration;

/// <summary>
/// Runs a plan on a locked database in one transaction, with the checks before COMMIT: a check that fails is a ROLLBACK, not a restore.
/// </summary>
/// <param name="database">The database under its lock.</param>
/// <param name="plan">What to do.</param>
/// <param name="recordedAt">The time in the row of the history.</param>
/// <param name="baseline">What was measured before.</param>
/// <param name="run">Path, stage, progress and cancellation.</param>
/// <param name="rollback">How the backup is restored if a ROLLBACK does not restore its bytes.</param>
/// <param name="hasTwin">Whether the committed file will be compared with a rehearsed copy.</param>
/// <param name="deviation">Says how what was done differs from what was rehearsed; asked before COMMIT, when every check has
/// passed.</param>
internal sealed class MigrationTransaction(
    ExclusiveDatabase database,
    MigrationPlan plan,
    DateTimeOffset recordedAt,
    Baseline baseline,
    RunContext run,
    BackupRollback rollback,
    bool hasTwin,
    Func<CheckContext, IReadOnlyList<CheckResult>, string?> deviation)
{
    /// <summary>What there is to say of a file that is not found under its name any more.</summary>
    public const string Replaced = "another program has renamed, deleted or replaced it.";

    private int _begun;
    private readonly List<PlannedStatement> _statements = [.. plan.Statements];
    private readonly ScriptRun? _script = plan.Options.Script is { } script ? new(database.Connection, run.Path, script) : null;

    /// <summary>Commits the plan, or leaves the file as it was.</summary>
    /// <param name="backup">The backup that the file must still be.</param>
    /// <exception cref="PosTenancyException">The file is not its backup, or could not be restored.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the file is as it was.</exception>
    public TransactionOutcome Run(RecordedBackup backup)
    {
        DatabaseConnection connection = database.Connection;
        IReadOnlyList<CheckResult> checks = [];
        Stopwatch watch = new();
        string problem;
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            if (run.Stage != Stage.Rehearsal)
            {
                // A copy was hashed as it was written, and its check compares every page with the backup.
                backup.RequireMatch(database, run.Stage, run.Progress, run.Cancellation);
            }

            backup.RequireCounts(baseline.Schema.Counts);
            watch.Start();
            Execute(connection);
            long written = HistoryWriter.Write(
                connection,
                plan,
                recordedAt,
                backup.Manifest.Sha256,
                (sql, table) => Report(sql, table, _statements.Count, StagePart.Statements));
            bool isRecorded = written == HistoryWriter.Rows(plan);
            CheckContext? context = run.Stage == Stage.Rehearsal ? null : ReadChanged(connection);

            // A copy needs no ROLLBACK: its checks run once, on the committed file.
            checks = context is null ? [] : IntegrityChecks.Run(context);
            List<CheckResult> failed = [.. checks.Where(c => c.Status == CheckStatus.Failed)];
            string? different = database.IsReplaced ? Replaced
                : failed.Count == 0 && isRecorded && context is not null ? deviation(context, checks)
                : null;
            if (failed.Count == 0 && isRecorded && different is null)
            {
                run.Cancellation.ThrowIfCancellationRequested();

                // Once more, since others write to the disk too: what is in the log after COMMIT must still fit into the file, and the way
                // back must stay open.
                BackupDestination.RequireSpace(run.Path, database.File.Folder, SpaceNeeds.ForCommit(database, backup));
                Report("Committing", run.Path, 0, StagePart.Commit);
                connection.Execute("COMMIT");
                return Outcome(problem: null);
            }

            problem = different ?? (failed.Count > 0 ? CheckResults.Summary(failed) : HistoryWriter.Problem(plan, written));
        }
        catch (PosTenancyException exception)
            when (exception.ErrorId is ErrorIds.DatabaseChanged or ErrorIds.BackupMismatch or ErrorIds.BackupTampered)
        {
            // Not one statement has run, and there is nothing that the file could be compared with.
            _ = connection.TryExecute("ROLLBACK");
            throw;
        }
        catch (PosTenancyException exception)
        {
            problem = exception.Cause;
        }
        catch (Exception exception)
        {
            _ = RollBack(exception.Message);
            throw;
        }

        Failure? restored = RollBack(problem);
        return Outcome(problem) with { Restored = restored };

        Failure? RollBack(string reason) => ProvedRollback.Run(database, backup, rollback, run, reason);

        TransactionOutcome Outcome(string? problem) => new(checks, watch.Elapsed, problem) { ScriptOutput = _script?.Output ?? [] };
    }

    private CheckContext ReadChanged(DatabaseConnection connection)
    {
        Report("Reading the changed schema", run.Path, 0, StagePart.Checks);
        return new CheckContext(run.Path, connection, TenantExpectation.From(plan), baseline)
        {
            IsCommitted = false,
            HasTwin = hasTwin,
            Stage = run.Stage,
            Progress = run.Progress,
        };
    }

    private void Execute(DatabaseConnection connection)
    {
        if (_script is not null)
        {
            _script.Run(() => ExecuteEach(connection, _statements));
        }
        else
        {
            using IDisposable _ = connection.Settings.KeepSchemaTexts();
            ExecuteEach(connection, ColumnBatch.Run(connection, baseline.Schema, _statements, Report));
        }
    }

    private void ExecuteEach(DatabaseConnection connection, IEnumerable<PlannedStatement> statements)
    {
        foreach (PlannedStatement statement in statements)
        {
            Report(statement);
            if (_script is not null)
            {
                _script.Execute(statement);
                continue;
            }

            if (!statement.IsProof)
            {
                connection.Execute(statement.Sql);
            }
            else if (connection.Scalar(statement.Sql) != 1)
            {
                throw Errors.SqliteError(run.Path, $"the rows copied for {statement.Subject} differ from those of the table");
            }

            if (!connection.InTransaction)
            {
                throw Errors.SqliteError(run.Path, $"the statement for {statement.Subject} ended the transaction: {statement.Sql}");
            }
        }
    }

    private void Report(PlannedStatement statement) => Report(statement.Sql, statement.Subject, _begun++, StagePart.Statements);

    private void Report(string activity, string item, long completed, StagePart part) =>
        run.Progress?.Report(
            new StageProgress(run.Stage, activity, item, completed, part == StagePart.Statements ? _statements.Count : 0) { Part = part });
}

/// <summary>How a transaction ended.</summary>
/// <param name="Checks">The checks that ran before its end.</param>
/// <param name="Duration">From the first statement to the end.</param>
/// <param name="Problem">Why it was rolled back; <see langword="null"/> after COMMIT.</param>
internal sealed record TransactionOutcome(IReadOnlyList<CheckResult> Checks, TimeSpan Duration, string? Problem)
{
    /// <summary>What there is to say if no ROLLBACK, but the backup took it back.</summary>
    public Failure? Restored { get; init; }

    /// <summary>What the statements of a script gave.</summary>
    public IReadOnlyList<ScriptOutput> ScriptOutput { get; init; } = [];
}
