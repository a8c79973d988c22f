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

    /// <summary>How long a reader waits, in seconds, for a writer that is just committing.</summary>
    private const int ReaderPatience = 5;

    /// <summary>The lock is taken by a loop that can be timed and stopped, so SQLite's own waiting is as short as it can be: 1 s.</summary>
    private const int NoPatience = 1;

    /// <summary>How many pages are copied between two looks at Ctrl+C.</summary>
    private const int PagesAtOnce = 2048;

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
            Configure(use);

            // Ctrl+C must end a statement that is running, not only the next one.
            sqlite3 handle = _connection.Handle!;
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

    /// <summary>Whether a transaction is open. False inside one means that something ended it.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_connection.Handle!) == 0;

    /// <summary>
    /// Whether SQLite could open the file only to read it, which it does in silence if it may not write it. Such a connection takes no
    /// lock.
    /// </summary>
    public bool IsReadOnly => raw.sqlite3_db_readonly(_connection.Handle!, "main") == 1;

    /// <summary>Opens the file to read it, as it is on the disk, with no lock and no file beside it.</summary>
    /// <remarks>Right for a backup, and for a file on which this process holds the lock; wrong for one that others may write.</remarks>
    public static DatabaseConnection OpenImmutable(string path, CancellationToken cancellation) =>
        new(path, SqliteOpenMode.ReadOnly, ReaderPatience, ConnectionUse.Immutable, cancellation);

    /// <summary>Opens the file to read it, under SQLite's own locks.</summary>
    public static DatabaseConnection OpenReadOnly(string path, CancellationToken cancellation) =>
        new(path, SqliteOpenMode.ReadOnly, ReaderPatience, ConnectionUse.Read, cancellation);

    /// <summary>
    /// Opens a file that has a write-ahead log to read both, which SQLite lets nobody do who may not write them. Whoever closes such a
    /// database last checkpoints it; this connection does not.
    /// </summary>
    /// <param name="path">Full path of the file.</param>
    /// <param name="alone">
    /// Whether nobody else is connected: then the index of the log is kept in memory, and no -shm file is made. If somebody is, the first
    /// statement says that the database is locked.
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

    /// <summary>
    /// Lets the schema use "text" in double quotes for a string, as the sqlite3 shell and most applications do. Off otherwise: a
    /// misspelt column in a check of ours would be a string, and the check would pass.
    /// </summary>
    public void AllowDoubleQuotedStrings(bool allow)
    {
        int value = allow ? 1 : 0;
        _ = raw.sqlite3_db_config(_connection.Handle!, raw.SQLITE_DBCONFIG_DQS_DML, value, out _);
        _ = raw.sqlite3_db_config(_connection.Handle!, raw.SQLITE_DBCONFIG_DQS_DDL, value, out _);
    }

    /// <summary>
    /// Runs the statements of a plan, which must leave the schema's own texts and the rows as they are, whatever they are: "text" in double
    /// quotes stays a string, and a row that its CHECK forbids stays a row.
    /// </summary>
    public void AsTheSchemaIs(Action statements)
    {
        AllowDoubleQuotedStrings(true);
        RenameWithoutReferences(true);
        IgnoreChecks(true);
        try
        {
            statements();
        }
        finally
        {
            IgnoreChecks(false);
            RenameWithoutReferences(false);
            AllowDoubleQuotedStrings(false);
        }
    }

    /// <summary>Leaves the CHECKs of tables out of what is run.</summary>
    public void IgnoreChecks(bool ignore) => _ = TryExecute($"PRAGMA ignore_check_constraints = {(ignore ? "ON" : "OFF")}");

    /// <summary>
    /// Lets a table be renamed without a look at who names it. A rebuild needs that: for a moment its table is not there, and views,
    /// triggers and foreign keys must go on naming it (sqlite.org/pragma.html#pragma_legacy_alter_table).
    /// </summary>
    public void RenameWithoutReferences(bool allow) =>
        _ = raw.sqlite3_db_config(_connection.Handle!, raw.SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, allow ? 1 : 0, out _);

    /// <summary>From here on nothing stops a statement: what was begun is taken back to its end, and that is proved.</summary>
    public void IgnoreCancellation()
    {
        _interrupt.Dispose();
        Cancellation = CancellationToken.None;
    }

    /// <summary>Runs a statement once, without waiting for locks and without an exception: the SQLite result code.</summary>
    public int TryExecute(string sql) => raw.sqlite3_exec(_connection.Handle!, sql);

    /// <summary>Runs one statement. A second one in the text is an error: the text may come from a file that is not trusted.</summary>
    public void Execute(string sql) => Execute(sql, static _ => { }, static _ => { });

    /// <summary>
    /// Runs one statement to its end, as the sqlite3 shell would: a parameter without a value is NULL, and rows are
    /// handed over one at a time.
    /// </summary>
    /// <param name="sql">One statement. If SQLite finds a second one in it, nothing is run.</param>
    /// <param name="onColumns">Told the names of the columns, once, if the statement gives rows at all.</param>
    /// <param name="onRow">Told of each row; reads its values if called.</param>
    public void Execute(string sql, Action<IReadOnlyList<string>> onColumns, Action<Func<IReadOnlyList<string?>>> onRow)
    {
        Cancellation.ThrowIfCancellationRequested();
        int result = raw.sqlite3_prepare_v2(_connection.Handle!, sql, out sqlite3_stmt statement, out string rest);
        if (result != raw.SQLITE_OK)
        {
            throw Failure(result);
        }

        using (statement)
        {
            if (new SqlText(rest ?? "") is { Tokens.Count: > 0 } more && !Enumerable.Range(0, more.Tokens.Count).All(i => more.Is(i, ';')))
            {
                throw Errors.SqliteError(Path, $"SQLite finds the end of the statement before \"{rest!.Trim()}\"");
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
        int result = raw.sqlite3_prepare_v2(_connection.Handle!, sql, out sqlite3_stmt statement);
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

    /// <summary>Lets statements that were prepared wait for a writer who is just committing, as the others do.</summary>
    public void WaitForWriters() => _ = raw.sqlite3_busy_timeout(_connection.Handle!, ReaderPatience * 1000);

    /// <summary>Runs one statement with values.</summary>
    /// <returns>How many rows it changed in all, those that triggers changed included.</returns>
    public long Change(string sql, params object?[] values)
    {
        int before = raw.sqlite3_total_changes(_connection.Handle!);
        _ = Run(sql, [.. values.Select(v => v ?? DBNull.Value)], static command => command.ExecuteNonQuery());
        return raw.sqlite3_total_changes(_connection.Handle!) - before;
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
        sqlite3 handle = _connection.Handle!;
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

    /// <summary>
    /// Copies the whole database, log included, page by page into a new file (sqlite.org/backup.html). The schema plays no part in it, so
    /// that no collation or module of the application is missed.
    /// </summary>
    /// <param name="target">Path of the copy: an empty file, or none.</param>
    /// <param name="progress">Told how many pages are done, of how many.</param>
    public void CopyTo(string target, Action<long, long> progress)
    {
        int result = raw.sqlite3_open_v2(target, out sqlite3 copy, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, null);
        using (copy)
        {
            // Nobody needs the copy after a crash.
            result = result == raw.SQLITE_OK ? raw.sqlite3_exec(copy, "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF") : result;
            if (result != raw.SQLITE_OK)
            {
                throw SqliteErrors.Translate(target, new SqliteException(raw.sqlite3_errmsg(copy).utf8_to_string(), result));
            }

            using sqlite3_backup backup = raw.sqlite3_backup_init(copy, "main", _connection.Handle!, "main");
            do
            {
                result = raw.sqlite3_backup_step(backup, PagesAtOnce);
                long pages = raw.sqlite3_backup_pagecount(backup);
                progress(pages - raw.sqlite3_backup_remaining(backup), pages);
                Cancellation.ThrowIfCancellationRequested();
            }
            while (result == raw.SQLITE_OK);

            if (result != raw.SQLITE_DONE)
            {
                throw SqliteErrors.Translate(Path, new SqliteException(raw.sqlite3_errstr(result).utf8_to_string(), result));
            }
        }
    }

    /// <summary>The exception for a result code that SQLite has just given on this connection.</summary>
    public Exception Failure(int result)
    {
        sqlite3 handle = _connection.Handle!;
        return SqliteErrors.Translate(
            Path, new SqliteException(raw.sqlite3_errmsg(handle).utf8_to_string(), result, raw.sqlite3_extended_errcode(handle)));
    }

    /// <summary>
    /// Whether closing this connection as the last one folds the write-ahead log into the file and removes it, as SQLite does by itself.
    /// Off at first: who was refused must not have changed a byte.
    /// </summary>
    public void FoldLogOnClose(bool fold) =>
        _ = raw.sqlite3_db_config(_connection.Handle!, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, fold ? 0 : 1, out _);

    /// <summary>The one number that a statement gives.</summary>
    public long Scalar(string sql, params object[] values) =>
        Run(sql, values, static command => Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Compiles a statement without running it: SQLite's message if it does not compile, else <see langword="null"/>.</summary>
    public string? CompileError(string sql)
    {
        Cancellation.ThrowIfCancellationRequested();
        int result = raw.sqlite3_prepare_v2(_connection.Handle!, sql, out sqlite3_stmt statement);
        string? message = result == raw.SQLITE_OK ? null : raw.sqlite3_errmsg(_connection.Handle!).utf8_to_string();
        statement?.Dispose();
        return message;
    }

    /// <summary>The collation that a column was declared with, which no pragma tells.</summary>
    public string CollationOf(string table, string column) =>
        raw.sqlite3_table_column_metadata(
            _connection.Handle!,
            "main",
            table,
            column,
            out string _,
            out string collation,
            out _,
            out _,
            out _
        ) == raw.SQLITE_OK
            ? collation
            : "BINARY";

    /// <summary>The names of the columns that a query would give; none if it does not compile.</summary>
    public IReadOnlyList<string> ColumnNames(string sql)
    {
        int result = raw.sqlite3_prepare_v2(_connection.Handle!, sql, out sqlite3_stmt statement);
        using (statement)
        {
            return result != raw.SQLITE_OK
                ? []
                :
                [
                    .. Enumerable
                        .Range(0, raw.sqlite3_column_count(statement))
                        .Select(i => raw.sqlite3_column_name(statement, i).utf8_to_string()),
                ];
        }
    }

    /// <summary>
    /// Says what is read or written, and by which trigger or view, while the statements inside <paramref name="compile"/> are compiled:
    /// SQLite's own parser, asked through its authorizer (sqlite.org/c3ref/set_authorizer.html).
    /// </summary>
    /// <param name="compile">Compiles statements.</param>
    /// <param name="onAccess">Told the action code, its two names (table and column, for a read) and the innermost trigger or view, if it
    /// is in one.</param>
    public void ObserveCompilation(Action compile, Action<int, string?, string?, string?> onAccess)
    {
        delegate_authorizer observer = (_, action, first, second, _, within) =>
        {
            onAccess(action, first.utf8_to_string(), second.utf8_to_string(), within.utf8_to_string());
            return raw.SQLITE_OK;
        };
        _ = raw.sqlite3_set_authorizer(_connection.Handle!, observer, null);
        try
        {
            compile();
        }
        finally
        {
            _ = raw.sqlite3_set_authorizer(_connection.Handle!, (delegate_authorizer)null!, null);
        }
    }

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
        UntrustedSchema.Distrust(_connection.Handle!);

        // Before anything that touches the file: a log that is opened once in normal mode has its index on the disk.
        if (use is ConnectionUse.ReadAlone or ConnectionUse.WriteAlone)
        {
            Pragma("locking_mode = EXCLUSIVE");
        }

        FoldLogOnClose(false);
        if (use is not (ConnectionUse.WriteAlone or ConnectionUse.InMemory))
        {
            Pragma("query_only = ON");
        }

        Pragma("cell_size_check = ON");
        Pragma("foreign_keys = OFF");
        Pragma("synchronous = FULL");
        Pragma("cache_size = -16384");
        AllowDoubleQuotedStrings(false);
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
