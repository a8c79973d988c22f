using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Scripts;

/// <summary>How a PRAGMA in a script is treated.</summary>
internal enum PragmaRule
{
    /// <summary>The script is refused.</summary>
    Refuse,

    /// <summary>The PRAGMA is skipped, because the guard does the same.</summary>
    LeaveOut,

    /// <summary>The PRAGMA runs.</summary>
    Allow,
}

/// <summary>
/// Which PRAGMAs may run inside the transaction (sqlite.org/pragma.html). It is an allow list: a later SQLite may add others, and the name
/// of
/// a PRAGMA does not reveal its effect.
/// </summary>
internal static class PragmaRules
{
    /// <summary>PRAGMAs that only read, with or without an argument.</summary>
    private static readonly HashSet<string> Readers = new(Identifier.Comparer)
    {
        "table_info",
        "table_xinfo",
        "table_list",
        "index_list",
        "index_info",
        "index_xinfo",
        "foreign_key_list",
        "foreign_key_check",
        "integrity_check",
        "quick_check",
        "database_list",
        "collation_list",
        "function_list",
        "module_list",
        "pragma_list",
        "compile_options",
        "page_count",
        "freelist_count",
        "data_version",
    };

    /// <summary>PRAGMAs that only read if no value is given.</summary>
    private static readonly HashSet<string> ReadersWithoutValue = new(Identifier.Comparer)
    {
        "foreign_keys",
        "journal_mode",
        "page_size",
        "encoding",
        "schema_version",
        "auto_vacuum",
        "synchronous",
        "cache_size",
        "locking_mode",
        "recursive_triggers",
    };

    /// <summary>PRAGMAs whose setting is stored in the file, where a rollback undoes it, or is reset when the script has ended.</summary>
    private static readonly HashSet<string> Settings = new(Identifier.Comparer)
    {
        "user_version", "application_id", "legacy_alter_table", "defer_foreign_keys",
    };

    public static PragmaRule Find(string name, bool hasValue)
    {
        if (hasValue && Identifier.Comparer.Equals(name, "foreign_keys"))
        {
            return PragmaRule.LeaveOut;
        }

        return Readers.Contains(name) || Settings.Contains(name) || (!hasValue && ReadersWithoutValue.Contains(name))
            ? PragmaRule.Allow
            : PragmaRule.Refuse;
    }
}
