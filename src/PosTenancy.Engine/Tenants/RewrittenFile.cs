using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Sqlite;
using SQLitePCL;

namespace PosTenancy.Engine.Tenants;

/// <summary>Writes a database again without free pages and without what deleted rows have left on others.</summary>
internal static class RewrittenFile
{
    /// <summary>Pages of one step, after which it can be cancelled.</summary>
    private const int Pages = 2048;

    /// <summary>
    /// Writes the file again, in one transaction. VACUUM in place would give the rows of a table without an index new rowids, and VACUUM
    /// INTO does not (sqlite3RunVacuum, xferOptimization); so the database is written to another file, and its pages are copied back.
    /// </summary>
    /// <param name="database">The database.</param>
    /// <param name="privateFolder">Path of a folder that does not exist yet, on the same disk.</param>
    /// <param name="run">Stage, progress and cancellation.</param>
    /// <exception cref="PosTenancyException">There is too little room, or SQLite failed; the database has the content that it had.</exception>
    public static void Write(ExclusiveDatabase database, string privateFolder, RunContext run)
    {
        database.Checkpoint();
        run.Report("Writing the file again without free pages");
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

                CopyBack(copy, database, run);
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

    private static void CopyBack(string path, ExclusiveDatabase database, RunContext run)
    {
        using DatabaseConnection source = DatabaseConnection.OpenImmutable(path, run.Cancellation);
        using sqlite3_backup copy = raw.sqlite3_backup_init(database.Connection.Handle, "main", source.Handle, "main")
            ?? throw database.Connection.Failure(raw.SQLITE_ERROR);
        int result;
        while ((result = raw.sqlite3_backup_step(copy, Pages)) == raw.SQLITE_OK)
        {
            run.Cancellation.ThrowIfCancellationRequested();
        }

        if (result != raw.SQLITE_DONE)
        {
            throw SqliteErrors.Translate(run.Path, new SqliteException(raw.sqlite3_errstr(result).utf8_to_string(), result));
        }
    }
}
