using PosTenancy.Engine.History;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Text;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres;

/// <summary>What is copied of a database.</summary>
internal static class CopySource
{
    /// <summary>Reads the tables, and the tenants that are meant.</summary>
    /// <exception cref="PosTenancyException">There is no tenant column, no such tenant, or a row without a tenant.</exception>
    public static CopySlice Read(DatabaseConnection reader, TenantCopyOptions options)
    {
        TenantLayout layout = TenantLayout.Read(reader, options.ColumnName, options.ReferenceTable);
        if (!NamePattern.IsPattern(options.TenantId))
        {
            new TenantSlice(reader, options.ColumnName, options.TenantId).RequireTenant(
                layout, TenantHistory.Read(reader, reader.Path, historyTable: null));
            return new CopySlice(reader, layout, [options.TenantId], IsWhole: false);
        }

        if (options.TenantId == TenantCopyOptions.AllTenants)
        {
            RequireTenants(reader, layout);
        }

        string[] all = TenantSlice.Tenants(reader, layout);
        string[] tenants = [.. all.Where(t => NamePattern.MatchesCase(options.TenantId, t))];
        return tenants.Length == 0
            ? throw Errors.NoTenantMatches(
                reader.Path,
                options.TenantId,
                all.Length == 0 ? "no tenants" : ShortList.Join([.. all.Select(t => $"'{t}'")], most: 5))
            : new CopySlice(reader, layout, tenants, IsWhole: options.TenantId == TenantCopyOptions.AllTenants);
    }

    /// <summary>The counter of AUTOINCREMENT of a table; 0 if it has none.</summary>
    public static long Counter(CopySlice slice, string table) => slice.Layout.Schema.FindTable("sqlite_sequence") is null
        ? 0
        : slice.Connection.Query(
            "SELECT max(CAST(s.seq AS INTEGER)) FROM main.sqlite_sequence AS s WHERE s.name = ?1",
            static row => row.IsNull(0) ? 0 : row.GetInt64(0),
            table).FirstOrDefault();

    /// <summary>Requires that each row has a tenant: all tenants together are then all rows.</summary>
    private static void RequireTenants(DatabaseConnection reader, TenantLayout layout)
    {
        foreach (TableSchema table in layout.Tables)
        {
            string tenant = Identifier.Quote(layout.ColumnName);
            long rows = reader.Scalar(
                $"SELECT count(*) FROM main.{Identifier.Quote(table.Name)} AS t WHERE typeof(t.{tenant}) <> 'text'");
            if (rows > 0)
            {
                throw Errors.CopyRefused(
                    reader.Path,
                    $"{table.Name} has {rows} {(rows == 1 ? "row" : "rows")} whose tenant is NULL or not a text, which no tenant would get",
                    "Get-PosTenant lists them.");
            }
        }
    }
}
