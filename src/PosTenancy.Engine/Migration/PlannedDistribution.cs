using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Migration;

/// <summary>The rows that each tenant of a database will have in each table: those that it has, and those that it gets.</summary>
internal static class PlannedDistribution
{
    public static IReadOnlyList<TenantDistribution> Read(
        DatabaseConnection connection, DatabaseSchema schema, MigrationPlan plan, SeveralTenants several)
    {
        return
        [
            .. from table in plan.TenantTables.Select(t => schema.FindTable(t.Table)!)
               from share in Present(table).Concat(Assigned(table))
               group share.Rows by (table.Name, share.Tenant) into rows
               select new TenantDistribution(schema.Path, rows.Key.Name, rows.Key.Tenant, rows.Sum()),
        ];

        IEnumerable<(string Tenant, long Rows)> Present(TableSchema table) =>
            from share in table.FindColumn(plan.Options.ColumnName) is { } column
                ? DistributionReader.Read(connection, schema.Path, table, column)
                : []
            where share.TenantId is not null
            select (share.TenantId!, share.Rows);

        IEnumerable<(string Tenant, long Rows)> Assigned(TableSchema table) =>
            several.Tables.TryGetValue(table.Name, out TableOwners? owners) ? owners.Shares : [];
    }
}
