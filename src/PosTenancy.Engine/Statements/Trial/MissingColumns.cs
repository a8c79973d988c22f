using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>
/// Columns that a statement names and the schema lacks: a later release of the application may add them. They are added to the private
/// databases, one after the other, as SQLite misses them.
/// </summary>
/// <param name="schema">The tables.</param>
/// <param name="sql">The statement.</param>
internal sealed class MissingColumns(TrialSchema schema, string sql)
{
    private const int Most = 12;

    private readonly TrialTable[] _named = FindNamed(schema, sql);
    private string? _error;
    private int _next;

    /// <summary>The next column to try for an error, which may be the same as before.</summary>
    /// <param name="error">SQLite's message.</param>
    /// <param name="added">The columns that were added before.</param>
    /// <returns>The column; <see langword="null"/> if none would help.</returns>
    public MissingColumn? Next(string error, IReadOnlyList<string> added)
    {
        const string noColumn = "no such column: ";
        const string named = " has no column named ";
        if (added.Count >= Most)
        {
            return null;
        }

        _next = error == _error ? _next + 1 : 0;
        _error = error;
        int split = error.IndexOf(named, StringComparison.Ordinal);
        if (split > 0)
        {
            string table = error.Substring("table ".Length, split - "table ".Length);
            return _next == 0 && schema.Find(table) is { } found ? Add(found, error.Substring(split + named.Length)) : null;
        }

        if (!error.StartsWith(noColumn, StringComparison.Ordinal))
        {
            return null;
        }

        // SQLite adds advice to a name in double quotes.
        string name = error.Substring(noColumn.Length).Split(' ')[0];
        string column = name.Substring(name.LastIndexOf('.') + 1).Trim('"');
        for (; _next < _named.Length; _next++)
        {
            if (Add(_named[_next], column) is { } addition)
            {
                return addition;
            }
        }

        return null;
    }

    private static TrialTable[] FindNamed(TrialSchema schema, string sql)
    {
        SqlText text = new(sql);
        return
        [
            .. text.Places
                .Where(i => text.Tokens[i].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName)
                .Select(i => schema.Find(text.Name(i)))
                .OfType<TrialTable>()
                .Where(t => t.Kind != TrialTableKind.Virtual)
                .Distinct(),
        ];
    }

    /// <summary>
    /// A filter by a tenant column that a table does not have says that the schema is another one: nothing would be proved.
    /// </summary>
    private MissingColumn? Add(TrialTable table, string column) =>
        Identifier.Comparer.Equals(column, schema.ColumnName) || table.Schema.FindColumn(column) is not null
            ? null
            : new MissingColumn($"ALTER TABLE {table.Quoted}", Identifier.Quote(column), $"{table.Name}.{column}");
}

/// <summary>A column to add.</summary>
/// <param name="Table">The beginning of the statement that changes the table.</param>
/// <param name="Quoted">The quoted name of the column.</param>
/// <param name="Name">The names of table and column, for messages.</param>
internal sealed record MissingColumn(string Table, string Quoted, string Name)
{
    /// <summary>The column with a value for the rows that exist.</summary>
    public string Definition => $"{Quoted} DEFAULT 1";
}
