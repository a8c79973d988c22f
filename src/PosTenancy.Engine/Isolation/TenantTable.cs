using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Isolation;

/// <summary>A table whose rows belong to tenants, and the pieces of SQL that tell whose.</summary>
/// <param name="Schema">The table.</param>
/// <param name="Column">Its tenant column.</param>
internal sealed record TenantTable(TableSchema Schema, ColumnSchema Column)
{
    public string Name => Schema.Name;

    /// <summary>The table as a statement names it.</summary>
    public string Quoted => "main." + Identifier.Quote(Name);

    /// <summary>The application's own filter, by the column's collation and through its index.</summary>
    public string Filter(string alias, int parameter) => $"{Tenant(alias)} = ?{parameter}";

    /// <summary>The same for people.</summary>
    public string FilterText(string tenantId) => $"WHERE {Identifier.Quote(Column.Name)} = {Identifier.Literal(tenantId)}";

    /// <summary>Whether a row really is the tenant's: byte by byte, whatever the column's collation says.</summary>
    public string IsOwn(string alias, string tenant) => $"({Tenant(alias)} IS {tenant} COLLATE BINARY)";

    /// <summary>Whether it is not.</summary>
    public string IsForeign(string alias, string tenant) => $"({Tenant(alias)} IS NOT {tenant} COLLATE BINARY)";

    /// <summary>What names a row to people: its rowid, or its primary key.</summary>
    public string KeyText(string alias) => RowIdName is { } rowId
        ? $"'rowid ' || {alias}.{rowId}"
        : string.Join(" || ', ' || ", KeyColumns.Select(c => $"quote({alias}.{Identifier.Quote(c)})"));

    /// <summary>The columns of the primary key in their order.</summary>
    public IEnumerable<string> KeyColumns => Schema.PrimaryKey;

    private string? RowIdName =>
        Schema.IsWithoutRowId
            ? null
            : Identifier.RowIdNames.FirstOrDefault(name => Schema.FindColumn(name) is null) ?? Identifier.RowIdNames[0];

    /// <summary>The tenant column; named with its table, so that a misspelt one can never be a text in double quotes.</summary>
    private string Tenant(string alias) => $"{alias}.{Identifier.Quote(Column.Name)}";
}

/// <summary>A foreign key between two tables that both belong to tenants, or from one that does.</summary>
/// <param name="Child">The table that points.</param>
/// <param name="ParentSchema">The table that is pointed at; <see langword="null"/> if there is none of that name.</param>
/// <param name="Parent">The same, if it belongs to tenants.</param>
/// <param name="ParentName">Its name as the foreign key has it.</param>
/// <param name="Columns">Child column and parent column.</param>
/// <param name="OnDelete">What happens to the child when the parent goes.</param>
internal sealed record TenantReference(
    TenantTable Child,
    TableSchema? ParentSchema,
    TenantTable? Parent,
    string ParentName,
    IReadOnlyList<(string Child, string Parent)> Columns,
    string OnDelete)
{
    /// <summary>Whether it points at its own table.</summary>
    public bool IsSelf => ParentSchema is not null && Identifier.Comparer.Equals(ParentSchema.Name, Child.Name);

    /// <summary>The child's columns, for people.</summary>
    public string ColumnsText => string.Join(", ", Columns.Select(c => c.Child));

    /// <summary>
    /// How the two are joined. The parent comes first: its collation decides, as in SQLite's own check (sqlite.org/foreignkeys.html).
    /// </summary>
    public string On(string child, string parent) =>
        string.Join(" AND ", Columns.Select(c => $"{parent}.{Identifier.Quote(c.Parent)} = {child}.{Identifier.Quote(c.Child)}"));
}
