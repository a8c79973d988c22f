using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Verification;

/// <summary>
/// Compiles what an application will run: each view, and each table's INSERT, UPDATE and DELETE, which compiles their triggers too.
/// ADD COLUMN checks none of it: the first sale afterwards would.
/// </summary>
internal static class SchemaCompilation
{
    /// <summary>What does not compile, and SQLite's message.</summary>
    public static IReadOnlyDictionary<string, string> Errors(DatabaseConnection connection, DatabaseSchema schema)
    {
        Dictionary<string, string> errors = new(Identifier.Comparer);
        connection.AllowDoubleQuotedStrings(true);
        try
        {
            foreach ((string name, string sql) in Statements(schema))
            {
                if (connection.CompileError(sql) is { } message)
                {
                    errors[name] = message;
                }
            }
        }
        finally
        {
            connection.AllowDoubleQuotedStrings(false);
        }

        return errors;
    }

    /// <summary>How many statements <see cref="Errors"/> compiles.</summary>
    public static int Count(DatabaseSchema schema) => Statements(schema).Count();

    private static IEnumerable<(string Name, string Sql)> Statements(DatabaseSchema schema)
    {
        foreach (string view in schema.Views)
        {
            yield return ($"view {view}", $"SELECT * FROM main.{Identifier.Quote(view)}");
        }

        foreach (TableSchema table in schema.Tables.Where(t => t.Kind == TableKind.Table))
        {
            string quoted = "main." + Identifier.Quote(table.Name);
            List<string> columns = [.. table.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary).Select(c => Identifier.Quote(c.Name))];
            string values = string.Join(", ", columns.Select(_ => "NULL"));
            yield return ($"INSERT into {table.Name}", $"INSERT INTO {quoted} ({string.Join(", ", columns)}) VALUES ({values})");
            yield return ($"UPDATE of {table.Name}", $"UPDATE {quoted} SET {string.Join(", ", columns.Select(c => c + " = NULL"))}");
            yield return ($"DELETE from {table.Name}", $"DELETE FROM {quoted}");
        }
    }
}
