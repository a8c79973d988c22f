using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>A table whose rows are compared, in the columns that it had before; who owns a row is another check's affair.</summary>
/// <param name="Before">The table in the backup.</param>
/// <param name="After">The table now.</param>
/// <param name="TenantColumn">The column that is not compared.</param>
/// <param name="Except">A condition for rows that are not compared; <see langword="null"/> for none.</param>
internal sealed record ComparedTable(TableSchema Before, TableSchema After, string TenantColumn, string? Except = null)
{
    /// <summary>The columns that are compared.</summary>
    public IReadOnlyList<string> Columns { get; } =
    [
        .. Before
            .Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary && !Identifier.Comparer.Equals(c.Name, TenantColumn))
            .Select(c => c.Name),
    ];

    /// <summary>Columns that were there and are not, or are computed now.</summary>
    public IEnumerable<string> MissingColumns => Columns.Where(c => After.FindColumn(c) is not { Visibility: ColumnVisibility.Ordinary });

    /// <summary>Whether the stored bytes of a row mean the same in both: then equal pages are equal rows.</summary>
    public bool HasSameShape =>
        Before.IsWithoutRowId == After.IsWithoutRowId && Before.Columns.SequenceEqual(After.Columns.Take(Before.Columns.Count));

    /// <summary>
    /// What names a row: the rowid by a name that no column has, or the primary key; nothing if it has neither to be read.
    /// </summary>
    public IReadOnlyList<string> Key
    {
        get
        {
            // The counters of AUTOINCREMENT: which of them was made first means nothing.
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

    /// <summary>Whether the key is one whole number.</summary>
    public bool IsKeyedByRowId => Before is { IsWithoutRowId: false, Kind: not TableKind.System } && Key.Count == 1;

    /// <summary>The compared columns of all rows, in whatever order they lie.</summary>
    public string Select() => $"SELECT {List(Columns)} {From} NOT INDEXED{Where}";

    /// <summary>The key as one text, then the compared columns, in the order of the key.</summary>
    public string SelectInOrder()
    {
        string key = Key.Count == 0 ? "''" : string.Join(" || ', ' || ", Key.Select(c => $"quote(t.{Identifier.Quote(c)})"));
        string order = Key.Count == 0 ? "" : $" ORDER BY {List(Key)}";
        return $"SELECT {key}, {List(Columns)} {From} NOT INDEXED{Where}{order}";
    }

    /// <summary>One column of the row with a rowid.</summary>
    public string SelectValue(string column) => $"SELECT t.{Identifier.Quote(column)} {From} WHERE t.{Identifier.Quote(Key[0])} = ?1";

    private string From => $"FROM main.{Identifier.Quote(Before.Name)} AS t";

    private string Where => Except is null ? "" : $" WHERE {Except}";

    /// <summary>A table of the tenant column alone still has rows to count.</summary>
    private static string List(IReadOnlyList<string> columns) =>
        columns.Count == 0 ? "NULL" : string.Join(", ", columns.Select(c => $"t.{Identifier.Quote(c)}"));
}
