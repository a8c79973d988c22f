using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>
/// A live database that is open to be read, in the way that changes nothing: no byte of it, and no file beside it. Which way that is
/// depends on whether it has a write-ahead log, and on whether anybody is connected.
/// </summary>
internal sealed class LiveDatabase : IDisposable
{
    private readonly DatabaseFile _file;
    private readonly DateTime? _unchangedSince;
    private readonly Func<DatabaseConnection>? _open;

    private LiveDatabase(DatabaseFile file, DatabaseConnection connection, Func<DatabaseConnection>? open, DateTime? unchangedSince)
    {
        _file = file;
        Connection = connection;
        _open = open;
        _unchangedSince = unchangedSince;
    }

    /// <summary>The connection to read with.</summary>
    public DatabaseConnection Connection { get; }

    /// <summary>Why no second connection can be opened; <see langword="null"/> if any number can.</summary>
    public string? WhyAlone => _open is null
        ? $"a program that crashed left '{_file.WalPath}', which one connection can read without changing a file, and a second cannot"
        : null;

    /// <summary>Opens a database in the way that leaves no trace.</summary>
    /// <exception cref="PosTenancyException">It cannot be read without changing it.</exception>
    public static LiveDatabase Open(string path, CancellationToken cancellation) => Open(DatabaseFile.Inspect(path), cancellation);

    /// <summary>The same, for a file that was looked at already.</summary>
    /// <exception cref="PosTenancyException">It cannot be read without changing it.</exception>
    public static LiveDatabase Open(DatabaseFile file, CancellationToken cancellation)
    {
        // By the file beside it and not by the header: SQLite reads a log wherever there is one.
        if (File.Exists(file.WalPath))
        {
            return OpenWithLog(file, cancellation);
        }

        // A header that says WAL, and no log: nobody is connected. Any normal open would make two files, and removing them is a write.
        DateTime? since = file.Header.IsWal ? File.GetLastWriteTimeUtc(file.Path) : null;
        DatabaseConnection Open() =>
            since is null
                ? DatabaseConnection.OpenReadOnly(file.Path, cancellation)
                : DatabaseConnection.OpenImmutable(file.Path, cancellation);
        return new LiveDatabase(file, Open(), Open, since);
    }

    /// <summary>Another connection, for a reader beside this one; it keeps less in memory, since there may be many.</summary>
    public DatabaseConnection OpenAnother()
    {
        DatabaseConnection another = _open!();
        _ = another.TryExecute("PRAGMA cache_size = -2048");
        return another;
    }

    /// <summary>Reads in one transaction, so that everything is of the same moment.</summary>
    public T Read<T>(Func<DatabaseConnection, T> read) => Connection.InReadTransaction(() => read(Connection));

    /// <summary>An immutable reader takes no lock. If a writer came, what was read may be of two moments.</summary>
    /// <exception cref="PosTenancyException">It was changed since it was opened.</exception>
    public void RequireUnchanged()
    {
        if (_unchangedSince is { } before &&
            (
                File.GetLastWriteTimeUtc(_file.Path) != before ||
                new FileInfo(_file.Path).Length != _file.Length ||
                File.Exists(_file.WalPath)))
        {
            throw Errors.ChangedWhileRead(_file.Path);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Connection.Dispose();

    /// <summary>
    /// A log that a crash left is read with its index in memory, and stays. If somebody is connected that is refused, and then the index
    /// exists already and can be shared.
    /// </summary>
    private static LiveDatabase OpenWithLog(DatabaseFile file, CancellationToken cancellation)
    {
        try
        {
            DatabaseConnection alone = DatabaseConnection.OpenWithLog(file.Path, alone: true, cancellation);
            if (alone.TryExecute("SELECT count(*) FROM sqlite_schema") is not raw.SQLITE_BUSY)
            {
                return new LiveDatabase(file, alone, open: null, unchangedSince: null);
            }

            alone.Dispose();
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.DatabaseLocked)
        {
            // The same answer, given while the connection was set up.
        }

        DatabaseConnection Open() => DatabaseConnection.OpenWithLog(file.Path, alone: false, cancellation);
        return new LiveDatabase(file, Open(), Open, unchangedSince: null);
    }
}
