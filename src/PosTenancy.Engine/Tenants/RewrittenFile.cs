using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Tenants;

/// <summary>Writes a database again without free pages and without what deleted rows have left on others.</summary>
internal static class RewrittenFile
{
    /// <summary>
    /// Writes the file again, in one transaction. VACUUM in place would give the rows of a table without an index new rowids, and VACUUM
    /// INTO does not (sqlite3RunVacuum, xferOptimization); so the database is written to another file, and its pages are copied back.
    /// </summary>
    /// <param name="database">The database.</param>
    /// <param name="privateFolder">Path of a folder that does not exist yet, on the same disk.</param>
    /// <param name="run">Stage, progress and cancellation.</param>
    /// <exception cref="PosTenancyException">There is too little room, or SQLite failed; the content is what it was.</exception>
    public static void Write(ExclusiveDatabase database, string privateFolder, RunContext run)
    {
        database.Checkpoint();
        StageProgress writing = new(run.Stage, "Writing the file again without free pages", run.Path, 0, 0);
        run.Progress?.Report(writing);
        BackupDestination.RequireSpace(run.Path, database.File.Folder, 2 * database.File.Length);
        Prepare(database.Connection);
        FileErrors.Guard(run.Path, () =>
        {
            DurableFile.CreatePrivateFolder(privateFolder);
            try
            {
                string copy = Path.Combine(privateFolder, Path.GetFileName(run.Path));
                using (database.Connection.Settings.AllowVacuum())
                {
                    database.Connection.Execute("VACUUM main INTO ?1", copy);
                }

                using DatabaseConnection source = DatabaseConnection.OpenImmutable(copy, run.Cancellation);
                DatabaseCopy.Write(source, database.Connection, (done, total) => run.Progress?.Report(writing with
                {
                    Completed = done,
                    Total = total,
                }));
            }
            finally
            {
                Delete(privateFolder);
            }
        });
        database.Checkpoint();
    }

    /// <summary>
    /// From here on, what is deleted is overwritten, and the rollback journal is emptied after each transaction: in exclusive locking mode
    /// it would keep the old pages until the lock is released (sqlite.org/pragma.html#pragma_journal_size_limit).
    /// </summary>
    public static void Prepare(DatabaseConnection connection)
    {
        connection.Execute("PRAGMA main.secure_delete = ON");
        connection.Execute("PRAGMA main.journal_size_limit = 0");
    }

    private static void Delete(string folder)
    {
        try
        {
            MomentaryHold.Outlast(() => Directory.Delete(folder, recursive: true));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The journal removes it when the command ends; it has nothing of the tenant.
        }
    }
}
