using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>The application's own list of its tenants: the table <c>tenants</c>.</summary>
internal static class TenantRegistry
{
    /// <summary>The registered tenants; <see langword="null"/> if there is no registry, or no column of it can be the tenant's.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="tenantColumns">The tables that belong to tenants, with their tenant column.</param>
    public static ISet<string>? Read(
        DatabaseConnection connection, DatabaseSchema schema, IReadOnlyList<(TableSchema Table, ColumnSchema Column)> tenantColumns)
    {
        if (schema.FindTable(SkippedTables.Registry) is not { Kind: TableKind.Table } registry ||
            FindColumn(registry, tenantColumns) is not { } column)
        {
            return null;
        }

        string name = Identifier.Quote(column);
        return new SortedSet<string>(
            connection.Query(
                $"SELECT {name} FROM main.{Identifier.Quote(registry.Name)} WHERE {name} IS NOT NULL",
                static row => row.GetString(0)),
            StringComparer.Ordinal);
    }

    /// <summary>
    /// The column that identifies a tenant: the one that tenant columns reference, or the one of the same name, or a key of its own that is
    /// a text, or the primary key.
    /// </summary>
    public static string? FindColumn(TableSchema registry, IReadOnlyList<(TableSchema Table, ColumnSchema Column)> tenantColumns)
    {
        string[] primary = [.. registry.PrimaryKey];
        IEnumerable<string?> referenced =
            from tenant in tenantColumns
            from key in tenant.Table.ForeignKeys
            where Identifier.Comparer.Equals(key.Parent, registry.Name) && key.Columns.Count == 1 &&
                Identifier.Comparer.Equals(key.Columns[0].Child, tenant.Column.Name)
            select key.Columns[0].Parent ?? (primary.Length == 1 ? primary[0] : null);
        IEnumerable<string?> sameName = tenantColumns.Select(t => registry.FindColumn(t.Column.Name)?.Name);
        IEnumerable<string?> textKeys = (primary.Length == 1 ? primary : [])
            .Concat(registry.Indexes.Where(i => i is { IsUnique: true, IsPartial: false, Keys.Count: 1 }).Select(i => i.Keys[0].Column))
            .Where(c => c is not null && registry.FindColumn(c) is { } column &&
                ColumnAffinities.FromDeclaredType(column.Type) is ColumnAffinity.Text or ColumnAffinity.None);
        return referenced.Concat(sameName).Concat(textKeys).Concat(primary.Length == 1 ? primary : [])
            .FirstOrDefault(c => c is not null && registry.FindColumn(c) is not null);
    }
}
