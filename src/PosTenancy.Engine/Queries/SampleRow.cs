using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Queries;

/// <summary>Finds values for the queries of a table: those of a row in its middle, always the same one.</summary>
internal sealed class SampleRow(DatabaseConnection connection, TableSchema table)
{
    /// <summary>Approximate number of rows that a range should return: the newest sales, not all since the store opened.</summary>
    private const int RangeRows = 100;

    private readonly string _from = $"FROM {Identifier.Quote(table.Name)}";

    /// <summary>
    /// The values of the terms in one row in which none is NULL; <see langword="null"/> if there is no such row, or it cannot be read here.
    /// </summary>
    public IReadOnlyList<SqlValue>? Values(IReadOnlyList<string> terms, string? condition)
    {
        string where = Where(terms, condition);
        string select = $"SELECT {string.Join(", ", terms)} {_from}";

        // By rowid the middle is found at once; an OFFSET of half of the rows would read them.
        string? rowId = table.IsWithoutRowId
            ? null
            : TableStatements.RowIdName(table) ?? table.Columns.Where(table.IsRowId).Select(c => Identifier.Quote(c.Name)).FirstOrDefault();
        string[] attempts = rowId is null
            ? [$"{select} {where} LIMIT 1 OFFSET {table.Rows / 2}", $"{select} {where} LIMIT 1"]
            :
            [
                $"{select} {where} AND {rowId} >= (SELECT min({rowId}) {_from}) / 2 + (SELECT max({rowId}) {_from}) / 2 ORDER BY {rowId} " +
                "LIMIT 1",
                $"{select} {where} ORDER BY {rowId} LIMIT 1",
            ];
        return attempts.SelectMany(sql => Rows(sql, [])).FirstOrDefault();
    }

    /// <summary>
    /// The value of the last term from which a range returns about a hundred rows, given the values of the preceding terms.
    /// </summary>
    public SqlValue? From(IReadOnlyList<string> terms, IReadOnlyList<SqlValue> values, string? condition)
    {
        int last = terms.Count - 1;
        string equal = string.Concat(Enumerable.Range(0, last).Select(i => $" AND {terms[i]} = {QueryPair.Parameter(i)}"));
        IReadOnlyList<IReadOnlyList<SqlValue>> newest = Rows(
            $"SELECT {terms[last]} {_from} {Where([terms[last]], condition)}{equal} ORDER BY {terms[last]} DESC LIMIT {RangeRows}",
            [.. values.Take(last)]);
        return newest.Count == 0 ? null : newest[newest.Count - 1][0];
    }

    private static string Where(IEnumerable<string> terms, string? condition) =>
        "WHERE " + string.Join(" AND ", terms.Select(t => $"{t} IS NOT NULL").Concat(condition is null ? [] : [$"({condition})"]));

    private IReadOnlyList<IReadOnlyList<SqlValue>> Rows(string sql, IReadOnlyList<SqlValue> values)
    {
        try
        {
            return [.. connection.Query(sql, SqlValue.ReadAll, values)];
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.SqliteError)
        {
            // A function or collation that only the application defines: only the application can run such a query.
            return [];
        }
    }
}
