using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>The rows of a tenant that is to be renamed, and those that would be confused with it.</summary>
/// <param name="Tables">The tenant's rows, table by table; tables without are left out.</param>
/// <param name="AllRows">Rows of all tenants.</param>
/// <param name="Alike">Rows whose tenant is written in another way, and that SQLite compares as equal or shows as the same;
/// <see langword="null"/> if there are none.</param>
/// <param name="Taken">Rows that have the new name, or one that is compared as equal; <see langword="null"/> if there are none.</param>
internal sealed record CountedNames(IReadOnlyList<ChangedTable> Tables, long AllRows, string? Alike, string? Taken)
{
    /// <summary>Reads the tenants of every table, through its index on the tenant column if it has one.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="layout">Its tables.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="newName">Its new name.</param>
    public static CountedNames Read(DatabaseConnection connection, TenantLayout layout, string tenantId, string newName)
    {
        List<ChangedTable> tables = [];
        long all = 0;
        string? alike = null;
        string? taken = null;
        foreach (TableSchema table in layout.Tables)
        {
            string name = $"t.{Identifier.Quote(layout.ColumnName)}";
            foreach ((string text, string type, long rows, bool isOld, bool isNew) in connection.Query(
                $"SELECT {name} COLLATE BINARY, typeof({name}), count(*), {name} = ?1, {name} = ?2 " +
                    $"FROM main.{Identifier.Quote(table.Name)} AS t WHERE {name} IS NOT NULL GROUP BY {name} COLLATE BINARY",
                static row => (row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3) != 0, row.GetInt64(4) != 0),
                tenantId,
                newName))
            {
                all += rows;
                string some = $"{table.Name} has {rows} {(rows == 1 ? "row" : "rows")} of '{text}'";
                if (isOld && text == tenantId)
                {
                    tables.Add(new ChangedTable(table.Name, rows, rows));
                }
                else if (isOld || text == tenantId)
                {
                    alike ??= $"{some}, stored as {type}";
                }
                else if (isNew || text == newName)
                {
                    taken ??= some;
                }
            }
        }

        return new CountedNames(tables, all, alike, taken);
    }
}
