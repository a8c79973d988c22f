using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>How a row of a table is found again, and named.</summary>
internal sealed class RowIdentity
{
    private readonly string[] _shown;

    /// <summary>Determines the columns.</summary>
    /// <param name="table">The table.</param>
    /// <param name="columnName">The tenant column.</param>
    public RowIdentity(TableSchema table, string columnName)
    {
        string[] primary = [.. table.PrimaryKey];
        Columns = TableStatements.RowIdName(table) is { } rowId ? [rowId]
            : primary.Length > 0 ? primary
            : [.. table.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary).Select(c => c.Name)];
        string[] key = [.. primary.Where(c => !Identifier.Comparer.Equals(c, columnName))];
        _shown = key.Length > 0 ? key : Columns.Count == 1 ? [.. Columns] : [];
    }

    /// <summary>The columns that identify a row.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Number of columns of <see cref="Select"/>.</summary>
    public int Count => Columns.Count + _shown.Length;

    /// <summary>The columns for a SELECT.</summary>
    /// <param name="alias">What the table is called in the statement.</param>
    public string Select(string alias) => string.Join(", ", Columns.Concat(_shown).Select(c => $"{alias}.{Identifier.Quote(c)}"));

    /// <summary>The values that identify a row.</summary>
    /// <param name="row">A row that begins with what <see cref="Select"/> selects.</param>
    public IReadOnlyList<(string Column, SqlValue Value)> Read(IReadOnlyList<SqlValue> row) => [.. Columns.Select((c, i) => (c, row[i]))];

    /// <summary>The key as text; <see langword="null"/> if the table has none.</summary>
    /// <param name="row">Same.</param>
    public string? Name(IReadOnlyList<SqlValue> row) => _shown.Length == 0
        ? null
        : string.Join(", ", row.Skip(Columns.Count).Take(_shown.Length).Select(v => v.Text ?? "NULL"));
}
