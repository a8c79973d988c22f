using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>The tenants that have rows in a database; those of tables that all tenants share do not count.</summary>
internal sealed class DatabaseTenants
{
    private readonly string? _named;

    private DatabaseTenants(string? named, ILookup<string, string> byTable, IEnumerable<string> all)
    {
        _named = named;
        ByTable = byTable;
        All = new SortedSet<string>(all, StringComparer.Ordinal);
    }

    /// <summary>The tenants of each table that was read.</summary>
    public ILookup<string, string> ByTable { get; }

    /// <summary>
    /// The tenants of the database; none if no table has a complete tenant column with rows, so that it was never made for tenants.
    /// </summary>
    public SortedSet<string> All { get; }

    /// <summary>Whether the database is one of several tenants, one of which is expected, or any.</summary>
    public bool AreSeveral => All.Count > 1 && (_named is null || All.Contains(_named));

    /// <summary>Whether the database has tenants, and another one is expected.</summary>
    public bool AreOthers => All.Count > 0 && _named is not null && !All.Contains(_named);

    /// <summary>
    /// Reads the tenants of each table: of a complete column at both ends of its index, so that no row is read where there is one tenant.
    /// </summary>
    public static DatabaseTenants Read(DatabaseConnection connection, DatabaseSchema schema, TenantExpectation expectation)
    {
        (TableSchema Table, ColumnSchema Column)[] columns =
        [
            .. TenantTables
                .Migrated(schema, expectation)
                .Where(t => t.Table is { Kind: TableKind.Table, Unreadable: null }),
        ];
        List<(string Table, string Tenant)> found = [];
        AddAll(complete: true);
        bool isForTenants = found.Count > 0;
        if (isForTenants || expectation.TenantId is not null)
        {
            AddAll(complete: false);
        }

        return new DatabaseTenants(
            expectation.TenantId,
            found.ToLookup(t => t.Table, t => t.Tenant, Identifier.Comparer),
            isForTenants ? found.Select(t => t.Tenant) : []);

        void AddAll(bool complete)
        {
            foreach ((TableSchema table, ColumnSchema column) in columns.Where(c => TenantColumn.IsFilled(c.Column, c.Table) == complete))
            {
                found.AddRange(Tenants(connection, schema, table, column, complete).Select(t => (table.Name, t)));
            }
        }
    }

    private static IEnumerable<string> Tenants(
        DatabaseConnection connection, DatabaseSchema schema, TableSchema table, ColumnSchema column, bool complete) =>
        complete && SingleTenant(connection, table, column) is { } single
            ? single
            : DistributionReader.Read(connection, schema.Path, table, column).Select(share => share.TenantId).OfType<string>();

    /// <summary>The tenant of all rows, or none of an empty table; <see langword="null"/> if there may be several.</summary>
    private static string[]? SingleTenant(DatabaseConnection connection, TableSchema table, ColumnSchema column)
    {
        if (table.FindIndexLedBy(column.Name) is null || !Identifier.Comparer.Equals(column.Collation, "BINARY"))
        {
            return null;
        }

        string from = $"FROM main.{Identifier.Quote(table.Name)} AS t";
        string name = $"t.{Identifier.Quote(column.Name)}";
        return connection.Query(
            $"SELECT (SELECT min({name}) {from}), (SELECT max({name}) {from})",
            static row => (Min: row.GetStringOrNull(0), Max: row.GetStringOrNull(1))).First() switch
        {
            (null, null) => [],
            ({ } min, { } max) when min == max => [min],
            _ => null,
        };
    }
}
