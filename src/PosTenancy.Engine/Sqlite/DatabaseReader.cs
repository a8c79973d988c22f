using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Sqlite;

/// <summary>Reads a live database and guarantees to change nothing: no byte of it, and no file beside it.</summary>
internal static class DatabaseReader
{
    /// <summary>
    /// Opens the database so that the guarantee holds, runs the reading, and verifies that nothing was written meanwhile.
    /// </summary>
    /// <exception cref="PosTenancyException">The database cannot be read without changing it, or was changed during the
    /// reading.</exception>
    public static T Read<T>(string path, Func<DatabaseConnection, T> read, CancellationToken cancellation) =>
        Read(DatabaseFile.Inspect(path), read, cancellation);

    /// <summary>
    /// Same, for a reading that also inspects the bytes of the file; it receives them unless part of the database is in a write-ahead log.
    /// </summary>
    /// <exception cref="PosTenancyException">The database cannot be read without changing it, or was changed during the
    /// reading.</exception>
    public static T Read<T>(string path, Func<DatabaseConnection, FileStream?, T> read, CancellationToken cancellation)
    {
        DatabaseFile file = DatabaseFile.Inspect(path);

        // Opened before SQLite takes its lock and closed after the lock is released: on POSIX, closing any descriptor drops every lock of
        // the
        // process. While it is open, no other command of this process takes one.
        using FileStream bytes = FileErrors.Guard(file.Path, () =>
        {
            lock (DatabaseFile.Gate)
            {
                DatabaseFile.RequireNotOpenHere(file.Path);
                return FileBlocks.Open(file.Path);
            }
        });
        return Read(file, connection => read(connection, FilePath.HasContent(file.WalPath) ? null : bytes), cancellation);
    }

    private static T Read<T>(DatabaseFile file, Func<DatabaseConnection, T> read, CancellationToken cancellation)
    {
        using LiveDatabase live = LiveDatabase.Open(file, cancellation);
        T result = live.Read(read);
        live.RequireUnchanged();
        return result;
    }
}
