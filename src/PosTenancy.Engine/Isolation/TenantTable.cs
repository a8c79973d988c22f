using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Isolation;

/// <summary>A table whose rows belong to tenants, and the SQL expressions that identify the owner.</summary>
/// <param name="Schema">Schema of the table.</param>
/// <param name="Column">Its tenant column.</param>
internal sealed record TenantTable(TableSchema Schema, ColumnSchema Column)
{
    public string Name => Schema.Name;

    /// <summary>The qualified, quoted name of the table.</summary>
    public string Quoted => "main." + Identifier.Quote(Name);

    /// <summary>The application's own filter, with the column's collation and able to use its index.</summary>
    public string Filter(string alias, int parameter) => $"{Tenant(alias)} = ?{parameter}";

    /// <summary>The filter as readable text.</summary>
    public string FilterText(string tenantId) => $"WHERE {Identifier.Quote(Column.Name)} = {Identifier.Literal(tenantId)}";

    /// <summary>Whether a row belongs to the tenant: byte by byte, whatever the column's collation.</summary>
    public string IsOwn(string alias, string tenant) => $"({Tenant(alias)} IS {tenant} COLLATE BINARY)";

    /// <summary>Whether a row does not belong to the tenant.</summary>
    public string IsForeign(string alias, string tenant) => $"({Tenant(alias)} IS NOT {tenant} COLLATE BINARY)";

    /// <summary>A readable identifier of a row: its rowid, or its primary key.</summary>
    public string KeyText(string alias) => RowIdName is { } rowId
        ? $"'rowid ' || {alias}.{rowId}"
        : string.Join(" || ', ' || ", KeyColumns.Select(c => $"quote({alias}.{Identifier.Quote(c)})"));

    /// <summary>The columns of the primary key in key order.</summary>
    public IEnumerable<string> KeyColumns => Schema.PrimaryKey;

    private string? RowIdName =>
        Schema.IsWithoutRowId
            ? null
            : Identifier.RowIdNames.FirstOrDefault(name => Schema.FindColumn(name) is null) ?? Identifier.RowIdNames[0];

    /// <summary>The tenant column, qualified with its table, so that a misspelt name cannot become a string in double quotes.</summary>
    private string Tenant(string alias) => $"{alias}.{Identifier.Quote(Column.Name)}";
}

/// <summary>A foreign key whose child table belongs to tenants.</summary>
/// <param name="Child">The referencing table.</param>
/// <param name="ParentSchema">The referenced table; <see langword="null"/> if it does not exist.</param>
/// <param name="Parent">The referenced table, if it belongs to tenants.</param>
/// <param name="ParentName">Its name as written in the foreign key.</param>
/// <param name="Columns">Child column and parent column.</param>
/// <param name="OnDelete">Action when the parent row is deleted.</param>
internal sealed record TenantReference(
    TenantTable Child,
    TableSchema? ParentSchema,
    TenantTable? Parent,
    string ParentName,
    IReadOnlyList<(string Child, string Parent)> Columns,
    string OnDelete)
{
    /// <summary>Whether it references its own table.</summary>
    public bool IsSelf => ParentSchema is not null && Identifier.Comparer.Equals(ParentSchema.Name, Child.Name);

    /// <summary>The child columns as readable text.</summary>
    public string ColumnsText => string.Join(", ", Columns.Select(c => c.Child));

    /// <summary>
    /// The join condition. The parent comes first: its collation applies, as in SQLite's own check (sqlite.org/foreignkeys.html).
    /// </summary>
    public string On(string child, string parent) =>
        string.Join(" AND ", Columns.Select(c => $"{parent}.{Identifier.Quote(c.Parent)} = {child}.{Identifier.Quote(c.Child)}"));
}
