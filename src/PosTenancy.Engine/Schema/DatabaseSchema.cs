using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Schema;

/// <summary>What a database file holds, read once and never changed.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="PageSize">Bytes per page.</param>
/// <param name="Tables">Every table, virtual and shadow tables included, in the order in which they were created.</param>
/// <param name="Objects">Every name in use (tables, indexes, views, triggers), and of which kind.</param>
internal sealed record DatabaseSchema(
    string Path,
    int PageSize,
    IReadOnlyList<TableSchema> Tables,
    IReadOnlyList<SchemaObject> Objects)
{
    /// <summary>The table of that name, or <see langword="null"/>. SQLite does not distinguish the case of ASCII letters.</summary>
    public TableSchema? FindTable(string name) => Tables.FirstOrDefault(t => Identifier.Comparer.Equals(t.Name, name));

    /// <summary>The tables that hold rows of their own, and whose rows count: not SQLite's, not a module's, not our history.</summary>
    public IEnumerable<TableSchema> CountedTables =>
        Tables.Where(t => t.Rows is not null && !Identifier.Comparer.Equals(t.Name, HistoryPlan.OwnTable));

    /// <summary>How many tables and rows there are in all of <see cref="CountedTables"/>.</summary>
    public (int Tables, long Rows) Counts => (CountedTables.Count(), CountedTables.Sum(t => t.Rows!.Value));

    /// <summary>The views, in the order in which they were created.</summary>
    public IEnumerable<string> Views => Objects.Where(o => o.Type == "view").Select(o => o.Name);
}

/// <summary>A row of <c>sqlite_schema</c>.</summary>
/// <param name="Type"><c>table</c>, <c>index</c>, <c>view</c> or <c>trigger</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Table">The table that it belongs to.</param>
/// <param name="Sql">The statement that made it; <see langword="null"/> for an index that belongs to a key.</param>
internal sealed record SchemaObject(string Type, string Name, string Table, string? Sql);

/// <summary>One table.</summary>
/// <param name="Name">Its name, as it was written.</param>
/// <param name="Kind">What it is.</param>
/// <param name="IsWithoutRowId">Whether the rows are kept in the primary key's order, without a rowid.</param>
/// <param name="IsStrict">Whether column types are enforced.</param>
/// <param name="Rows">Number of rows; <see langword="null"/> for tables that are not ours to read, or cannot be read.</param>
/// <param name="Unreadable">SQLite's message if an ordinary table cannot be read (a key with a collation of the application), else
/// <see langword="null"/>.</param>
/// <param name="Columns">Its columns, hidden and generated ones included.</param>
/// <param name="Indexes">Its indexes, those of UNIQUE and PRIMARY KEY included.</param>
/// <param name="ForeignKeys">Its foreign keys.</param>
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
    /// <summary>The column of that name, or <see langword="null"/>. SQLite does not tell ASCII upper from lower case.</summary>
    public ColumnSchema? FindColumn(string name) => Columns.FirstOrDefault(c => Identifier.Comparer.Equals(c.Name, name));

    /// <summary>Whether the primary key is another name of the rowid, which SQLite assigns.</summary>
    public bool HasRowIdKey => !IsWithoutRowId && Columns.Any(c => c.PrimaryKeyPosition > 0) && Indexes.All(i => i.Origin != "pk");

    /// <summary>An index over all rows that begins with the column, or <see langword="null"/>.</summary>
    public IndexSchema? FindIndexLedBy(string column) => Indexes.FirstOrDefault(i =>
        !i.IsPartial && i.Keys.Count > 0 && i.Keys[0].Column is { } first && Identifier.Comparer.Equals(first, column));

    /// <summary>The columns of the primary key in its order; none if there is no key.</summary>
    internal IEnumerable<string> PrimaryKey =>
        Columns.Where(c => c.PrimaryKeyPosition > 0).OrderBy(c => c.PrimaryKeyPosition).Select(c => c.Name);

    /// <summary>
    /// Whether the column is another name of the rowid (sqlite.org/lang_createtable.html, 5): then its key needs no index.
    /// </summary>
    internal bool IsRowId(ColumnSchema column) => HasRowIdKey && column.PrimaryKeyPosition > 0;

    /// <summary>Whether a row cannot do without a value for the column, and nothing gives it one.</summary>
    internal bool NeedsValue(ColumnSchema column) =>
        column is { Visibility: ColumnVisibility.Ordinary, DefaultSql: null or "NULL" } &&
        (column.IsNotNull || column.PrimaryKeyPosition > 0) && !IsRowId(column);
}

/// <summary>One column.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its declared type; may be empty.</param>
/// <param name="IsNotNull">Whether it is declared NOT NULL.</param>
/// <param name="DefaultSql">Its default as SQL text, or <see langword="null"/>.</param>
/// <param name="PrimaryKeyPosition">Its place in the primary key from 1; 0 if it is not in it.</param>
/// <param name="Visibility">Whether it is an ordinary column.</param>
/// <param name="Collation">How its texts are compared where nothing else is said.</param>
internal sealed record ColumnSchema(
    string Name,
    string Type,
    bool IsNotNull,
    string? DefaultSql,
    int PrimaryKeyPosition,
    ColumnVisibility Visibility,
    string Collation);

/// <summary>What <c>PRAGMA table_xinfo</c> says in its column <c>hidden</c>.</summary>
internal enum ColumnVisibility
{
    /// <summary>An ordinary column.</summary>
    Ordinary = 0,

    /// <summary>A hidden column of a virtual table.</summary>
    Hidden = 1,

    /// <summary>Computed when it is read.</summary>
    VirtualGenerated = 2,

    /// <summary>Computed when the row is written.</summary>
    StoredGenerated = 3,
}

/// <summary>One index.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsUnique">Whether it forbids duplicates.</param>
/// <param name="Origin"><c>c</c> for CREATE INDEX, <c>u</c> for UNIQUE, <c>pk</c> for PRIMARY KEY.</param>
/// <param name="IsPartial">Whether it has a WHERE.</param>
/// <param name="Keys">What it is ordered by, in order.</param>
internal sealed record IndexSchema(string Name, bool IsUnique, string Origin, bool IsPartial, IReadOnlyList<IndexKey> Keys)
{
    /// <summary>Its key columns in order; <see langword="null"/> for an expression or the rowid.</summary>
    public IEnumerable<string?> Columns => Keys.Select(k => k.Column);
}

/// <summary>One column of an index.</summary>
/// <param name="Column">Its name; <see langword="null"/> for an expression or the rowid.</param>
/// <param name="IsDescending">Whether it is ordered from the largest down.</param>
/// <param name="Collation">How texts are compared.</param>
internal sealed record IndexKey(string? Column, bool IsDescending, string Collation);

/// <summary>One foreign key.</summary>
/// <param name="Parent">The table that it points at.</param>
/// <param name="Columns">Child column and parent column; the parent's is <see langword="null"/> where its primary key is meant.</param>
/// <param name="OnUpdate">What happens to the child when the parent's key changes, such as <c>CASCADE</c>.</param>
/// <param name="OnDelete">What happens to the child when the parent goes.</param>
internal sealed record ForeignKeySchema(
    string Parent,
    IReadOnlyList<(string Child, string? Parent)> Columns,
    string OnUpdate,
    string OnDelete);
