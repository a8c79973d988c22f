using PosTenancy.Engine.History;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>
/// The names in a database that a person may want to type. Reads schema and indexes only, so that it takes milliseconds whatever the size
/// of the file.
/// </summary>
public static class DatabaseNames
{
    private const int MaximumTenants = 1000;

    /// <summary>The tables that can belong to tenants, in the order in which they were created.</summary>
    /// <param name="path">Path of the live database.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PosTenancyException">The database cannot be read.</exception>
    public static IReadOnlyList<string> Tables(string path, CancellationToken cancellation = default) => DatabaseReader.Read(
        path,
        static IReadOnlyList<string> (reader) =>
        [
            .. TenantTables
                .Expected(
                    SchemaReader.Read(reader, countRows: false),
                    SharedTables.AddTo(new TenantExpectation(TenantId: null, MigrationOptions.DefaultColumnName, []), reader))
                .Select(t => t.Name),
        ],
        cancellation);

    /// <summary>The tenants that have rows, sorted; at most 1,000. Tables without an index on the tenant column are not read.</summary>
    /// <param name="path">Path of the live database.</param>
    /// <param name="columnName">Name of the tenant column.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PosTenancyException">The database cannot be read.</exception>
    public static IReadOnlyList<string> Tenants(string path, string columnName, CancellationToken cancellation = default) =>
        DatabaseReader.Read(
            path,
            IReadOnlyList<string> (reader) =>
            {
                TenantExpectation expectation = SharedTables.AddTo(new(TenantId: null, columnName, []), reader);
                SortedSet<string> tenants = new(StringComparer.Ordinal);
                foreach (
                    (TableSchema table, ColumnSchema column) in TenantTables.Migrated(
                        SchemaReader.Read(reader, countRows: false), expectation))
                {
                    if (table.Indexes.Any(i => IsLedBy(i, column)))
                    {
                        AddTenants(reader, table, column, tenants);
                    }
                }

                return [.. tenants];
            },
            cancellation);

    /// <summary>Jumps from one tenant to the next in the index: SQLite has no skip scan for DISTINCT.</summary>
    private static void AddTenants(DatabaseConnection reader, TableSchema table, ColumnSchema column, SortedSet<string> tenants)
    {
        string name = Identifier.Quote(column.Name);
        string sql = $"SELECT min({name}) FROM main.{Identifier.Quote(table.Name)} WHERE {name} > ?1";
        for (string? tenant = Next(""); tenant is not null && tenants.Count < MaximumTenants; tenant = Next(tenant))
        {
            _ = tenants.Add(tenant);
        }

        string? Next(string after) => reader.Query(sql, static row => row.GetStringOrNull(0), after).Single();
    }

    private static bool IsLedBy(IndexSchema index, ColumnSchema column) =>
        !index.IsPartial && index.Columns.FirstOrDefault() is { } first && Identifier.Comparer.Equals(first, column.Name);
}
