using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Migration;

/// <summary>Compares the application's own registry of tenants with the tenants that have rows.</summary>
internal static class TenantRegistry
{
    /// <summary>Maximum number of tenants to read: a longer table is not compared.</summary>
    private const int MaxRows = 10_000;

    private const int MaxNamed = 5;

    /// <summary>The plan, with a warning at the registry if they disagree: that is no error, a tenant may be new, or have left.</summary>
    public static MigrationPlan Warn(
        DatabaseConnection connection, DatabaseSchema schema, MigrationPlan plan, IReadOnlyCollection<string> tenants)
    {
        if (tenants.Count == 0 ||
            schema.FindTable(SkippedTables.Registry) is not { Kind: TableKind.Table, Rows: > 0 and <= MaxRows } registry ||
            FindColumn(connection, registry, plan.Options.ColumnName, tenants) is not { } listed)
        {
            return plan;
        }

        string[] warnings =
        [
            .. Warning(tenants.Except(listed.Values, StringComparer.Ordinal), $"Its column {listed.Column} does not list", "with rows"),
            .. Warning(listed.Values.Except(tenants, StringComparer.Ordinal), $"Its column {listed.Column} lists", "without rows"),
        ];
        return warnings.Length == 0 ? plan : plan with
        {
            Tables = plan.Tables
                .Select(t => t.Table == registry.Name ? t with { Warnings = t.Warnings.Concat(warnings).ToArray() } : t)
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

    /// <summary>
    /// The column that identifies a tenant: of those that usually do, the first that has one of the tenants, or else the first with texts.
    /// </summary>
    private static (string Column, HashSet<string> Values)? FindColumn(
        DatabaseConnection connection, TableSchema registry, string columnName, IReadOnlyCollection<string> tenants)
    {
        string[] primary = [.. registry.PrimaryKey];
        IEnumerable<string> usual = [columnName, .. primary.Length == 1 ? primary : [], "id", "slug", "code", "name"];
        (string Column, HashSet<string> Values)[] candidates =
        [
            .. from name in usual.Distinct(Identifier.Comparer)
               let column = registry.FindColumn(name)
               where column is { Visibility: ColumnVisibility.Ordinary }
               let values = Values(connection, registry, column)
               where values.Count > 0
               select (column.Name, values),
        ];
        return candidates.Where(c => c.Values.Overlaps(tenants)).Concat(candidates).Cast<(string, HashSet<string>)?>().FirstOrDefault();
    }

    private static HashSet<string> Values(DatabaseConnection connection, TableSchema registry, ColumnSchema column)
    {
        string name = $"t.{Identifier.Quote(column.Name)}";
        return new HashSet<string>(
            connection.Query(
                $"SELECT {name} FROM main.{Identifier.Quote(registry.Name)} AS t WHERE typeof({name}) = 'text'",
                static row => row.GetString(0)),
            StringComparer.Ordinal);
    }
}
