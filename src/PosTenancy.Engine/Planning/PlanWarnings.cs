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
                $"Unique over all tenants: {keys}. A second tenant cannot use a value of the first, and INSERT OR REPLACE would " +
                "overwrite its row."
            );
        }

        if (converted.Count > 0)
        {
            warnings.Add(
                $"ON CONFLICT ({string.Join("), (", converted)}) of the application matches no key any more: it has to name " +
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
                "The table is made anew and every row is copied: it takes as long as that, and room on the disk for a second copy.");
        }
        else if (change.AddsColumn && table.IsStrict)
        {
            warnings.Add("STRICT table: SQLite reads every row once while adding the column.");
        }

        if (change.Extended.Any())
        {
            warnings.Add(
                $"A query that does not name {options.ColumnName} cannot search " +
                $"{string.Join(", ", change.Extended.Select(i => i.Name))} any more, as it could before; after ANALYZE SQLite may still " +
                "do so, by skipping over the tenants, as long as there are few.");
        }

        string wanted = TenantColumn.IndexName(table, options);
        if (index is not null && index.StartsWith(wanted + "_", StringComparison.Ordinal))
        {
            warnings.Add($"The name {wanted} is taken by something else in this database; the index is called {index}.");
        }

        return warnings;
    }
}
