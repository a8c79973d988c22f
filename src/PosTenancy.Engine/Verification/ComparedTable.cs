using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>A table whose rows are compared in the columns of the backup; ownership of rows is covered by another check.</summary>
/// <param name="Before">The table in the backup.</param>
/// <param name="After">The current table.</param>
/// <param name="TenantColumn">The column to leave out.</param>
/// <param name="Except">A condition for rows to leave out; <see langword="null"/> for none.</param>
internal sealed record ComparedTable(TableSchema Before, TableSchema After, string TenantColumn, string? Except = null)
{
    /// <summary>The columns to compare.</summary>
    public IReadOnlyList<string> Columns { get; } =
    [
        .. Before
            .Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary && !Identifier.Comparer.Equals(c.Name, TenantColumn))
            .Select(c => c.Name),
    ];

    /// <summary>Columns that no longer exist, or are generated now.</summary>
    public IEnumerable<string> MissingColumns => Columns.Where(c => After.FindColumn(c) is not { Visibility: ColumnVisibility.Ordinary });

    /// <summary>Whether the stored bytes of a row have the same meaning in both: then equal pages are equal rows.</summary>
    public bool HasSameShape =>
        Before.IsWithoutRowId == After.IsWithoutRowId && Before.Columns.SequenceEqual(After.Columns.Take(Before.Columns.Count));

    /// <summary>
    /// The key of a row: the rowid under a name that no column has, or the primary key; empty if neither can be read.
    /// </summary>
    public IReadOnlyList<string> Key
    {
        get
        {
            // AUTOINCREMENT counters: the order in which they were created is irrelevant.
            if (Before.Kind == TableKind.System)
            {
                return [.. Columns.Take(1)];
            }

            string[] primary = [.. Before.PrimaryKey];
            return Before.IsWithoutRowId || Before.HasRowIdKey
                ? [.. primary.Where(c => !Identifier.Comparer.Equals(c, TenantColumn))]
                : TableStatements.RowIdName(Before) is { } name && After.FindColumn(name) is null ? [name] : [];
        }
    }

    /// <summary>Whether the key is a single integer.</summary>
    public bool IsKeyedByRowId => Before is { IsWithoutRowId: false, Kind: not TableKind.System } && Key.Count == 1;

    /// <summary>Selects the compared columns of all rows, in any order.</summary>
    public string Select() => $"SELECT {List(Columns)} {From} NOT INDEXED{Where}";

    /// <summary>Selects the key as one text, then the compared columns, in key order.</summary>
    public string SelectInOrder()
    {
        string key = Key.Count == 0 ? "''" : string.Join(" || ', ' || ", Key.Select(c => $"quote(t.{Identifier.Quote(c)})"));
        string order = Key.Count == 0 ? "" : $" ORDER BY {List(Key)}";
        return $"SELECT {key}, {List(Columns)} {From} NOT INDEXED{Where}{order}";
    }

    /// <summary>Selects one column of the row with a given rowid.</summary>
    public string SelectValue(string column) => $"SELECT t.{Identifier.Quote(column)} {From} WHERE t.{Identifier.Quote(Key[0])} = ?1";

    private string From => $"FROM main.{Identifier.Quote(Before.Name)} AS t";

    private string Where => Except is null ? "" : $" WHERE {Except}";

    /// <summary>A table with only the tenant column still has rows to count.</summary>
    private static string List(IReadOnlyList<string> columns) =>
        columns.Count == 0 ? "NULL" : string.Join(", ", columns.Select(c => $"t.{Identifier.Quote(c)}"));
}
