using PosTenancy.Engine.Sqlite;
using SQLitePCL;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>
/// The tables that a compiled statement opens, by its program. The authorizer is not told of a table of which only the columns of USING, or
/// of a NATURAL JOIN, are read.
/// </summary>
internal static class OpenedTables
{
    /// <summary>The tables of a statement that compiles, those within views and triggers included.</summary>
    public static IEnumerable<SqlAccess> Find(TrialWorld world, string sql)
    {
        HashSet<long> pages = [];
        bool isCompiled = world.Sandbox.TryPrepare($"EXPLAIN {sql}", out Statement program) is null;
        using (program)
        {
            while (isCompiled && program.TryStep() == raw.SQLITE_ROW)
            {
                // The third operand is the number of the database, and 0 is main.
                if (program.Row.GetString(1) is "OpenRead" or "OpenWrite" or "ReopenIdx" && program.Row.GetInt64(4) == 0)
                {
                    _ = pages.Add(program.Row.GetInt64(3));
                }
            }
        }

        return world.Connection
            .Query("SELECT rootpage, tbl_name FROM main.sqlite_schema WHERE rootpage > 0", row => (row.GetInt64(0), row.GetString(1)))
            .Where(t => pages.Contains(t.Item1))
            .Select(t => new SqlAccess(raw.SQLITE_READ, t.Item2, "", null))
            .ToArray();
    }
}
