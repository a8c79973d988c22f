using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>
/// One connection to one database file, with everything set explicitly that differs between builds of SQLite. The file may come from
/// anywhere, so its schema is not trusted: no function with side effects runs from a view, trigger or index.
/// </summary>
internal sealed class DatabaseConnection : IDisposable
{
    /// <summary>
    /// How long, in milliseconds, a reader waits for a writer that is committing. A connection that wants the database for itself does not
    /// wait: its caller retries in a loop that has a timeout and can be cancelled.
    /// </summary>
    private const int ReaderPatience = 5000;

    private readonly CancellationTokenRegistration _interrupt;

    static DatabaseConnection() => SqliteLibrary.Load();

    private DatabaseConnection(string path, int flags, ConnectionUse use, CancellationToken cancellation)
    {
        Path = path;
        Cancellation = cancellation;
        string name = use switch
        {
            ConnectionUse.InMemory => ":memory:",
            ConnectionUse.Temporary => "",
            _ => Uri(path) + (use == ConnectionUse.Immutable ? "?immutable=1" : ""),
        };
        int result = raw.sqlite3_open_v2(name, out sqlite3 handle, flags | raw.SQLITE_OPEN_URI, null);
        Handle = handle;
        Settings = new ConnectionSettings(this);
        Compiler = new StatementCompiler(this);
        try
        {
            if (result != raw.SQLITE_OK)
            {
                throw Failure(result);
            }

            Configure(use);

            // Ctrl+C must end a statement that is running, not only the next one.
            _interrupt = cancellation.Register(() => raw.sqlite3_interrupt(handle));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private enum ConnectionUse
    {
        Immutable,
        Read,
        ReadAlone,
        WriteAlone,
        InMemory,
        Temporary,
    }

    /// <summary>Full path of the file.</summary>
    public string Path { get; private init; }

    /// <summary>Interrupts every statement.</summary>
    public CancellationToken Cancellation { get; private set; }

    /// <summary>What can be switched while the connection is open.</summary>
    public ConnectionSettings Settings { get; }

    /// <summary>SQLite's parser.</summary>
    public StatementCompiler Compiler { get; }

    /// <summary>SQLite's own handle, for what is no statement.</summary>
    public sqlite3 Handle { get; }

    /// <summary>Whether a transaction is open. False inside one means that something ended it.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <summary>
    /// Whether SQLite could open the file only to read it, which it does in silence if it may not write it. Such a connection takes no
    /// lock.
    /// </summary>
    public bool IsReadOnly => raw.sqlite3_db_readonly(Handle, "main") == 1;

    /// <summary>Opens the file to read it, as it is on the disk, with no lock and no file beside it.</summary>
    /// <remarks>Right for a backup, and for a file on which this process holds the lock; wrong for one that others may write.</remarks>
    public static DatabaseConnection OpenImmutable(string path, CancellationToken cancellation) =>
        new(path, raw.SQLITE_OPEN_READONLY, ConnectionUse.Immutable, cancellation);

    /// <summary>Same, for a copy that serves something with another name.</summary>
    /// <param name="path">Full path of the copy.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="cancellation">Interrupts every statement.</param>
    public static DatabaseConnection OpenImmutable(string path, string name, CancellationToken cancellation) =>
        new(path, raw.SQLITE_OPEN_READONLY, ConnectionUse.Immutable, cancellation) { Path = name };

    /// <summary>Opens the file to read it, under SQLite's own locks.</summary>
    public static DatabaseConnection OpenReadOnly(string path, CancellationToken cancellation) =>
        new(path, raw.SQLITE_OPEN_READONLY, ConnectionUse.Read, cancellation);

    /// <summary>
    /// Opens a file that has a write-ahead log to read both, for which SQLite requires write access. Closing the last connection to such a
    /// database checkpoints it; closing this one does not.
    /// </summary>
    /// <param name="path">Full path of the file.</param>
    /// <param name="alone">
    /// Whether this is the only connection: then the index of the log is kept in memory, and no -shm file is created. If it is not, the
    /// first statement fails because the database is locked.
    /// </param>
    /// <param name="cancellation">Interrupts every statement.</param>
    public static DatabaseConnection OpenWithLog(string path, bool alone, CancellationToken cancellation) =>
        new(path, raw.SQLITE_OPEN_READWRITE, alone ? ConnectionUse.ReadAlone : ConnectionUse.Read, cancellation);

    /// <summary>Opens the file to read and write it, and to keep every lock that it takes until it is closed.</summary>
    public static DatabaseConnection OpenExclusive(string path, CancellationToken cancellation) => OpenExclusive(path, path, cancellation);

    /// <summary>Same, for a copy that serves something with another name.</summary>
    /// <param name="path">Full path of the copy.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="cancellation">Interrupts every statement.</param>
    public static DatabaseConnection OpenExclusive(string path, string name, CancellationToken cancellation) =>
        new(path, raw.SQLITE_OPEN_READWRITE, ConnectionUse.WriteAlone, cancellation) { Path = name };

    /// <summary>Opens an empty database in memory, to try on it what is meant for a file.</summary>
    /// <param name="path">Full path of that file, for messages.</param>
    /// <param name="cancellation">Interrupts every statement.</param>
    public static DatabaseConnection OpenEmpty(string path, CancellationToken cancellation) =>
        new(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_MEMORY, ConnectionUse.InMemory, cancellation);

    /// <summary>
    /// Opens an empty database for rows that may not fit into memory. SQLite creates it in the folder for temporary files, readable by this
    /// account alone and without a name, so that nothing is left of it even after a crash (sqlite.org/inmemorydb.html, 2).
    /// </summary>
    /// <param name="path">Full path of the database that it serves, for messages.</param>
    /// <param name="cancellation">Interrupts every statement.</param>
    public static DatabaseConnection OpenTemporary(string path, CancellationToken cancellation) =>
        new(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, ConnectionUse.Temporary, cancellation);

    /// <summary>From here on nothing interrupts a statement: a rollback runs to its end, and is proved.</summary>
    public void IgnoreCancellation()
    {
        _interrupt.Dispose();
        Cancellation = CancellationToken.None;
    }

    /// <summary>Runs SQL, and returns SQLite's result code instead of throwing an exception.</summary>
    public int TryExecute(string sql) => raw.sqlite3_exec(Handle, sql);

    /// <summary>Compiles one statement and binds its values, as <see cref="Statement.TryPrepare"/> does.</summary>
    public Statement Prepare(string sql, params IReadOnlyList<object?> values)
    {
        if (Statement.TryPrepare(this, sql, values, out Statement statement) is { } error)
        {
            statement.Dispose();
            throw SqliteErrors.Translate(Path, error);
        }

        return statement;
    }

    /// <summary>Runs one statement.</summary>
    public void Execute(string sql, params IReadOnlyList<object?> values)
    {
        using Statement statement = Prepare(sql, values);
        statement.Run();
    }

    /// <summary>Runs a reading in one transaction, and ends it whatever happens.</summary>
    public T InReadTransaction<T>(Func<T> read)
    {
        Execute("BEGIN");
        try
        {
            return read();
        }
        finally
        {
            _ = TryExecute("COMMIT");
        }
    }

    /// <summary>Runs one statement.</summary>
    /// <returns>How many rows it changed in all, those that triggers changed included.</returns>
    public long Change(string sql, params IReadOnlyList<object?> values)
    {
        int before = raw.sqlite3_total_changes(Handle);
        Execute(sql, values);
        return raw.sqlite3_total_changes(Handle) - before;
    }

    /// <summary>
    /// Runs one statement on a copy that may rightly be refused, by a constraint, because it does not compile or trips over a damaged
    /// index, and says what SQLite said.
    /// </summary>
    /// <exception cref="PosTenancyException">Something else is wrong: the file, the disk.</exception>
    public StatementOutcome TryChange(string sql, params IReadOnlyList<object?> values)
    {
        SqliteException? error = Statement.TryPrepare(this, sql, values, out Statement statement);
        using (statement)
        {
            while (error is null && statement.TryStep() is not raw.SQLITE_DONE and var result)
            {
                error = result == raw.SQLITE_ROW ? null : SqliteException.Last(Handle, result);
            }

            return error switch
            {
                null => new StatementOutcome(null, raw.SQLITE_OK, raw.sqlite3_changes(Handle)),
                {
                    Code: raw.SQLITE_ERROR
                    or raw.SQLITE_CONSTRAINT
                    or raw.SQLITE_MISMATCH
                    or raw.SQLITE_TOOBIG
                    or raw.SQLITE_RANGE
                    or raw.SQLITE_AUTH
                    or raw.SQLITE_CORRUPT
                } => new StatementOutcome(error.Message, error.ExtendedCode, 0),
                _ => throw SqliteErrors.Translate(Path, error),
            };
        }
    }

    /// <summary>The exception for a result code that SQLite has just given on this connection.</summary>
    public Exception Failure(int result) => SqliteErrors.Translate(Path, SqliteException.Last(Handle, result));

    /// <summary>The one number that a statement gives; 0 if it gives no row.</summary>
    public long Scalar(string sql, params IReadOnlyList<object?> values) =>
        Query(sql, static row => row.GetInt64(0), values).FirstOrDefault();

    /// <summary>The rows of a statement, one at a time as they are asked for.</summary>
    public IEnumerable<T> Query<T>(string sql, Func<Row, T> map, params IReadOnlyList<object?> values)
    {
        using Statement statement = Prepare(sql, values);
        while (statement.Step())
        {
            yield return map(statement.Row);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupt.Dispose();
        Handle.Dispose();
    }

    /// <summary>
    /// A path as SQLite's URI, so that no character of it has a meaning. Source: "Uniform Resource Identifiers", sqlite.org/uri.html.
    /// </summary>
    private static string Uri(string path)
    {
        string slashed = System.IO.Path.DirectorySeparatorChar == '\\' ? path.Replace('\\', '/') : path;
        string escaped = slashed.Replace("%", "%25").Replace("?", "%3f").Replace("#", "%23");
        if (escaped.StartsWith("//", StringComparison.Ordinal))
        {
            return "file://" + escaped;
        }

        return escaped.StartsWith("/", StringComparison.Ordinal) ? "file:" + escaped : "file:///" + escaped;
    }

    private void Configure(ConnectionUse use)
    {
        bool isAlone = use is ConnectionUse.ReadAlone or ConnectionUse.WriteAlone;
        _ = raw.sqlite3_busy_timeout(Handle, isAlone ? 0 : ReaderPatience);
        UntrustedSchema.Distrust(Handle);

        // Before anything that touches the file: a log that is opened once in normal mode has its index on the disk.
        if (isAlone)
        {
            Execute("PRAGMA locking_mode = EXCLUSIVE");
        }

        Settings.CheckpointOnClose(false);
        if (use is not (ConnectionUse.WriteAlone or ConnectionUse.InMemory or ConnectionUse.Temporary))
        {
            Execute("PRAGMA query_only = ON");
        }

        Execute("PRAGMA cell_size_check = ON");
        Execute("PRAGMA foreign_keys = OFF");
        Execute("PRAGMA synchronous = FULL");

        // Measured: statements that change the schema are fastest with 16 MiB; a check does not need as much.
        Execute(isAlone ? "PRAGMA cache_size = -16384" : "PRAGMA cache_size = -8192");
        Settings.SetDoubleQuotedStrings(false);
    }
}

/// <summary>What became of a statement that may be refused.</summary>
/// <param name="Error">SQLite's message; <see langword="null"/> if it ran.</param>
/// <param name="Code">SQLite's extended result code.</param>
/// <param name="Changed">How many rows it changed itself, those that triggers and foreign keys changed not included.</param>
internal readonly record struct StatementOutcome(string? Error, int Code, long Changed);
