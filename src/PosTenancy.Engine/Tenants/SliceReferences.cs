using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>Rows of a tenant whose foreign keys name no row of it.</summary>
/// <param name="layout">The tables.</param>
internal sealed class SliceReferences(TenantLayout layout)
{
    /// <summary>The foreign keys of tenants' tables to tables that an export has.</summary>
    public IEnumerable<(TableSchema Child, ForeignKeySchema Reference, TableSchema Parent)> All =>
        from child in layout.Tables
        from reference in child.ForeignKeys
        let parent = layout.Schema.FindTable(reference.Parent)
        where parent is not null && (layout.Tables.Contains(parent) || layout.Shared.Contains(parent))
        select (child, reference, parent);

    /// <summary>How many rows reference no row of the slice, or of a shared table.</summary>
    /// <param name="slice">The rows.</param>
    /// <param name="child">The table with the foreign key.</param>
    /// <param name="reference">The foreign key.</param>
    /// <param name="parent">The table that it references.</param>
    public long CountLost(TenantSlice slice, TableSchema child, ForeignKeySchema reference, TableSchema parent) =>
        Count(slice, child, reference, parent, layout.Tables.Contains(parent) ? $" AND {slice.Condition("p")}" : "");

    /// <summary>How many of these reference a row of another tenant.</summary>
    public long CountCrossing(TenantSlice slice, TableSchema child, ForeignKeySchema reference, TableSchema parent) =>
        CountLost(slice, child, reference, parent) - Count(slice, child, reference, parent, "");

    private long Count(TenantSlice slice, TableSchema child, ForeignKeySchema reference, TableSchema parent, string condition)
    {
        string[] primary = [.. parent.PrimaryKey];
        (string Child, string Parent)[] pairs =
        [
            .. reference.Columns
                .Select((c, i) => (c.Child, Parent: c.Parent ?? primary.ElementAtOrDefault(i) ?? ""))
                .Where(p => slice.ColumnName is not null || !Identifier.Comparer.Equals(p.Child, layout.ColumnName)),
        ];
        return pairs.Any(p => p.Parent.Length == 0)
            ? 0
            : slice.Connection.Scalar(
                $"SELECT count(*) FROM main.{Identifier.Quote(child.Name)} AS c WHERE {slice.Condition("c")} AND " +
                $"{string.Join(" AND ", pairs.Select(p => $"c.{Identifier.Quote(p.Child)} IS NOT NULL"))} AND NOT EXISTS (" +
                $"SELECT 1 FROM main.{Identifier.Quote(parent.Name)} AS p WHERE " +
                string.Join(" AND ", pairs.Select(p => $"p.{Identifier.Quote(p.Parent)} = c.{Identifier.Quote(p.Child)}")) +
                $"{condition})",
                slice.Parameter);
    }
}
