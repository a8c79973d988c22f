using PosTenancy.Engine.Schema;

namespace PosTenancy.Engine.Planning;

/// <summary>Warnings about the plan of a table for the owner of the data to consider before approving it.</summary>
internal static class PlanWarnings
{
    public static IReadOnlyList<string> Find(TableSchema table, TableChange? change, MigrationOptions options, string? index)
    {
        List<string> warnings = [];
        HashSet<string> converted = [.. change is null ? [] : change.KeyColumns.Select(TenantKeys.Text)];
        string keys = string.Join(
            ", ",
            TenantKeys
                .OverAllTenants(table, options.ColumnName)
                .Where(i => !converted.Contains(TenantKeys.Text(i.Columns)))
                .Select(TenantKeys.Text));
        if (keys.Length > 0)
        {
            warnings.Add(
                $"Unique across all tenants: {keys}. A second tenant cannot use a value of the first, and INSERT OR REPLACE would " +
                "overwrite the row of the first."
            );
        }

        if (converted.Count > 0)
        {
            warnings.Add(
                $"The application's ON CONFLICT ({string.Join("), (", converted)}) no longer matches a key: it must name " +
                $"{options.ColumnName} first."
            );
        }

        if (change is null)
        {
            return warnings;
        }

        if (change.NeedsRebuild)
        {
            warnings.Add(
                "The table is rebuilt and every row is copied, which takes time, and disk space for a second copy.");
        }
        else if (change.AddsColumn && table.IsStrict)
        {
            warnings.Add("STRICT table: SQLite reads every row once while adding the column.");
        }

        if (options.WithoutDefault && !change.FixesColumn && table.FindColumn(options.ColumnName) is { } column &&
            TenantColumn.HasDefault(column))
        {
            warnings.Add(
                $"An INSERT without a tenant gets the DEFAULT {column.DefaultSql}, which the other tables do not have any more. Run " +
                "Complete-PosTenantMigration again to drop it.");
        }

        if (change.Extended.Any())
        {
            warnings.Add(
                $"A query that does not name {options.ColumnName} can no longer search " +
                $"{string.Join(", ", change.Extended.Select(i => i.Name))}; after ANALYZE, SQLite may still do so by a skip-scan over " +
                "the tenants, as long as there are few.");
        }

        string wanted = TenantColumn.IndexName(table, options);
        if (index is not null && index.StartsWith(wanted + "_", StringComparison.Ordinal))
        {
            warnings.Add($"The name {wanted} is already taken in this database; the index is called {index}.");
        }

        return warnings;
    }
}
