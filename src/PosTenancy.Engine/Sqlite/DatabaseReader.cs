using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>Reads a live database and promises to change nothing: no byte of it, and no file beside it.</summary>
internal static class DatabaseReader
{
    /// <summary>Opens the database in the way that keeps the promise, runs the reading, and proves that nobody wrote meanwhile.</summary>
    /// <exception cref="PosTenancyException">The database cannot be read without changing it, or was changed during the reading.</exception>
    public static T Read<T>(string path, Func<DatabaseConnection, T> read, CancellationToken cancellation) =>
        Read(path, (connection, _) => read(connection), cancellation);

    /// <summary>The same, for a reading that looks at the bytes of the file too; it gets them unless a part of the database is in a log.</summary>
    /// <exception cref="PosTenancyException">The database cannot be read without changing it, or was changed during the reading.</exception>
    public static T Read<T>(string path, Func<DatabaseConnection, FileStream?, T> read, CancellationToken cancellation)
    {
        DatabaseFile file = DatabaseFile.Inspect(path);

        // Opened before SQLite takes its lock and closed after it was given up: on POSIX, closing any descriptor drops every lock.
        using FileStream bytes = FileErrors.Guard(file.Path, () => DatabaseFile.OpenRaw(file.Path));

        // By the file beside it and not by the header: SQLite reads a log wherever there is one.
        if (!File.Exists(file.WalPath) && file.Header.IsWal)
        {
            return ReadWithoutLog(file, connection => read(connection, bytes), cancellation);
        }

        using DatabaseConnection connection = File.Exists(file.WalPath)
            ? OpenWithLog(file, cancellation)
            : DatabaseConnection.OpenReadOnly(file.Path, cancellation);
        return ReadInTransaction(connection, reader => read(reader, DatabaseFile.HasContent(file.WalPath) ? null : bytes));
    }

    /// <summary>No log, so nobody is connected: any normal open would make two files, and removing them is a write.</summary>
    private static T ReadWithoutLog<T>(DatabaseFile file, Func<DatabaseConnection, T> read, CancellationToken cancellation)
    {
        DateTime before = File.GetLastWriteTimeUtc(file.Path);
        T result;
        using (DatabaseConnection connection = DatabaseConnection.OpenImmutable(file.Path, cancellation))
        {
            result = read(connection);
        }

        // An immutable reader takes no lock. If a writer came, what was read may be of two moments.
        if (File.GetLastWriteTimeUtc(file.Path) != before || new FileInfo(file.Path).Length != file.Length || File.Exists(file.WalPath))
        {
            throw Errors.ChangedWhileRead(file.Path);
        }

        return result;
    }

    /// <summary>
    /// A log that a crash left is read with its index in memory, and stays. If somebody is connected that is refused, and then the index
    /// exists already and can be shared.
    /// </summary>
    private static DatabaseConnection OpenWithLog(DatabaseFile file, CancellationToken cancellation)
    {
        try
        {
            DatabaseConnection alone = DatabaseConnection.OpenWithLog(file.Path, alone: true, cancellation);
            if (alone.TryExecute("SELECT count(*) FROM sqlite_schema") is not raw.SQLITE_BUSY)
            {
                return alone;
            }

            alone.Dispose();
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.DatabaseLocked)
        {
            // The same answer, given while the connection was set up.
        }

        return DatabaseConnection.OpenWithLog(file.Path, alone: false, cancellation);
    }

    /// <summary>One read transaction, so that every count is of the same moment.</summary>
    private static T ReadInTransaction<T>(DatabaseConnection connection, Func<DatabaseConnection, T> read)
    {
        connection.Execute("BEGIN");
        T result = read(connection);
        connection.Execute("COMMIT");
        return result;
    }
}
