using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Checking;

/// <summary>Writes a generated database to a file.</summary>
internal static class Building
{
    /// <summary>Creates the file.</summary>
    /// <returns>False if SQLite rejects a table, so that the database cannot exist. Parts and rows that SQLite rejects are left
    /// out.</returns>
    public static bool Build(RandomDatabase database, string path)
    {
        bool isWhole = true;
        using (RawDatabase file = new(path, database.File.IsOldFormat))
        {
            file.Run("PRAGMA journal_mode = MEMORY");
            file.Run("PRAGMA foreign_keys = " + (database.Seed % 2 == 0 ? "ON" : "OFF"));
            foreach (string sql in Script(database))
            {
                isWhole &= file.Run(sql) == 0 || !sql.StartsWith("CREATE TABLE", StringComparison.Ordinal);
            }

            if (database.File.LeavesLog)
            {
                file.LeaveLog();
            }
        }

        return isWhole && new FileInfo(path).Length > 0;
    }

    /// <summary>
    /// Its statements in order. Each is a transaction of its own, since a deferred foreign key would roll back all of them.
    /// </summary>
    public static IEnumerable<string> Script(RandomDatabase database) =>
    [
        .. database.File.Prologue,
        .. database.Tables.Select(t => t.CreateSql),
        .. database.Parts.Where(p => p.IsBeforeRows).Select(p => p.Sql),
        .. database.Tables.SelectMany(t => t.InsertSql),
        .. database.Parts.Where(p => !p.IsBeforeRows).Select(p => p.Sql),
        .. database.File.Epilogue,
    ];
}
