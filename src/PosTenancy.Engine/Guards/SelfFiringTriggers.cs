using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;
using SQLitePCL;

namespace PosTenancy.Engine.Guards;

/// <summary>
/// Finds triggers of the schema that cause the statement that fires them. By default SQLite does not run them again; with recursive
/// triggers it does (sqlite.org/pragma.html#pragma_recursive_triggers).
/// </summary>
internal static class SelfFiringTriggers
{
    public static IEnumerable<string> Warnings(GuardedTables tables)
    {
        using IDisposable asTheApplication = tables.Connection.Settings.AllowDoubleQuotedStrings();
        string[] names = [.. tables.Schema.Tables.SelectMany(t => Find(tables, t)).Distinct(Identifier.Comparer)];
        return names.Select(name =>
            $"The trigger '{name}' may fire itself: the guard needs recursive_triggers, and then it runs until a WHEN clause of its own " +
            "ends it, or the statement fails. Test-PosTenantIsolation -Guard tries it.").ToArray();
    }

    private static IEnumerable<string> Find(GuardedTables tables, TableSchema table)
    {
        if (!tables.Schema.Objects.Any(o => o.Type == "trigger" && Identifier.Comparer.Equals(o.Table, table.Name)))
        {
            return [];
        }

        string name = "main." + Identifier.Quote(table.Name);
        string[] columns = [.. table.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary).Select(c => c.Name)];

        // An UPDATE within a trigger fires only the triggers of the columns that it sets.
        string[] updated = [.. Writes(tables, table, Update(columns), raw.SQLITE_UPDATE).Select(w => w.Column).OfType<string>()];
        return Writes(tables, table, $"INSERT INTO {name} DEFAULT VALUES", raw.SQLITE_INSERT)
            .Concat(Writes(tables, table, $"DELETE FROM {name}", raw.SQLITE_DELETE))
            .Concat(updated.Length == 0 ? [] : Writes(tables, table, Update(updated), raw.SQLITE_UPDATE))
            .Select(w => w.Trigger);

        string Update(IEnumerable<string> columns) =>
            $"UPDATE {name} SET {string.Join(", ", columns.Distinct(Identifier.Comparer).Select(c => $"{Identifier.Quote(c)} = NULL"))}";
    }

    /// <summary>What the triggers of a statement do to the table of the statement.</summary>
    private static List<(string Trigger, string? Column)> Writes(GuardedTables tables, TableSchema table, string sql, int action)
    {
        List<(string Trigger, string? Column)> writes = [];
        tables.Connection.Compiler.Observe(
            () => _ = tables.Connection.Compiler.Error(sql),
            (done, target, column, within) =>
            {
                if (done == action && within is not null && target is not null && Identifier.Comparer.Equals(target, table.Name))
                {
                    writes.Add((within, column));
                }
            });
        return writes;
    }
}
