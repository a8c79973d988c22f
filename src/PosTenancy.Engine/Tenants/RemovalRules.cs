using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>What must be true of a tenant before it can be removed.</summary>
/// <param name="slice">The tenant.</param>
/// <param name="layout">The tables.</param>
/// <param name="registry">The application's list of tenants; <see langword="null"/> if the tenant is not in it.</param>
internal sealed class RemovalRules(TenantSlice slice, TenantLayout layout, TenantRegistry? registry)
{
    private const int MaxNamed = 10;

    private readonly DatabaseConnection _connection = slice.Connection;

    /// <summary>Refuses a removal that would lose more than the tenant, or less.</summary>
    /// <param name="force">Whether the last tenant may be removed.</param>
    /// <exception cref="PosTenancyException">It is refused.</exception>
    public void Require(bool force)
    {
        RequireOthers(force);
        RequireNotDefault();
        RequireSeparable();
        RequireUnreferenced();
    }

    private void RequireOthers(bool force)
    {
        string[] tenants = TenantSlice.Tenants(_connection, layout);
        if (!force && tenants.Contains(slice.TenantId, StringComparer.Ordinal) && tenants.Length == 1)
        {
            throw Errors.LastTenant(_connection.Path, slice.TenantId);
        }
    }

    /// <summary>An INSERT that names no tenant would bring it back.</summary>
    private void RequireNotDefault()
    {
        string[] tables =
        [
            .. layout.Tables
                .Where(t => TenantRows.DefaultOf(_connection, t, t.FindColumn(layout.ColumnName)!).Text == slice.TenantId)
                .Select(t => t.Name),
        ];
        if (tables.Length > 0)
        {
            throw Errors.TenantIsDefault(_connection.Path, slice.TenantId, layout.ColumnName, ShortList.Join(tables, MaxNamed));
        }
    }

    /// <summary>Rows of a virtual table that no other table has belong to no tenant, and names that a collation equates to both.</summary>
    private void RequireSeparable()
    {
        if (VirtualTables.WithOwnRows(_connection, layout.Schema).FirstOrDefault() is { } own)
        {
            throw Errors.RemovalRefused(
                _connection.Path, slice.TenantId, $"the virtual table {own} has rows of its own, which cannot be told apart by tenant");
        }

        string column = $"t.{Identifier.Quote(layout.ColumnName)}";
        foreach (TableSchema table in layout.Tables)
        {
            long equated = Identifier.Comparer.Equals(table.FindColumn(layout.ColumnName)!.Collation, "BINARY")
                ? 0
                : _connection.Scalar(
                    $"SELECT count(*) FROM main.{Identifier.Quote(table.Name)} AS t " +
                    $"WHERE {slice.Condition("t")} AND {column} COLLATE BINARY <> ?1",
                    slice.Parameter);
            if (equated > 0)
            {
                throw Errors.RemovalRefused(
                    _connection.Path,
                    slice.TenantId,
                    $"the collation of {table.Name}.{layout.ColumnName} makes it equal to another tenant, which has {equated} rows there");
            }
        }
    }

    /// <summary>A row that stays must not reference one that goes.</summary>
    private void RequireUnreferenced()
    {
        List<string> references = [];
        foreach (TableSchema child in layout.Schema.Tables.Where(t => t is { Kind: TableKind.Table, Unreadable: null }))
        {
            foreach (ForeignKeySchema key in child.ForeignKeys)
            {
                long rows = CountReferences(child, key);
                if (rows > 0)
                {
                    references.Add($"{rows} {(rows == 1 ? "row" : "rows")} of {child.Name} to {key.Parent}");
                }
            }
        }

        if (references.Count > 0)
        {
            throw Errors.TenantReferenced(_connection.Path, slice.TenantId, ShortList.Join(references, MaxNamed, separator: "; "));
        }
    }

    /// <summary>How many rows that stay reference rows that go, and no other row with the same key.</summary>
    private long CountReferences(TableSchema child, ForeignKeySchema key)
    {
        if (layout.Schema.FindTable(key.Parent) is not { } parent || Goes(parent, "p") is not { } goes)
        {
            return 0;
        }

        string[] primary = [.. parent.PrimaryKey];
        (string Child, string Parent)[] pairs =
            [.. key.Columns.Select((c, i) => (c.Child, Parent: c.Parent ?? primary.ElementAtOrDefault(i) ?? ""))];
        if (pairs.Any(p => p.Parent.Length == 0))
        {
            return 0;
        }

        string on = string.Join(" AND ", pairs.Select(p => $"p.{Identifier.Quote(p.Parent)} = c.{Identifier.Quote(p.Child)}"));
        string parents = $"SELECT 1 FROM main.{Identifier.Quote(parent.Name)} AS p WHERE {on}";
        string stays = Goes(child, "c") is { } own ? $"({own}) IS NOT TRUE AND " : "";
        return _connection.Scalar(
            $"SELECT count(*) FROM main.{Identifier.Quote(child.Name)} AS c WHERE {stays}" +
            $"EXISTS ({parents} AND {goes}) AND NOT EXISTS ({parents} AND ({goes}) IS NOT TRUE)",
            slice.Parameter);
    }

    /// <summary>The condition for the rows of a table that go; <see langword="null"/> if all of them stay.</summary>
    private string? Goes(TableSchema table, string alias) =>
        layout.Tables.Contains(table) ? slice.Condition(alias)
        : registry is not null && Identifier.Comparer.Equals(registry.Table.Name, table.Name)
            ? $"{alias}.{Identifier.Quote(registry.Column)} = ?1 COLLATE BINARY"
            : null;
}
