using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Scripts;

/// <summary>What becomes of a PRAGMA in a script.</summary>
internal enum PragmaRule
{
    /// <summary>The script is refused.</summary>
    Refuse,

    /// <summary>It is not run, because the guard does the same.</summary>
    LeaveOut,

    /// <summary>It is run.</summary>
    Allow,
}

/// <summary>
/// Which PRAGMAs may run inside the transaction (sqlite.org/pragma.html). The list names what is allowed: a later SQLite may know others,
/// and what a PRAGMA does is not to be seen from its name.
/// </summary>
internal static class PragmaRules
{
    /// <summary>They read, whatever stands behind them.</summary>
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

    /// <summary>They read as long as no value is given.</summary>
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

    /// <summary>What they set is in the file, where a rollback takes it back, or is set back when the script has ended.</summary>
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
