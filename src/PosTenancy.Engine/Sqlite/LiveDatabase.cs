using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>
/// A live database opened for reading without changing anything: no byte of it, and no file beside it. How it is opened depends on
/// whether it has a write-ahead log, and on whether any connection is open.
/// </summary>
internal sealed class LiveDatabase : IDisposable
{
    private readonly DatabaseFile _file;
    private readonly DateTime? _unchangedSince;
    private readonly Func<DatabaseConnection>? _open;
    private readonly bool _hasLog;

    private LiveDatabase(
        DatabaseFile file, DatabaseConnection connection, Func<DatabaseConnection>? open, DateTime? unchangedSince, bool hasLog)
    {
        _hasLog = hasLog;
        _file = file;
        Connection = connection;
        _open = open;
        _unchangedSince = unchangedSince;
    }

    /// <summary>The connection to read with.</summary>
    public DatabaseConnection Connection { get; }

    /// <summary>Whether the header says that the database has a write-ahead log.</summary>
    public bool IsWal => _file.Header.IsWal;

    /// <summary>Why no second connection can be opened; <see langword="null"/> if any number can.</summary>
    public string? WhyAlone => _open is null
        ? $"a crashed program left '{_file.WalPath}', which only one connection can read without changing a file"
        : null;

    /// <summary>
    /// Whether reading blocks writers. It does not if the database has a write-ahead log, or if no program has it open.
    /// </summary>
    public bool KeepsWritersWaiting => _unchangedSince is null && !_hasLog;

    /// <summary>Opens a database without leaving a trace.</summary>
    /// <exception cref="PosTenancyException">The database cannot be read without changing it.</exception>
    public static LiveDatabase Open(string path, CancellationToken cancellation) => Open(DatabaseFile.Inspect(path), cancellation);

    /// <summary>Opens a file that was already inspected.</summary>
    /// <exception cref="PosTenancyException">The database cannot be read without changing it.</exception>
    public static LiveDatabase Open(DatabaseFile file, CancellationToken cancellation)
    {
        // Decided by the log file and not by the header: SQLite reads a log wherever one exists.
        if (File.Exists(file.WalPath))
        {
            return OpenWithLog(file, cancellation);
        }

        // The header says WAL but there is no log: no connection is open. A normal open would create two files, and removing them is a
        // write.
        DateTime? since = file.Header.IsWal ? File.GetLastWriteTimeUtc(file.Path) : null;
        DatabaseConnection Open() =>
            since is null
                ? DatabaseConnection.OpenReadOnly(file.Path, cancellation)
                : DatabaseConnection.OpenImmutable(file.Path, cancellation);
        return new LiveDatabase(file, Open(), Open, since, hasLog: false);
    }

    /// <summary>Opens another connection for a concurrent reader, with a smaller cache, since there may be many.</summary>
    public DatabaseConnection OpenAnother()
    {
        DatabaseConnection another = _open!();
        _ = another.TryExecute("PRAGMA cache_size = -2048");
        return another;
    }

    /// <summary>Reads in one transaction, so that all results are from one snapshot.</summary>
    public T Read<T>(Func<DatabaseConnection, T> read) => Connection.InReadTransaction(() => read(Connection));

    /// <summary>Verifies that the file did not change. An immutable reader takes no lock, so a writer may have mixed two states.</summary>
    /// <exception cref="PosTenancyException">The file was changed since it was opened.</exception>
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
    /// Reads a log left by a crash with its index in memory, and keeps the log. SQLite refuses this while another connection is open; then
    /// the
    /// index already exists and can be shared.
    /// </summary>
    private static LiveDatabase OpenWithLog(DatabaseFile file, CancellationToken cancellation)
    {
        try
        {
            DatabaseConnection alone = DatabaseConnection.OpenWithLog(file.Path, alone: true, cancellation);
            if (alone.TryExecute("SELECT count(*) FROM sqlite_schema") is not raw.SQLITE_BUSY)
            {
                return new LiveDatabase(file, alone, open: null, unchangedSince: null, hasLog: true);
            }

            alone.Dispose();
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.DatabaseLocked)
        {
            // The same refusal, reported while the connection was set up.
        }

        DatabaseConnection Open() => DatabaseConnection.OpenWithLog(file.Path, alone: false, cancellation);
        return new LiveDatabase(file, Open(), Open, unchangedSince: null, hasLog: true);
    }
}
