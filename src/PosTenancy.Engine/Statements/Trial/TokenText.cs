using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>Tokens of a statement.</summary>
/// <param name="First">Index of the first token.</param>
/// <param name="Last">Index of the last token; before the first if there is none.</param>
internal readonly record struct TokenRange(int First, int Last)
{
    public int Count => Last - First + 1;

    public bool Contains(int token) => First <= token && token <= Last;
}

/// <summary>A column as a statement names it.</summary>
/// <param name="Qualifier">The table or alias before it; <see langword="null"/> without one.</param>
/// <param name="Name">The column.</param>
/// <param name="Token">Index of its first token.</param>
internal readonly record struct NamedColumn(string? Qualifier, string Name, int Token);

/// <summary>The tokens of a statement, and what their arrangement tells.</summary>
/// <param name="sql">The statement.</param>
internal class TokenText(SqlText sql)
{
    /// <summary>Keywords that end the side of a comparison, at the same depth of parentheses.</summary>
    private static readonly HashSet<string> Ends = new(StringComparer.OrdinalIgnoreCase)
    {
        "AND", "OR", "NOT", "WHERE", "ON", "HAVING", "WHEN", "THEN", "ELSE", "END", "CASE", "SELECT", "SET", "BY", "GROUP", "ORDER",
        "LIMIT", "OFFSET", "VALUES", "RETURNING", "DISTINCT", "UNION", "EXCEPT", "INTERSECT", "FROM", "JOIN", "LEFT", "RIGHT", "FULL",
        "INNER", "CROSS", "NATURAL", "USING", "AS", "ASC", "DESC", "IS", "IN", "LIKE", "GLOB", "MATCH", "REGEXP", "BETWEEN", "ISNULL",
        "NOTNULL", "WINDOW", "DO", "ESCAPE", "FILTER", "OVER", "INTO", "UPDATE", "DELETE", "INSERT", "WITH", "ALL", "EXISTS",
    };

    /// <summary>Keywords that are no name of a column, besides those that end a side.</summary>
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "NULL", "TRUE", "FALSE", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "COLLATE", "NOCASE", "BINARY", "RTRIM", "CAST",
        "INTEGER", "TEXT", "REAL", "NUMERIC", "BLOB", "CONFLICT", "NOTHING", "PARTITION", "ROWS", "RANGE", "RECURSIVE", "MATERIALIZED",
        "TABLE", "OR", "IGNORE", "ABORT", "FAIL", "ROLLBACK", "DEFAULT", "OUTER", "NULLS", "FIRST", "LAST", "INDEXED", "CONSTRAINT",
    };

    /// <summary>The tokens.</summary>
    public SqlText Sql => sql;

    /// <summary>Whether a token is one of these keywords.</summary>
    public bool IsAny(int index, params string[] keywords) => keywords.Any(k => sql.Is(index, k));

    /// <summary>The text of some tokens.</summary>
    public string Slice(TokenRange range) => range.Count <= 0 ? "" : Sql.Slice(range.First, range.Last);

    /// <summary>The text of one token.</summary>
    public string Token(int index) => Sql.Text.Substring(Sql.Tokens[index].Start, Sql.Tokens[index].Length);

    /// <summary>Whether there is a subquery in some tokens.</summary>
    public bool HasQuery(TokenRange range) => Enumerable.Range(range.First, Math.Max(range.Count, 0)).Any(i => Sql.Is(i, "SELECT"));

    /// <summary>The columns that some tokens name.</summary>
    public IEnumerable<NamedColumn> ColumnsIn(TokenRange range)
    {
        for (int i = range.First; i <= range.Last; i++)
        {
            if (!IsName(i))
            {
                continue;
            }

            int first = i;
            while (i + 2 <= range.Last && Sql.Is(i + 1, '.') && IsAnyName(i + 2))
            {
                i += 2;
            }

            // A function, or the type of a CAST.
            if (!Sql.Is(i + 1, '(') && !(first > 0 && Sql.Is(first - 1, "AS")))
            {
                yield return new NamedColumn(i > first ? Sql.Name(i - 2) : null, Sql.Name(i), first);
            }
        }
    }

    /// <summary>The functions that are called in some tokens.</summary>
    public IEnumerable<string> FunctionsIn(TokenRange range) => Enumerable.Range(range.First, Math.Max(range.Count, 0))
        .Where(i => Sql.Tokens[i].Kind == SqlTokenKind.Word && Sql.Is(i + 1, '(') && !Ends.Contains(Token(i)))
        .Select(Token);

    /// <summary>The parenthesis that encloses a token; -1 if none does.</summary>
    public int Enclosing(int token)
    {
        int depth = Sql.Tokens[token].Depth;
        for (int i = token - 1; i >= 0; i--)
        {
            if (Sql.Tokens[i].Depth == depth - 1 && Sql.Is(i, '('))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The closing parenthesis of an opening one.</summary>
    public int Close(int open)
    {
        int depth = Sql.Tokens[open].Depth;
        for (int i = open + 1; i < Sql.Tokens.Count; i++)
        {
            if (Sql.Tokens[i].Depth == depth && Sql.Is(i, ')'))
            {
                return i;
            }
        }

        return Sql.Tokens.Count;
    }

    /// <summary>The parts of some tokens that commas separate, at the depth of the first token.</summary>
    public IReadOnlyList<TokenRange> Items(TokenRange range)
    {
        if (range.Count <= 0)
        {
            return [];
        }

        int depth = Sql.Tokens[range.First].Depth;
        List<TokenRange> items = [];
        int start = range.First;
        for (int i = range.First; i <= range.Last; i++)
        {
            if (Sql.Is(i, ',') && Sql.Tokens[i].Depth == depth)
            {
                items.Add(new TokenRange(start, i - 1));
                start = i + 1;
            }
        }

        items.Add(new TokenRange(start, range.Last));
        return items;
    }

    /// <summary>Whether a token is a word or a quoted name.</summary>
    public bool IsAnyName(int i) => i < Sql.Tokens.Count && Sql.Tokens[i].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName;

    /// <summary>Whether a token can be the name of a column or table.</summary>
    public bool IsName(int i) => i < Sql.Tokens.Count && Sql.Tokens[i] switch
    {
        { Kind: SqlTokenKind.QuotedName } => true,
        { Kind: SqlTokenKind.Word } => Token(i) is var word && !Ends.Contains(word) && !Words.Contains(word) && word[0] != '$',
        _ => false,
    };

    /// <summary>Whether a token is one of the keywords between which terms stand.</summary>
    public bool IsKeyword(int i) => sql.Tokens[i].Kind == SqlTokenKind.Word && Ends.Contains(Token(i));

    /// <summary>Whether a token ends the side of a comparison.</summary>
    public bool IsEnd(int i) => Sql.Is(i, ',') || Sql.Is(i, ';') || IsKeyword(i);

    /// <summary>Whether a token begins, or continues, an operator that compares.</summary>
    public bool IsComparison(int i) =>
        (Sql.Is(i, '=') || Sql.Is(i, '<') || Sql.Is(i, '>') || (Sql.Is(i, '!') && Sql.Is(i + 1, '='))) &&
        !(Sql.Is(i, '>') && i > 0 && Sql.Is(i - 1, '-')) &&
        !(Sql.Is(i, '>') && i > 1 && Sql.Is(i - 1, '>') && Sql.Is(i - 2, '-'));

    /// <summary>The left side of an operator.</summary>
    public TokenRange LeftOf(int token)
    {
        int depth = Sql.Tokens[token].Depth;
        int first = token;
        while (first > 0 && Sql.Tokens[first - 1].Depth >= depth &&
            !(Sql.Tokens[first - 1].Depth == depth && (IsEnd(first - 1) || IsComparison(first - 1))))
        {
            first--;
        }

        return new TokenRange(first, token - 1);
    }

    /// <summary>The right side of an operator.</summary>
    public TokenRange RightOf(int token)
    {
        int depth = Sql.Tokens[token].Depth;
        int last = token;
        while (last + 1 < Sql.Tokens.Count && Sql.Tokens[last + 1].Depth >= depth &&
            !(Sql.Tokens[last + 1].Depth == depth && (IsEnd(last + 1) || IsComparison(last + 1))))
        {
            last++;
        }

        return new TokenRange(token + 1, last);
    }
}
