using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Recovery;

/// <summary>Ends a transaction that must not be committed.</summary>
internal static class ProvedRollback
{
    /// <summary>
    /// Rolls back and proves it: the bytes must have the hash of the backup again. A hash that could not be compared is no proof. If they
    /// do not (a COMMIT that fails in its last step has changed the file), the backup is restored.
    /// </summary>
    /// <param name="database">The database under its lock.</param>
    /// <param name="backup">What it was before the transaction.</param>
    /// <param name="rollback">How the backup is restored.</param>
    /// <param name="run">Path, stage and progress.</param>
    /// <param name="reason">Why it must not be committed.</param>
    /// <returns>What there is to say if the backup was restored; otherwise <see langword="null"/>.</returns>
    public static Failure? Run(
        ExclusiveDatabase database, RecordedBackup backup, BackupRollback rollback, RunContext run, string reason)
    {
        DatabaseConnection connection = database.Connection;
        connection.IgnoreCancellation();
        NonThrowingProgress undo = new(run.Progress);
        undo.Report(new StageProgress(run.Stage, "Rolling back", run.Path, 0, 0));

        // SQLite may have rolled back already (disk full, I/O error).
        if (connection.InTransaction)
        {
            _ = connection.TryExecute("ROLLBACK");
        }

        // Something may have been committed to the log against our will; only when it is folded in do the bytes of the file tell.
        database.Checkpoint();
        StageProgress proving = new(run.Stage, "Proving that the file is unchanged", run.Path, 0, 0);
        string hash = database.Hash(proving, undo, CancellationToken.None);
        return connection.InTransaction || hash != backup.Manifest.Sha256
            ? rollback.Run($"{reason} After ROLLBACK its SHA-256 is {hash}, not {backup.Manifest.Sha256}.")
            : null;
    }
}
