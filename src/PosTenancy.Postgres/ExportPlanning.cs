using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Tenants;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Server;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres;

/// <summary>Plans the way back of a copy: the tables as PostgreSQL has them, for the columns that the store has.</summary>
internal static class ExportPlanning
{
    /// <summary>Matches the tables of the store with those in PostgreSQL.</summary>
    /// <param name="layout">The store.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="options">How tenants are laid out there.</param>
    /// <param name="server">PostgreSQL.</param>
    /// <param name="source">Where it is, for messages.</param>
    /// <exception cref="PosTenancyException">The tables are not those of the store any more.</exception>
    public static TargetPlan Plan(
        TenantLayout layout, string tenantId, TargetOptions options, TargetServer server, Destination source)
    {
        List<TargetTable> tables = [];
        foreach (TableSchema table in layout.Matched)
        {
            bool isShared = !layout.Tables.Contains(table);
            string schema = isShared || options.HasTenantKeys ? options.Schema : tenantId;
            IReadOnlyList<(string Name, string Type)> there = server.TypeNames(schema, table.Name);
            string name = $"{schema}.{table.Name}";
            if (there.Count == 0)
            {
                throw Errors.ExportRefused(source.Name, $"it has no table {name}");
            }

            // What PostgreSQL computes, SQLite computes as well.
            ColumnSchema[] stored = [.. table.Columns.Where(c => c.Visibility != ColumnVisibility.Hidden)];
            ColumnSchema[] copied = [.. stored.Where(c => c.Visibility == ColumnVisibility.Ordinary)];
            if (there.Select(c => c.Name).Except(stored.Select(c => c.Name), StringComparer.Ordinal).FirstOrDefault() is { } further)
            {
                throw Errors.ExportRefused(
                    source.Name,
                    $"the table {name} has the further column {further}, which the store does not have; add it to the store with the " +
                        "application's migration, and copy the tenant again, or drop it there");
            }

            tables.Add(new TargetTable(
                table,
                isShared,
                new TableFindings(0, "row", new Dictionary<string, ColumnFinding>(StringComparer.Ordinal)),
                [.. copied.Select(c => Column(table, c, there.FirstOrDefault(t => t.Name == c.Name).Type))]));

            TargetColumn Column(TableSchema table, ColumnSchema column, string? type) =>
                type is null ? throw Errors.ExportRefused(source.Name, $"the table {name} has no column {column.Name}")
                : PostgresTypes.Find(type) is { } known ? new TargetColumn(
                    column.Name,
                    known,
                    new ColumnConversion(table.Name, column.Name, column.Type, type, ColumnConversionKind.Unchanged, ""))
                : throw Errors.ExportRefused(
                    source.Name, $"the column {column.Name} of {name} has the type {type}, which no copy gives to a column");
        }

        return new TargetPlan(options, layout.ColumnName, tables, []);
    }
}
