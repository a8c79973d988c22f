using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>Counts the rows of each tenant through the tenant index, so that no row is read.</summary>
internal static class DistributionReader
{
    /// <summary>The tenants of several tables; a table without rows has one entry with 0.</summary>
    public static IEnumerable<TenantDistribution> Read(
        DatabaseConnection connection,
        string path,
        IEnumerable<(TableSchema Table, ColumnSchema Column)> columns) =>
        columns.SelectMany(t =>
            Read(connection, path, t.Table, t.Column).DefaultIfEmpty(new TenantDistribution(path, t.Table.Name, TenantId: null, Rows: 0)));

    /// <summary>The tenants of one table in byte order, whatever collation the column has.</summary>
    public static IEnumerable<TenantDistribution> Read(DatabaseConnection connection, string path, TableSchema table, ColumnSchema column)
    {
        string name = $"t.{Identifier.Quote(column.Name)} COLLATE BINARY";
        return connection.Query(
            $"SELECT {name}, count(*), typeof({name}) FROM main.{Identifier.Quote(table.Name)} AS t GROUP BY {name} ORDER BY {name}",
            row => new TenantDistribution(path, table.Name, row.GetStringOrNull(0), row.GetInt64(1))
            {
                StorageClass = row.GetString(2),
            });
    }
}
