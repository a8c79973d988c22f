using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>What SQLite said of a call that failed (sqlite.org/rescode.html).</summary>
internal sealed class SqliteException(string message, int code, int extendedCode) : Exception(message)
{
    public SqliteException(string message, int code)
        : this(message, code, code)
    {
    }

    /// <summary>The result code.</summary>
    public int Code => code;

    /// <summary>The same in more detail.</summary>
    public int ExtendedCode => extendedCode;

    /// <summary>The error of the last call on a connection, which returned this code.</summary>
    public static SqliteException Last(sqlite3 connection, int code) =>
        new(raw.sqlite3_errmsg(connection).utf8_to_string(), code, raw.sqlite3_extended_errcode(connection));
}
