using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>
/// One connection to one database file, with everything set explicitly that differs between builds of SQLite. The file may come from
/// anywhere, so its schema is not trusted: no function with side effects runs from a view, trigger or index.
/// </summary>
internal sealed class DatabaseConnection : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly CancellationTokenRegistration _interrupt;

    /// <summary>How long a reader waits, in seconds, for a writer that is committing.</summary>
    public const int ReaderPatience = 5;

    /// <summary>The lock is taken by a loop that can be timed and stopped, so SQLite's own waiting is as short as it can be: 1 s.</summary>
    private const int NoPatience = 1;

    private DatabaseConnection(string path, SqliteOpenMode mode, int patience, ConnectionUse use, CancellationToken cancellation)
    {
        Path = path;
        Cancellation = cancellation;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = use == ConnectionUse.InMemory ? ":memory:" : Uri(path) + (use == ConnectionUse.Immutable ? "?immutable=1" : ""),
            Mode = mode,

            // A pooled handle outlives Dispose, and a file that is open cannot be replaced on Windows.
            Pooling = false,

            // In whole seconds, and 0 would mean for ever.
            DefaultTimeout = patience,
        }.ConnectionString);
        try
        {
            _connection.Open();
            Settings = new ConnectionSettings(this);
            Compiler = new StatementCompiler(this);
            Configure(use);

            // Ctrl+C must end a statement that is running, not only the next one.
            sqlite3 handle = Handle;
            _interrupt = cancellation.Register(() => raw.sqlite3_interrupt(handle));
        }
        catch (SqliteException exception)
        {
            _connection.Dispose();
            throw SqliteErrors.Translate(path, exception);
        }
        catch
        {
            _connection.Dispose();
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
    }

    /// <summary>Full path of the file.</summary>
    public string Path { get; }

    /// <summary>Interrupts every statement.</summary>
    public CancellationToken Cancellation { get; private set; }

    /// <summary>What can be switched while the connection is open.</summary>
    public ConnectionSettings Settings { get; }

    /// <summary>SQLite's parser.</summary>
    public StatementCompiler Compiler { get; }

    /// <summary>For calls that Microsoft.Data.Sqlite does not offer.</summary>
    public sqlite3 Handle => _connection.Handle!;

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
        new(path, SqliteOpenMode.ReadOnly, ReaderPatience, ConnectionUse.Immutable, cancellation);

    /// <summary>Opens the file to read it, under SQLite's own locks.</summary>
    public static DatabaseConnection OpenReadOnly(string path, CancellationToken cancellation) =>
        new(path, SqliteOpenMode.ReadOnly, ReaderPatience, ConnectionUse.Read, cancellation);

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
        new(
            path,
            SqliteOpenMode.ReadWrite,
            alone ? NoPatience : ReaderPatience,
            alone ? ConnectionUse.ReadAlone : ConnectionUse.Read,
            cancellation);

    /// <summary>Opens the file to read and write it, and to keep every lock that it takes until it is closed.</summary>
    public static DatabaseConnection OpenExclusive(string path, CancellationToken cancellation) =>
        new(path, SqliteOpenMode.ReadWrite, NoPatience, ConnectionUse.WriteAlone, cancellation);

    /// <summary>Opens an empty database in memory, to try on it what is meant for a file.</summary>
    /// <param name="path">Full path of that file, for messages.</param>
    /// <param name="cancellation">Interrupts every statement.</param>
    public static DatabaseConnection OpenEmpty(string path, CancellationToken cancellation) =>
        new(path, SqliteOpenMode.Memory, NoPatience, ConnectionUse.InMemory, cancellation);

    /// <summary>From here on nothing interrupts a statement: a rollback runs to its end, and is proved.</summary>
    public void IgnoreCancellation()
    {
        _interrupt.Dispose();
        Cancellation = CancellationToken.None;
    }

    /// <summary>Runs a statement once, without waiting for locks and without an exception: the SQLite result code.</summary>
    public int TryExecute(string sql) => raw.sqlite3_exec(Handle, sql);

    /// <summary>Runs one statement. A second one in the text is an error: the text may come from a file that is not trusted.</summary>
    public void Execute(string sql) => Execute(sql, static _ => { }, static _ => { });

    /// <summary>
    /// Runs one statement to its end, as the sqlite3 shell would: a parameter without a value is NULL, and rows are
    /// handed over one at a time.
    /// </summary>
    /// <param name="sql">One statement. If SQLite finds a second one in it, nothing is run.</param>
    /// <param name="onColumns">Receives the names of the columns, once, if the statement returns rows.</param>
    /// <param name="onRow">Receives each row; reads its values if called.</param>
    public void Execute(string sql, Action<IReadOnlyList<string>> onColumns, Action<Func<IReadOnlyList<string?>>> onRow)
    {
        Cancellation.ThrowIfCancellationRequested();
        int result = raw.sqlite3_prepare_v2(Handle, sql, out sqlite3_stmt statement, out string rest);
        if (result != raw.SQLITE_OK)
        {
            throw Failure(result);
        }

        using (statement)
        {
            if (new SqlText(rest ?? "") is { Tokens.Count: > 0 } more && !Enumerable.Range(0, more.Tokens.Count).All(i => more.Is(i, ';')))
            {
                throw Errors.SqliteError(Path, $"SQLite ended the statement before \"{rest!.Trim()}\"");
            }

            int columns = raw.sqlite3_column_count(statement);
            if (columns > 0)
            {
                onColumns(Enumerable.Range(0, columns).Select(i => raw.sqlite3_column_name(statement, i).utf8_to_string()).ToArray());
            }

            while ((result = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
            {
                onRow(() => Enumerable.Range(0, columns).Select(i => ColumnText.Read(statement, i)).ToArray());
            }

            if (result != raw.SQLITE_DONE)
            {
                throw Failure(result);
            }
        }
    }

    /// <summary>Compiles one statement, to be run many times.</summary>
    public PreparedQuery Prepare(string sql)
    {
        Cancellation.ThrowIfCancellationRequested();
        int result = raw.sqlite3_prepare_v2(Handle, sql, out sqlite3_stmt statement);
        return result == raw.SQLITE_OK ? new PreparedQuery(this, statement) : throw Failure(result);
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

    /// <summary>Runs one statement with values.</summary>
    /// <returns>How many rows it changed in all, those that triggers changed included.</returns>
    public long Change(string sql, params object?[] values)
    {
        int before = raw.sqlite3_total_changes(Handle);
        _ = Run(sql, [.. values.Select(v => v ?? DBNull.Value)], static command => command.ExecuteNonQuery());
        return raw.sqlite3_total_changes(Handle) - before;
    }

    /// <summary>
    /// Runs one statement on a copy that may rightly be refused, by a constraint, because it does not compile or trips over a damaged
    /// index, and says what SQLite said.
    /// </summary>
    /// <param name="sql">One statement.</param>
    /// <param name="values">Its values: <see langword="null"/>, <see cref="long"/>, <see cref="double"/>, <see cref="string"/> or
    /// bytes.</param>
    /// <exception cref="PosTenancyException">Something else is wrong: the file, the disk.</exception>
    public StatementOutcome TryChange(string sql, params object?[] values)
    {
        Cancellation.ThrowIfCancellationRequested();
        sqlite3 handle = Handle;
        int result = raw.sqlite3_prepare_v2(handle, sql, out sqlite3_stmt statement);
        using (statement)
        {
            for (int i = 0; i < values.Length && result == raw.SQLITE_OK; i++)
            {
                result = Bind(statement, i + 1, values[i]);
            }

            while (result == raw.SQLITE_OK || result == raw.SQLITE_ROW)
            {
                result = raw.sqlite3_step(statement);
            }

            return result switch
            {
                raw.SQLITE_DONE => new StatementOutcome(null, raw.SQLITE_OK, raw.sqlite3_changes(handle)),
                raw.SQLITE_ERROR
                or raw.SQLITE_CONSTRAINT
                or raw.SQLITE_MISMATCH
                or raw.SQLITE_TOOBIG
                or raw.SQLITE_RANGE
                or raw.SQLITE_AUTH
                or raw.SQLITE_CORRUPT => new StatementOutcome(
                    raw.sqlite3_errmsg(handle).utf8_to_string(),
                    raw.sqlite3_extended_errcode(handle),
                    0),
                _ => throw Failure(result),
            };
        }
    }

    /// <summary>The exception for a result code that SQLite has just given on this connection.</summary>
    public Exception Failure(int result)
    {
        sqlite3 handle = Handle;
        return SqliteErrors.Translate(
            Path, new SqliteException(raw.sqlite3_errmsg(handle).utf8_to_string(), result, raw.sqlite3_extended_errcode(handle)));
    }

    /// <summary>The one number that a statement gives.</summary>
    public long Scalar(string sql, params object[] values) =>
        Run(sql, values, static command => Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The rows of a statement, one at a time as they are asked for.</summary>
    public IEnumerable<T> Query<T>(string sql, Func<SqliteDataReader, T> map, params object[] values)
    {
        Cancellation.ThrowIfCancellationRequested();
        using SqliteCommand command = Command(sql, values);
        using SqliteDataReader reader = Translated(command.ExecuteReader);
        while (Translated(reader.Read))
        {
            yield return map(reader);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupt.Dispose();
        _connection.Dispose();
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
        UntrustedSchema.Distrust(Handle);

        // Before anything that touches the file: a log that is opened once in normal mode has its index on the disk.
        if (use is ConnectionUse.ReadAlone or ConnectionUse.WriteAlone)
        {
            Pragma("locking_mode = EXCLUSIVE");
        }

        Settings.CheckpointOnClose(false);
        if (use is not (ConnectionUse.WriteAlone or ConnectionUse.InMemory))
        {
            Pragma("query_only = ON");
        }

        Pragma("cell_size_check = ON");
        Pragma("foreign_keys = OFF");
        Pragma("synchronous = FULL");
        Pragma("cache_size = -16384");
        Settings.SetDoubleQuotedStrings(false);
    }

    private static int Bind(sqlite3_stmt statement, int place, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(statement, place),
        long number => raw.sqlite3_bind_int64(statement, place, number),
        double number => raw.sqlite3_bind_double(statement, place, number),
        byte[] bytes => raw.sqlite3_bind_blob(statement, place, bytes),
        _ => raw.sqlite3_bind_text(statement, place, (string)value),
    };

    private void Pragma(string setting)
    {
        using SqliteCommand command = Command("PRAGMA " + setting, []);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, object[] values)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue("?" + (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), values[i]);
        }

        return command;
    }

    private T Run<T>(string sql, object[] values, Func<SqliteCommand, T> run)
    {
        Cancellation.ThrowIfCancellationRequested();
        using SqliteCommand command = Command(sql, values);
        return Translated(() => run(command));
    }

    private T Translated<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.Translate(Path, exception);
        }
    }
}

/// <summary>What became of a statement that may be refused.</summary>
/// <param name="Error">SQLite's message; <see langword="null"/> if it ran.</param>
/// <param name="Code">SQLite's extended result code.</param>
/// <param name="Changed">How many rows it changed itself, those that triggers and foreign keys changed not included.</param>
internal readonly record struct StatementOutcome(string? Error, int Code, long Changed);
