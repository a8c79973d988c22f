using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Guards;

/// <summary>Temporary views that show the rows of the connection's tenant.</summary>
internal static class ReadViews
{
    public static IEnumerable<string> Statements(GuardedTables tables, string prefix)
    {
        string[] taken =
        [
            .. tables.All
                .Select(t => prefix + t.Name)
                .Where(name => tables.Schema.Objects.Any(o => o.Type is "table" or "view" && Identifier.Comparer.Equals(o.Name, name))),
        ];
        return taken.Length > 0
            ? throw Errors.InvalidReadViewPrefix(tables.Schema.Path, prefix, taken[0])
            : tables.All.SelectMany(table => (string[])
            [
                "",
                $"CREATE TEMP VIEW IF NOT EXISTS {Identifier.Quote(prefix + table.Name)} AS",
                $"SELECT t.* FROM {table.Quoted} AS t WHERE {Condition(table)};",
            ]);
    }

    /// <summary>A condition that can use the tenant index, unless the collation of the column takes two tenants for one.</summary>
    private static string Condition(GuardedTable table) => table.Column is { } column
        ? $"t.{Identifier.Quote(column.Name)} = (SELECT x.tenant_id FROM temp.{GuardContext.Table} AS x)" +
            (Identifier.Comparer.Equals(column.Collation, "BINARY") ? "" : " COLLATE BINARY")
        : $"EXISTS (SELECT 1 FROM temp.{GuardContext.Table} AS x WHERE x.tenant_id IS NOT NULL AND {table.IsOwn("t")} AND " +
            $"({table.HasOwnParent("t")}))";
}
