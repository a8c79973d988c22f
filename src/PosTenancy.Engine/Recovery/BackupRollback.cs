using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Recovery;

/// <summary>
/// Undoes a migration that a ROLLBACK cannot undo: restores the backup in the place of the database.
/// </summary>
/// <param name="database">The locked database; the lock is released.</param>
/// <param name="backup">What the database was before.</param>
/// <param name="run">Path, journal and progress.</param>
internal sealed class BackupRollback(ExclusiveDatabase database, RecordedBackup backup, RunContext run)
{
    /// <summary>Removes what is no longer needed, before the restore needs the room.</summary>
    public Action? MakeRoom { get; init; }

    /// <summary>Restores the backup. Neither Ctrl+C nor a progress listener that throws can stop it.</summary>
    /// <param name="problem">Why the migration must not stay.</param>
    /// <returns>Why the migration did not stay, and what the database is now.</returns>
    /// <exception cref="PosTenancyException">The backup could not be restored.</exception>
    public Failure Run(string problem)
    {
        if (run.Journal is not { } journal)
        {
            // The copy is thrown away, so there is nothing to restore.
            database.Dispose();
            return Failure.From(Errors.RehearsalFailed(run.Path, problem));
        }

        try
        {
            // Without a checkpoint now, SQLite would run one when the lock is released, and the file would seem to have been written by
            // another program.
            MakeRoom?.Invoke();
            database.Connection.IgnoreCancellation();
            database.Checkpoint();

            // The lock must be released for a moment. The file is replaced only if it still has this hash then: a sale made in between
            // is not thrown away.
            NonThrowingProgress undo = new(run.Progress);
            StageProgress hashing = new(Stage.Restore, "Hashing the migrated file", run.Path, 0, 0);
            string migrated = database.Hash(hashing, undo, CancellationToken.None);
            database.Dispose();
            string? replaced = DatabaseRestore.TakeBack(database.File.Path, backup, migrated, journal, undo).ReplacedPath;
            return Failure.From(Errors.MigrationRestored(run.Path, problem, backup.Path, replaced));
        }
        catch (Exception exception)
        {
            string why = exception is PosTenancyException known ? known.What : exception.Message;
            throw Errors.RollbackFailed(run.Path, $"{problem} The restore failed as well: {why}", backup.Path, exception);
        }
    }
}
