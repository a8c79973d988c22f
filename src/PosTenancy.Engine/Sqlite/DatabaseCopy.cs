using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>Copies a database with SQLite's online backup.</summary>
internal static class DatabaseCopy
{
    /// <summary>Number of pages between two checks for cancellation.</summary>
    private const int PagesAtOnce = 2048;

    /// <summary>
    /// Copies the whole database, log included, page by page into a new file (sqlite.org/backup.html). The schema is not used, so no
    /// collation
    /// or module of the application is needed.
    /// </summary>
    /// <param name="connection">Database to copy.</param>
    /// <param name="target">Path of the copy: an empty file, or none.</param>
    /// <param name="progress">Receives the number of pages copied and the total.</param>
    public static void Write(DatabaseConnection connection, string target, Action<long, long> progress)
    {
        int result = raw.sqlite3_open_v2(target, out sqlite3 copy, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, null);
        using (copy)
        {
            // The copy is not needed after a crash.
            result = result == raw.SQLITE_OK ? raw.sqlite3_exec(copy, "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF") : result;
            if (result != raw.SQLITE_OK)
            {
                throw SqliteErrors.Translate(target, SqliteException.Last(copy, result));
            }

            using sqlite3_backup backup = raw.sqlite3_backup_init(copy, "main", connection.Handle, "main");
            do
            {
                result = raw.sqlite3_backup_step(backup, PagesAtOnce);
                long pages = raw.sqlite3_backup_pagecount(backup);
                progress(pages - raw.sqlite3_backup_remaining(backup), pages);
                connection.Cancellation.ThrowIfCancellationRequested();
            }
            while (result == raw.SQLITE_OK);

            if (result != raw.SQLITE_DONE)
            {
                throw SqliteErrors.Translate(connection.Path, new SqliteException(raw.sqlite3_errstr(result).utf8_to_string(), result));
            }
        }
    }
}
