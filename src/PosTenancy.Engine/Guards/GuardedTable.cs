using System.Globalization;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Guards;

/// <summary>A table whose rows belong to tenants.</summary>
/// <param name="Schema">Schema of the table.</param>
/// <param name="Column">The tenant column; <see langword="null"/> if the rows belong to the tenants of their parents.</param>
internal sealed record GuardedTable(TableSchema Schema, ColumnSchema? Column)
{
    public string Name => Schema.Name;

    /// <summary>The qualified, quoted name: a temporary table of the same name does not hide it.</summary>
    public string Quoted => "main." + Identifier.Quote(Name);

    /// <summary>The parents that decide on the tenant of a table without a column.</summary>
    public IReadOnlyList<GuardedParent> Parents { get; init; } = [];

    /// <summary>
    /// Whether a row belongs to the tenant of the context <c>x</c>. The context stands on the left: its column is TEXT and compares byte by
    /// byte, whatever the type and the collation of the other (sqlite.org/datatype3.html, 4.2 and 7.1).
    /// </summary>
    /// <param name="row">NEW, OLD or an alias.</param>
    /// <param name="depth">How many parents are between the row and the one that is written.</param>
    public string IsOwn(string row, int depth = 0) => Column is null
        ? string.Join(" AND ", Parents.Select(p => $"NOT EXISTS ({p.Select(row, depth + 1)} AND NOT ({p.IsOwn(depth + 1)}))"))
        : $"x.tenant_id IS {row}.{Identifier.Quote(Column.Name)}";

    /// <summary>Whether a row without a tenant column has a parent that belongs to the tenant of the context <c>x</c>.</summary>
    public string HasOwnParent(string row) =>
        string.Join(" OR ", Parents.Select(p => $"EXISTS ({p.Select(row, 1)} AND {p.IsOwn(1)})"));
}

/// <summary>A foreign key through which the rows of a table belong to tenants.</summary>
/// <param name="Table">The referenced table.</param>
/// <param name="Key">The foreign key.</param>
internal sealed record GuardedParent(GuardedTable Table, ForeignKeySchema Key)
{
    public string Select(string child, int depth) =>
        $"SELECT 1 FROM {Table.Quoted} AS {Alias(depth)} WHERE {ForeignKeyJoin.On(Table.Schema, Key, child, Alias(depth))}";

    public string IsOwn(int depth) => Table.IsOwn(Alias(depth), depth);

    private static string Alias(int depth) => "p" + depth.ToString(CultureInfo.InvariantCulture);
}
