using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Planning;

/// <summary>The parts of a CREATE INDEX statement, as written.</summary>
/// <param name="Text">The statement.</param>
/// <param name="ListStart">Position inside the parentheses, before the first term.</param>
/// <param name="Terms">Columns or expressions, with COLLATE and without ASC or DESC.</param>
/// <param name="Condition">The WHERE condition; <see langword="null"/> for an index over all rows.</param>
internal sealed record IndexDefinition(string Text, int ListStart, IReadOnlyList<string> Terms, string? Condition)
{
    /// <summary>Reads a statement that SQLite has accepted. The first parenthesis after ON opens the list of terms.</summary>
    public static IndexDefinition Read(string text)
    {
        SqlText sql = new(text);
        int on = sql.Places.First(i => sql.Is(i, "ON"));
        int open = Enumerable.Range(on, sql.Tokens.Count - on).First(i => sql.Is(i, '('));
        int depth = sql.Tokens[open].Depth;
        int close = Enumerable.Range(open + 1, sql.Tokens.Count - open - 1).First(i => sql.Is(i, ')') && sql.Tokens[i].Depth == depth);
        List<string> terms = [];
        int first = open + 1;
        for (int i = first; i <= close; i++)
        {
            if (i == close || (sql.Is(i, ',') && sql.Tokens[i].Depth == depth + 1))
            {
                int last = sql.Is(i - 1, "ASC") || sql.Is(i - 1, "DESC") ? i - 2 : i - 1;
                terms.Add(sql.Slice(first, last));
                first = i + 1;
            }
        }

        bool isPartial = sql.Is(close + 1, "WHERE");
        return new IndexDefinition(text, sql.Tokens[open].End, terms, isPartial ? sql.Slice(close + 2, sql.Tokens.Count - 1) : null);
    }

    /// <summary>The statement prefixed with another column.</summary>
    public string LedBy(string quotedColumn)
    {
        TextEdits edits = new(Text);
        edits.Insert(ListStart, quotedColumn + ", ");
        return edits.Apply();
    }
}
