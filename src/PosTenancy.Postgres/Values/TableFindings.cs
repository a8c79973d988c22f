using System.Globalization;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Postgres.Values;

/// <summary>The rows of a table that are copied, examined in one pass.</summary>
/// <param name="Rows">How many there are.</param>
/// <param name="PlaceName">What a place is: <c>rowid</c>, or <c>row</c> for the number of a row in the order of the key.</param>
/// <param name="Columns">What was found of each column.</param>
internal sealed record TableFindings(long Rows, string PlaceName, IReadOnlyDictionary<string, ColumnFinding> Columns)
{
    /// <summary>Examines every value.</summary>
    /// <param name="slice">The rows.</param>
    /// <param name="table">The table.</param>
    public static TableFindings Read(CopySlice slice, TableSchema table)
    {
        // An alias of the rowid is the rowid.
        string? rowId = TableStatements.RowIdName(table) ?? table.Columns.FirstOrDefault(table.IsRowId)?.Name;
        ColumnSchema[] columns = [.. table.Columns.Where(c => c.Visibility != ColumnVisibility.Hidden)];
        ColumnFinding[] findings = [.. columns.Select(_ => new ColumnFinding())];
        using Statement select = slice.Select(table, [.. columns.Select(c => c.Name), .. rowId is null ? [] : (string[])[rowId]]);
        long rows = 0;
        while (select.Step())
        {
            rows++;
            Row row = select.Row;
            long place = rowId is null ? rows : row.GetInt64(columns.Length);
            for (int i = 0; i < findings.Length; i++)
            {
                findings[i].Add(row, i, place, slice.IsUtf8);
            }
        }

        Dictionary<string, ColumnFinding> found = new(Identifier.Comparer);
        for (int i = 0; i < findings.Length; i++)
        {
            found.Add(columns[i].Name, findings[i]);
        }

        return new TableFindings(rows, rowId is null ? "row" : "rowid", found);
    }

    /// <summary>A row in words.</summary>
    public string Place(long place) => string.Format(CultureInfo.InvariantCulture, "{0} {1}", PlaceName, place);
}
