using System.Diagnostics;
using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>What a statement reads, writes or calls (sqlite.org/c3ref/c_alter_table.html).</summary>
/// <param name="Action">SQLite's code of the action.</param>
/// <param name="First">Its first name: mostly the table.</param>
/// <param name="Second">Its second name: the column that is read, or the function that is called.</param>
/// <param name="Within">The innermost trigger or view that does it; <see langword="null"/> if the statement itself does.</param>
internal readonly record struct SqlAccess(int Action, string? First, string? Second, string? Within);

/// <summary>
/// Runs statements of strangers on a private database: SQLite's authorizer refuses what reaches beyond the rows of the database, and a
/// statement that takes too long is interrupted. PosTenancy's own statements on the connection are not restricted.
/// </summary>
internal sealed class SqlSandbox
{
    /// <summary>Instructions of SQLite's virtual machine between two looks at the clock: some ten microseconds.</summary>
    private const int Instructions = 2000;

    /// <summary>Bytes of one value: a statement that makes a longer one fails, and exhausts no memory.</summary>
    private const int MaxLength = 16 << 20;

    /// <summary>The pragmas that read, whatever their argument.</summary>
    private static readonly HashSet<string> Reading = new(StringComparer.OrdinalIgnoreCase)
    {
        "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list", "foreign_key_check",
        "database_list", "collation_list", "function_list", "module_list", "pragma_list", "compile_options", "page_count",
        "freelist_count", "data_version",
    };

    /// <summary>Functions that reach files or pointers, in builds of SQLite that have them.</summary>
    private static readonly HashSet<string> Denied = new(StringComparer.OrdinalIgnoreCase)
    {
        "load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "fsdir", "lsdir",
    };

    private readonly DatabaseConnection _connection;
    private readonly Stopwatch _watch = new();
    private List<SqlAccess>? _accesses;
    private TimeSpan _limit = TimeSpan.MaxValue;
    private bool _isStranger;

    /// <summary>Restricts a connection.</summary>
    public SqlSandbox(DatabaseConnection connection)
    {
        _connection = connection;

        // Set once: each call would make SQLite compile every statement of the connection again.
        _ = raw.sqlite3_set_authorizer(connection.Handle, (delegate_authorizer)Authorize, user_data: null);
        raw.sqlite3_progress_handler(connection.Handle, Instructions, _ => _watch.Elapsed > _limit ? 1 : 0, v: null);
        _ = raw.sqlite3_limit(connection.Handle, raw.SQLITE_LIMIT_LENGTH, MaxLength);
    }

    /// <summary>What the statement that was compiled last does.</summary>
    public IReadOnlyList<SqlAccess> Accesses { get; private set; } = [];

    /// <summary>Compiles a statement of a stranger.</summary>
    /// <returns>Why it cannot be run; <see langword="null"/> if it can.</returns>
    public SqliteException? TryPrepare(string sql, out Statement statement)
    {
        _isStranger = true;
        _accesses = [];
        try
        {
            return Statement.TryPrepare(_connection, sql, [], out statement);
        }
        finally
        {
            Accesses = _accesses;
            _accesses = null;
            _isStranger = false;
        }
    }

    /// <summary>Runs what steps through a statement of a stranger; its step returns SQLITE_INTERRUPT after the time limit.</summary>
    public T Run<T>(TimeSpan limit, Func<T> run)
    {
        _isStranger = true;
        _limit = limit;
        _watch.Restart();
        try
        {
            return run();
        }
        finally
        {
            _limit = TimeSpan.MaxValue;
            _isStranger = false;
        }
    }

    private static bool IsAllowed(int action, string? first, string? second) => action switch
    {
        raw.SQLITE_ATTACH or raw.SQLITE_DETACH => false,
        raw.SQLITE_PRAGMA => first is not null && Reading.Contains(first),
        raw.SQLITE_FUNCTION => second is null || !Denied.Contains(second),
        _ => true,
    };

    private int Authorize(object? data, int action, utf8z first, utf8z second, utf8z database, utf8z within)
    {
        if (!_isStranger)
        {
            return raw.SQLITE_OK;
        }

        string? firstName = first.utf8_to_string();
        string? secondName = second.utf8_to_string();
        _accesses?.Add(new SqlAccess(action, firstName, secondName, within.utf8_to_string()));
        return IsAllowed(action, firstName, secondName) ? raw.SQLITE_OK : raw.SQLITE_DENY;
    }
}
