using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Recovery;

/// <summary>
/// Back from a migration that must not stay, and that no ROLLBACK takes back: the backup is put in the place of the file.
/// </summary>
/// <param name="database">The database under its lock, which is given up for it.</param>
/// <param name="backup">What the database was before.</param>
/// <param name="path">The path to name in errors.</param>
/// <param name="journal">The journal of the command; <see langword="null"/> for a rehearsal.</param>
/// <param name="progress">Told what is being done.</param>
internal sealed class BackupRollback(
    ExclusiveDatabase database, VerifiedBackup backup, string path, RunJournal? journal, IProgress<StageProgress>? progress)
{
    /// <summary>Puts the backup back. Neither Ctrl+C nor whoever watches the progress stops this.</summary>
    /// <param name="problem">Why the migration must not stay.</param>
    /// <returns>What there is to say about it.</returns>
    /// <exception cref="PosTenancyException">The backup could not be put back.</exception>
    public PosTenancyException Take(string problem)
    {
        if (journal is null)
        {
            // The copy is thrown away, so there is nothing to put back.
            database.Dispose();
            return Errors.RehearsalFailed(path, problem);
        }

        try
        {
            // What could not be folded into the file before, SQLite would fold in when the lock is given up; and then the file would
            // seem to have been written to by others.
            database.Connection.IgnoreCancellation();
            database.Checkpoint();

            // The lock has to be given up for a moment. What the file is now, it must still be when it is replaced: a sale that somebody
            // makes in between is not thrown away.
            NonThrowingProgress undo = new(progress);
            long length = database.RawFile.Length;
            string migrated = FileDigest.Compute(
                database.RawFile,
                database.File.Header.PageSize,
                done => undo.Report(new StageProgress(Stage.Restore, "Hashing the migrated file", path, done, length)),
                CancellationToken.None);
            database.Dispose();
            string? replaced = DatabaseRestore.TakeBack(database.File.Path, backup, migrated, journal, undo).ReplacedPath;
            return Errors.MigrationRestored(path, problem, backup.Path, replaced);
        }
        catch (Exception exception)
        {
            string why = exception is PosTenancyException known ? Errors.Inner(known) : exception.Message;
            throw Errors.RollbackFailed(path, $"{problem} The restore failed as well: {why}", backup.Path, exception);
        }
    }
}
