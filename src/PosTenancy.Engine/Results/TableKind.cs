namespace PosTenancy;

/// <summary>What <c>PRAGMA table_list</c> calls a table.</summary>
public enum TableKind : long
{
    /// <summary>An ordinary table that holds rows of its own.</summary>
    Table,

    /// <summary>A virtual table: another program (full-text search, R-Tree) answers for it.</summary>
    Virtual,

    /// <summary>Where a virtual table keeps its data; only that virtual table may change it.</summary>
    Shadow,

    /// <summary>A table of SQLite itself (<c>sqlite_sequence</c>, <c>sqlite_stat1</c> …).</summary>
    System,
}
