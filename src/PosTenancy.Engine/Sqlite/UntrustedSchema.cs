using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>
/// Restricts what a connection to an untrusted file may do on the file's behalf. Source: "Defense Against The Dark Arts",
/// sqlite.org/security.html.
/// </summary>
internal static class UntrustedSchema
{
    /// <summary>
    /// Bytes of a statement, and of the text of a table, view or trigger: a thousand times the longest schema text in use, and six times a
    /// script of 10 MB in one statement.
    /// </summary>
    private const int MaxSqlLength = 64 << 20;

    /// <summary>
    /// SQLite's default, under which a legitimate schema was written. Fixed, because a deeper expression needs more stack than every thread
    /// has.
    /// </summary>
    private const int MaxExpressionDepth = 1000;

    /// <summary>
    /// Instructions of a compiled statement. A million rows in one INSERT take fewer; views that reference each other twice, twenty levels
    /// deep, would exhaust the memory.
    /// </summary>
    private const int MaxInstructions = 25_000_000;

    /// <summary>Applies the restrictions. Call it before the first statement reads the schema.</summary>
    public static void Distrust(sqlite3 handle)
    {
        // No function with side effects from a view, trigger, CHECK, default, index or generated column.
        Set(handle, raw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, false);

        // Only SQLite writes sqlite_schema and shadow tables, and the rollback journal cannot be turned off.
        Set(handle, raw.SQLITE_DBCONFIG_DEFENSIVE, true);
        Set(handle, raw.SQLITE_DBCONFIG_WRITABLE_SCHEMA, false);

        // Neither through SQL nor through the C interface.
        Set(handle, raw.SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, false);
        _ = raw.sqlite3_enable_load_extension(handle, 0);
        Set(handle, raw.SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, false);

        _ = raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_SQL_LENGTH, MaxSqlLength);
        _ = raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_EXPR_DEPTH, MaxExpressionDepth);
        _ = raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_VDBE_OP, MaxInstructions);

        // PosTenancy never uses two files over one connection, except for VACUUM.
        _ = raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_ATTACHED, 0);
    }

    private static void Set(sqlite3 handle, int setting, bool value) => _ = raw.sqlite3_db_config(handle, setting, value ? 1 : 0, out _);
}
