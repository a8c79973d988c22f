using PosTenancy.Engine.History;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>The tables of a multi-tenant database by what they hold.</summary>
/// <param name="Schema">The schema; its rows are not counted.</param>
/// <param name="ColumnName">The tenant column.</param>
/// <param name="Tables">The tables whose rows belong to tenants.</param>
/// <param name="Shared">The tables whose rows all tenants share.</param>
/// <param name="Histories">The histories of the application's schema migrations.</param>
internal sealed record TenantLayout(
    DatabaseSchema Schema,
    string ColumnName,
    IReadOnlyList<TableSchema> Tables,
    IReadOnlyList<TableSchema> Shared,
    IReadOnlyList<TableSchema> Histories)
{
    /// <summary>The virtual tables.</summary>
    public IEnumerable<TableSchema> Virtual => Schema.Tables.Where(t => t.Kind == TableKind.Virtual);

    /// <summary>Every table that is matched with that of a source.</summary>
    public IEnumerable<TableSchema> Matched => Tables.Concat(Shared);

    /// <summary>Reads the layout of a database.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="columnName">The tenant column.</param>
    /// <param name="referenceTable">Names or patterns of further tables that all tenants share.</param>
    /// <exception cref="PosTenancyException">No table has the tenant column.</exception>
    public static TenantLayout Read(DatabaseConnection connection, string columnName, IReadOnlyList<string> referenceTable)
    {
        DatabaseSchema schema = SchemaReader.Read(connection, countRows: false);
        TenantExpectation expectation = SharedTables.AddTo(
            new TenantExpectation(TenantId: null, columnName, []) { ReferenceTable = referenceTable }, connection);
        List<TableSchema> tables = [.. TenantTables.Migrated(schema, expectation).Select(t => t.Table)];
        return tables.Count == 0
            ? throw Errors.NotMigrated(connection.Path, columnName)
            : new TenantLayout(
                schema,
                columnName,
                tables,
                [.. schema.Tables.Where(t => IsOrdinary(t) && !tables.Contains(t) && !IsKept(t))],
                [.. schema.Tables.Where(t => IsOrdinary(t) && SkippedTables.IsHistory(t.Name))]);
    }

    /// <summary>The columns of a table that are moved: not the tenant's, and none that is computed.</summary>
    public IReadOnlyList<ColumnSchema> Columns(TableSchema table) => Columns(table, ColumnName);

    /// <summary>Same.</summary>
    public static IReadOnlyList<ColumnSchema> Columns(TableSchema table, string columnName) =>
        [.. table.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary && !Identifier.Comparer.Equals(c.Name, columnName))];

    private static bool IsOrdinary(TableSchema table) => table.Kind == TableKind.Table;

    /// <summary>Whether it says something of the database itself, and not of a business.</summary>
    public static bool IsKept(TableSchema table) =>
        SkippedTables.IsKeptByScripts(table.Name) || Identifier.Comparer.Equals(table.Name, HistoryPlan.OwnTable);
}
