using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>
/// What a connection to a file that anybody may have made must not do for it. Source: "Defense Against The Dark Arts",
/// sqlite.org/security.html.
/// </summary>
internal static class UntrustedSchema
{
    /// <summary>
    /// Bytes of a statement, and of the text of a table, view or trigger: the longest schema text that anybody wrote fits a thousand times,
    /// and a script of 10 MB in one statement six times.
    /// </summary>
    private const int MaxSqlLength = 64 << 20;

    /// <summary>
    /// What SQLite allows unless an application asks for more: an honest schema was written under it. Fixed, since a deeper expression
    /// needs more of the stack than every thread has.
    /// </summary>
    private const int MaxExpressionDepth = 1000;

    /// <summary>
    /// Steps of a compiled statement. A million rows in one INSERT take fewer; views that name each other twice, twenty levels deep, would
    /// take all of the memory.
    /// </summary>
    private const int MaxInstructions = 25_000_000;

    /// <summary>Sets it, before the first statement reads the schema.</summary>
    public static void Distrust(sqlite3 handle)
    {
        // No function with side effects from a view, trigger, CHECK, default, index or generated column.
        Set(handle, raw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, false);

        // sqlite_schema and the tables of a virtual table are written by SQLite alone, and the rollback journal is never done without.
        Set(handle, raw.SQLITE_DBCONFIG_DEFENSIVE, true);
        Set(handle, raw.SQLITE_DBCONFIG_WRITABLE_SCHEMA, false);

        // Neither by a function of SQL nor by C.
        Set(handle, raw.SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, false);
        _ = raw.sqlite3_enable_load_extension(handle, 0);
        Set(handle, raw.SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, false);

        _ = raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_SQL_LENGTH, MaxSqlLength);
        _ = raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_EXPR_DEPTH, MaxExpressionDepth);
        _ = raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_VDBE_OP, MaxInstructions);

        // Nothing here works on two files over one connection.
        _ = raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_ATTACHED, 0);
    }

    private static void Set(sqlite3 handle, int setting, bool value) => _ = raw.sqlite3_db_config(handle, setting, value ? 1 : 0, out _);
}
