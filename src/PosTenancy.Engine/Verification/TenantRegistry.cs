using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>The application's own list of its tenants: the table <c>tenants</c>.</summary>
/// <param name="Table">The table.</param>
/// <param name="Column">The column that identifies a tenant.</param>
/// <param name="Tenants">Its tenants.</param>
internal sealed record TenantRegistry(TableSchema Table, string Column, ISet<string> Tenants)
{
    /// <summary>Maximum number of tenants to read: a longer table is no registry.</summary>
    private const int MaxRows = 10_000;

    private const int MaxNamed = 5;

    /// <summary>
    /// Reads the registry. The column is the one that tenant columns reference, that has their name, or that usually identifies a tenant:
    /// the first of these that has one of the tenants, or else the first with texts.
    /// </summary>
    /// <param name="connection">The database.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="columnName">The tenant column.</param>
    /// <param name="tenants">The tenants that have rows.</param>
    /// <returns><see langword="null"/> if there is no registry, or no column of it can be the tenant's.</returns>
    public static TenantRegistry? Read(
        DatabaseConnection connection, DatabaseSchema schema, string columnName, IReadOnlyCollection<string> tenants)
    {
        if (schema.FindTable(SkippedTables.Registry) is not { Kind: TableKind.Table } table)
        {
            return null;
        }

        string[] primary = [.. table.PrimaryKey];
        IEnumerable<string?> referenced =
            from child in schema.Tables
            from key in child.ForeignKeys
            where Identifier.Comparer.Equals(key.Parent, table.Name) && key.Columns.Count == 1 &&
                Identifier.Comparer.Equals(key.Columns[0].Child, columnName)
            select key.Columns[0].Parent ?? (primary.Length == 1 ? primary[0] : null);
        IEnumerable<string?> keys = (primary.Length == 1 ? primary : [])
            .Concat(table.Indexes.Where(i => i is { IsUnique: true, IsPartial: false, Keys.Count: 1 }).Select(i => i.Keys[0].Column));
        TenantRegistry[] candidates =
        [
            .. from name in referenced.Concat([columnName]).Concat(keys).Concat(["id", "slug", "code", "name"]).OfType<string>()
                   .Distinct(Identifier.Comparer)
               let column = table.FindColumn(name)
               where column is { Visibility: ColumnVisibility.Ordinary }
               let values = Values(connection, table, column)
               where values.Count is > 0 and <= MaxRows
               select new TenantRegistry(table, column.Name, values),
        ];
        return candidates.FirstOrDefault(c => c.Tenants.Overlaps(tenants)) ?? candidates.FirstOrDefault();
    }

    /// <summary>The plan, with a warning at the registry if they disagree: that is no error, a tenant may be new, or have left.</summary>
    public static MigrationPlan Warn(
        DatabaseConnection connection, DatabaseSchema schema, MigrationPlan plan, IReadOnlyCollection<string> tenants)
    {
        if (tenants.Count == 0 || Read(connection, schema, plan.Options.ColumnName, tenants) is not { } registry)
        {
            return plan;
        }

        string[] warnings =
        [
            .. Warning(
                tenants.Except(registry.Tenants, StringComparer.Ordinal), $"Its column {registry.Column} does not list", "with rows"),
            .. Warning(
                registry.Tenants.Except(tenants, StringComparer.Ordinal), $"Its column {registry.Column} lists", "without rows"),
        ];
        return warnings.Length == 0 ? plan : plan with
        {
            Tables = plan.Tables
                .Select(t => t.Table == registry.Table.Name ? t with { Warnings = t.Warnings.Concat(warnings).ToArray() } : t)
                .ToArray(),
        };
    }

    private static IEnumerable<string> Warning(IEnumerable<string> tenants, string what, string which)
    {
        string[] named = [.. tenants.OrderBy(t => t, StringComparer.Ordinal).Select(t => $"'{t}'")];
        return named.Length == 0
            ? []
            : [$"{what} the tenant{(named.Length == 1 ? "" : "s")} {which}: {ShortList.Join(named, MaxNamed)}."];
    }

    private static HashSet<string> Values(DatabaseConnection connection, TableSchema table, ColumnSchema column)
    {
        string name = $"t.{Identifier.Quote(column.Name)}";
        return new HashSet<string>(
            connection.Query(
                $"SELECT {name} FROM main.{Identifier.Quote(table.Name)} AS t WHERE typeof({name}) = 'text' LIMIT {MaxRows + 1}",
                static row => row.GetString(0)),
            StringComparer.Ordinal);
    }
}
