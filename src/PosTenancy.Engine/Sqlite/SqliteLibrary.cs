using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>The SQLite of this module, loaded and configured once per process.</summary>
internal static class SqliteLibrary
{
    /// <summary>SQLITE_CONFIG_MEMSTATUS.</summary>
    private const int MemoryStatistics = 9;

    static SqliteLibrary()
    {
        Batteries_V2.Init();

        // Without the statistics, which nothing here reads, SQLite takes no process-wide lock for each piece of memory: two upgrades, or
        // two tables that are checked at the same time, would spend a quarter of their time waiting for it. It must be said before the
        // first use; afterwards SQLite refuses it, and is only slower.
        _ = raw.sqlite3_config(MemoryStatistics, 0);
    }

    /// <summary>Loads it, if that was not done.</summary>
    public static void Load()
    {
    }
}
