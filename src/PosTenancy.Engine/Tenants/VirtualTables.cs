using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>Full-text indexes and other virtual tables, which have no tenant column.</summary>
internal static class VirtualTables
{
    /// <summary>The table that a full-text index reads its content from (sqlite.org/fts5.html, 4.4.3).</summary>
    /// <returns>Its name; empty for an index without content; <see langword="null"/> for a table that has content of its own.</returns>
    public static string? ContentOf(DatabaseSchema schema, string table)
    {
        if (schema.Objects.FirstOrDefault(o => o.Type == "table" && Identifier.Comparer.Equals(o.Name, table))?.Sql is not { } sql)
        {
            return null;
        }

        SqlText text = new(sql);
        int module = text.Places.FirstOrDefault(i => text.Is(i, "USING")) + 1;
        if (!text.Is(module, "fts5") && !text.Is(module, "fts4"))
        {
            return null;
        }

        int option = text.Places.FirstOrDefault(i => i > module && text.Is(i, "content") && text.Is(i + 1, '='));
        return option == 0 || option + 2 >= text.Tokens.Count ? null : text.Name(option + 2);
    }

    /// <summary>Whether a virtual table may have rows; one whose module is not there may.</summary>
    private static bool MayHaveRows(DatabaseConnection connection, string table)
    {
        string[] questions =
        [
            $"SELECT EXISTS (SELECT 1 FROM main.{Identifier.Quote(table + "_docsize")})",
            $"SELECT EXISTS (SELECT 1 FROM main.{Identifier.Quote(table)})",
        ];
        foreach (string sql in questions.Where(s => connection.Compiler.Error(s) is null))
        {
            return connection.Scalar(sql) != 0;
        }

        return true;
    }

    /// <summary>
    /// The virtual tables with rows that are in no other table: they belong to no tenant, and cannot be rebuilt.
    /// </summary>
    public static IEnumerable<string> WithOwnRows(DatabaseConnection connection, DatabaseSchema schema) => schema.Tables
        .Where(t => t.Kind == TableKind.Virtual)
        .Select(t => t.Name)
        .Where(name => ContentOf(schema, name) is not { Length: > 0 } && MayHaveRows(connection, name));

    /// <summary>Rebuilds the full-text indexes that read their content from another table.</summary>
    public static void Rebuild(DatabaseConnection connection, TenantLayout layout)
    {
        foreach (TableSchema table in layout.Virtual.Where(t => ContentOf(layout.Schema, t.Name) is { Length: > 0 }))
        {
            string name = Identifier.Quote(table.Name);
            connection.Execute($"INSERT INTO main.{name} ({name}) VALUES ('rebuild')");
        }
    }
}
