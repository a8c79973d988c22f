using System.Text;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Fuzz;

/// <summary>CREATE statements that SQLite accepts: the engine's reading of them is compared with SQLite's own.</summary>
internal static class SchemaTarget
{
    public static void Run(byte[] bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        if (text.IndexOf('\0') >= 0)
        {
            return;
        }

        using DatabaseConnection connection = DatabaseConnection.OpenEmpty("fuzz", CancellationToken.None);
        SqlText script = new(text);
        foreach (SqlStatement statement in SqlStatements.Split(script))
        {
            if (script.Is(statement.First, "CREATE"))
            {
                _ = connection.TryExecute(script.Slice(statement.First, statement.Last));
            }
        }

        foreach ((string type, string name, string sql) in connection.Query(
            "SELECT type, name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'",
            static row => (row.GetString(0), row.GetString(1), row.GetString(2))).ToList())
        {
            if (type == "table" && TableDefinitionReader.Read(sql) is { } table)
            {
                string[] columns =
                [
                    .. connection.Query("SELECT name FROM pragma_table_xinfo(?1, 'main')", static row => row.GetString(0), name),
                ];
                Target.Require(
                    columns.Length == 0 || columns.SequenceEqual(table.Columns.Select(c => c.Name), StringComparer.Ordinal),
                    $"{sql}: SQLite has {string.Join(", ", columns)}, the reader {string.Join(", ", table.Columns.Select(c => c.Name))}");
            }
            else if (type == "index")
            {
                string led = IndexDefinition.Read(sql).LedBy("\"tenant_id\"");
                Target.Require(led.Length > sql.Length, $"{sql} became {led}");
            }
        }
    }
}
