using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using SQLitePCL;

namespace PosTenancy.Engine.Tenants;

/// <summary>Views that show rows of every tenant.</summary>
internal static class TenantViews
{
    /// <summary>A warning for each view that reads tables of tenants and never their tenant column.</summary>
    public static IEnumerable<string> Warn(DatabaseConnection connection, TenantLayout layout)
    {
        HashSet<string> tenantTables = new(layout.Tables.Select(t => t.Name), Identifier.Comparer);
        foreach (string view in layout.Schema.Views)
        {
            HashSet<string> read = new(Identifier.Comparer);
            bool knowsTenant = false;
            connection.Compiler.Observe(
                () => _ = connection.Compiler.Error($"SELECT * FROM main.{Identifier.Quote(view)}"),
                (action, table, column, within) =>
                {
                    if (action == raw.SQLITE_READ && table is not null && tenantTables.Contains(table))
                    {
                        _ = read.Add(table);
                        knowsTenant |= column is not null && Identifier.Comparer.Equals(column, layout.ColumnName);
                    }
                });
            if (read.Count > 0 && !knowsTenant)
            {
                yield return $"The view {view} shows the rows of every tenant of {ShortList.Join([.. read], 3)}: it does not read " +
                    $"{layout.ColumnName}.";
            }
        }
    }
}
