using PosTenancy.Engine.Schema;

namespace PosTenancy.Engine.Planning;

/// <summary>Which tables of a database belong to tenants.</summary>
internal static class TenantTables
{
    /// <summary>Every table that should have a tenant column.</summary>
    public static IEnumerable<TableSchema> Expected(DatabaseSchema schema, TenantExpectation expectation) =>
        schema.Tables.Where(t => SkippedTables.Reason(t, expectation) is null);

    /// <summary>Those whose tenant column can be read and written.</summary>
    public static IEnumerable<(TableSchema Table, ColumnSchema Column)> Migrated(DatabaseSchema schema, TenantExpectation expectation) =>
        from table in Expected(schema, expectation)
        let column = table.FindColumn(expectation.ColumnName)
        where column is { Visibility: ColumnVisibility.Ordinary }
        select (table, column);
}
