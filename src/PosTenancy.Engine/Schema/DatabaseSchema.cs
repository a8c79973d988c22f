using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Schema;

/// <summary>The schema and row counts of a database file, read once and immutable.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="PageSize">Bytes per page.</param>
/// <param name="Tables">Every table, virtual and shadow tables included, in the order in which they were created.</param>
/// <param name="Objects">Every name in use (tables, indexes, views, triggers) and its type.</param>
internal sealed record DatabaseSchema(
    string Path,
    int PageSize,
    IReadOnlyList<TableSchema> Tables,
    IReadOnlyList<SchemaObject> Objects)
{
    /// <summary>The table of that name, or <see langword="null"/>. SQLite does not distinguish the case of ASCII letters.</summary>
    public TableSchema? FindTable(string name) => Tables.FirstOrDefault(t => Identifier.Comparer.Equals(t.Name, name));

    /// <summary>The tables whose rows are counted: not SQLite's, not those of a virtual table's module, not PosTenancy's history.</summary>
    public IEnumerable<TableSchema> CountedTables =>
        Tables.Where(t => t.Rows is not null && !Identifier.Comparer.Equals(t.Name, HistoryPlan.OwnTable));

    /// <summary>Number of tables and rows in <see cref="CountedTables"/>.</summary>
    public (int Tables, long Rows) Counts => (CountedTables.Count(), CountedTables.Sum(t => t.Rows!.Value));

    /// <summary>The views, in the order of creation.</summary>
    public IEnumerable<string> Views => Objects.Where(o => o.Type == "view").Select(o => o.Name);
}

/// <summary>A row of <c>sqlite_schema</c>.</summary>
/// <param name="Type"><c>table</c>, <c>index</c>, <c>view</c> or <c>trigger</c>.</param>
/// <param name="Name">Name of the object.</param>
/// <param name="Table">Table to which it belongs.</param>
/// <param name="Sql">Its CREATE statement; <see langword="null"/> for the automatic index of a key.</param>
internal sealed record SchemaObject(string Type, string Name, string Table, string? Sql);

/// <summary>One table.</summary>
/// <param name="Name">Name as written in the schema.</param>
/// <param name="Kind">Ordinary, virtual, shadow and so on.</param>
/// <param name="IsWithoutRowId">Whether rows are stored in primary key order, without a rowid.</param>
/// <param name="IsStrict">Whether column types are enforced.</param>
/// <param name="Rows">Number of rows; <see langword="null"/> for tables that PosTenancy does not read or cannot read.</param>
/// <param name="Unreadable">SQLite's message if an ordinary table cannot be read (a key with a collation defined by the application),
/// otherwise <see langword="null"/>.</param>
/// <param name="Columns">Columns, hidden and generated ones included.</param>
/// <param name="Indexes">Indexes, those of UNIQUE and PRIMARY KEY included.</param>
/// <param name="ForeignKeys">Foreign keys of the table.</param>
internal sealed record TableSchema(
    string Name,
    TableKind Kind,
    bool IsWithoutRowId,
    bool IsStrict,
    long? Rows,
    string? Unreadable,
    IReadOnlyList<ColumnSchema> Columns,
    IReadOnlyList<IndexSchema> Indexes,
    IReadOnlyList<ForeignKeySchema> ForeignKeys)
{
    /// <summary>The column of that name, or <see langword="null"/>. ASCII case is ignored.</summary>
    public ColumnSchema? FindColumn(string name) => Columns.FirstOrDefault(c => Identifier.Comparer.Equals(c.Name, name));

    /// <summary>Whether the primary key is an alias of the rowid, which SQLite assigns.</summary>
    public bool HasRowIdKey => !IsWithoutRowId && Columns.Any(c => c.PrimaryKeyPosition > 0) && Indexes.All(i => i.Origin != "pk");

    /// <summary>An index over all rows whose first key is the column, or <see langword="null"/>.</summary>
    public IndexSchema? FindIndexLedBy(string column) => Indexes.FirstOrDefault(i =>
        !i.IsPartial && i.Keys.Count > 0 && i.Keys[0].Column is { } first && Identifier.Comparer.Equals(first, column));

    /// <summary>Columns of the primary key in key order; empty if there is no key.</summary>
    internal IEnumerable<string> PrimaryKey =>
        Columns.Where(c => c.PrimaryKeyPosition > 0).OrderBy(c => c.PrimaryKeyPosition).Select(c => c.Name);

    /// <summary>
    /// Whether the column is an alias of the rowid (sqlite.org/lang_createtable.html, 5): then its key needs no index.
    /// </summary>
    internal bool IsRowId(ColumnSchema column) => HasRowIdKey && column.PrimaryKeyPosition > 0;

    /// <summary>Whether an INSERT must supply this column.</summary>
    internal bool NeedsValue(ColumnSchema column) =>
        column is { Visibility: ColumnVisibility.Ordinary, DefaultSql: null or "NULL" } &&
        (column.IsNotNull || column.PrimaryKeyPosition > 0) && !IsRowId(column);
}

/// <summary>One column.</summary>
/// <param name="Name">Name as written in the schema.</param>
/// <param name="Type">Declared type; may be empty.</param>
/// <param name="IsNotNull">Whether it is declared NOT NULL.</param>
/// <param name="DefaultSql">Default as SQL text, or <see langword="null"/>.</param>
/// <param name="PrimaryKeyPosition">Position in the primary key, from 1; 0 if it is not part of it.</param>
/// <param name="Visibility">Ordinary, hidden or generated.</param>
/// <param name="Collation">Collation of the column unless a comparison names another.</param>
internal sealed record ColumnSchema(
    string Name,
    string Type,
    bool IsNotNull,
    string? DefaultSql,
    int PrimaryKeyPosition,
    ColumnVisibility Visibility,
    string Collation);

/// <summary>Values of the column <c>hidden</c> of <c>PRAGMA table_xinfo</c>.</summary>
internal enum ColumnVisibility
{
    /// <summary>An ordinary column.</summary>
    Ordinary = 0,

    /// <summary>A hidden column of a virtual table.</summary>
    Hidden = 1,

    /// <summary>A generated column computed on read.</summary>
    VirtualGenerated = 2,

    /// <summary>A generated column computed on write.</summary>
    StoredGenerated = 3,
}

/// <summary>One index.</summary>
/// <param name="Name">Name of the index.</param>
/// <param name="IsUnique">Whether it forbids duplicates.</param>
/// <param name="Origin"><c>c</c> for CREATE INDEX, <c>u</c> for UNIQUE, <c>pk</c> for PRIMARY KEY.</param>
/// <param name="IsPartial">Whether it has a WHERE clause.</param>
/// <param name="Keys">Key columns in order.</param>
internal sealed record IndexSchema(string Name, bool IsUnique, string Origin, bool IsPartial, IReadOnlyList<IndexKey> Keys)
{
    /// <summary>Names of the key columns in order; <see langword="null"/> for an expression or the rowid.</summary>
    public IEnumerable<string?> Columns => Keys.Select(k => k.Column);
}

/// <summary>One key column of an index.</summary>
/// <param name="Column">Column name; <see langword="null"/> for an expression or the rowid.</param>
/// <param name="IsDescending">Whether it is sorted in descending order.</param>
/// <param name="Collation">Collation of the key.</param>
internal sealed record IndexKey(string? Column, bool IsDescending, string Collation);

/// <summary>One foreign key.</summary>
/// <param name="Parent">The referenced table.</param>
/// <param name="Columns">Child column and parent column; the parent's is <see langword="null"/> if it refers to the primary key.</param>
/// <param name="OnUpdate">Action when the parent key changes, such as <c>CASCADE</c>.</param>
/// <param name="OnDelete">Action when the parent row is deleted.</param>
internal sealed record ForeignKeySchema(
    string Parent,
    IReadOnlyList<(string Child, string? Parent)> Columns,
    string OnUpdate,
    string OnDelete);
