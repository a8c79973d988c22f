using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>Replaces the CREATE statements of tables by ones that store the same.</summary>
internal static class TableTexts
{
    /// <summary>Writes the new statements, all of them in one change of the schema.</summary>
    /// <param name="connection">The database, in a transaction.</param>
    /// <param name="statements">The statement of each table.</param>
    public static void Replace(DatabaseConnection connection, IReadOnlyDictionary<string, string> statements)
    {
        if (statements.Count == 0)
        {
            return;
        }

        Dictionary<string, long> places = connection
            .Query(
                "SELECT name, rowid FROM main.sqlite_schema WHERE type = 'table'",
                static row => (Name: row.GetString(0), Place: row.GetInt64(1)))
            .ToDictionary(t => t.Name, t => t.Place, Identifier.Comparer);
        connection.Settings.WriteSchema(statements.Select(s => (places[s.Key], s.Value)));
    }
}
