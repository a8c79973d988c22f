namespace PosTenancy.Engine.Statements.Source;

/// <summary>
/// Reads what sqlx records of its macros: <c>.sqlx/query-….json</c>, and <c>sqlx-data.json</c> of versions before 0.7. The file is read
/// with the lexer of JavaScript, of which JSON is a part, so that a place in it is known and a damaged one still gives what it has.
/// </summary>
internal static class SqlxMetadata
{
    private static readonly SourceLanguage Json = SourceLanguage.All.First(l => l.Kind == LanguageKind.JavaScript);

    public static IReadOnlyList<SourceStatement> Read(StatementOrigin origin)
    {
        (SourceTokens tokens, _) = SourceLexer.Read(origin.Source.Text, Json, "");
        StatementComposer composer = new(origin);
        List<SourceStatement> statements = [];
        foreach ((int query, int open, int close) in Queries(tokens))
        {
            SqlxDescription description = new(Text(tokens, Member(tokens, "db_name", open, close)), Parameters(tokens, open, close));
            if (tokens[query].Literal?.Plain is { } text)
            {
                statements.AddRange(composer.Read(new ComposedText(text)).Select(s => s with { Sqlx = description }));
            }
        }

        return statements;
    }

    /// <summary>The values of members named <c>query</c>, and the objects that they are in.</summary>
    private static IEnumerable<(int Query, int Open, int Close)> Queries(SourceTokens tokens)
    {
        Stack<int> open = new();
        for (int i = 0; i < tokens.Count; i++)
        {
            if (tokens.Is(i, "{") && tokens.IsOpen(i))
            {
                open.Push(i);
            }
            else if (tokens.Is(i, "}") && tokens.Match(i) >= 0)
            {
                while (open.Count > 0 && open.Pop() != tokens.Match(i))
                {
                }
            }
            else if (Text(tokens, i) == "query" && tokens.Is(i + 1, ":") && tokens.IsKind(i + 2, SourceTokenKind.Literal) && open.Count > 0)
            {
                yield return (i + 2, open.Peek(), tokens.Match(open.Peek()));
            }
        }
    }

    /// <summary>The number of parameters: <c>"parameters": {"Right": 1}</c>, or a list of their types.</summary>
    private static int? Parameters(SourceTokens tokens, int open, int close)
    {
        int describe = Member(tokens, "describe", open, close);
        int parameters = describe >= 0 && tokens.IsOpen(describe)
            ? Member(tokens, "parameters", describe, tokens.Match(describe))
            : -1;
        if (parameters < 0 || !tokens.IsOpen(parameters))
        {
            return null;
        }

        int right = Member(tokens, "Right", parameters, tokens.Match(parameters));
        int left = Member(tokens, "Left", parameters, tokens.Match(parameters));
        return right >= 0 && int.TryParse(tokens.Text(right), out int count) ? count
            : left >= 0 && tokens.IsOpen(left) ? ExpressionReader.Arguments(tokens, left).Count
            : null;
    }

    /// <summary>Index of the value of a member of an object; -1 if it has none.</summary>
    private static int Member(SourceTokens tokens, string name, int open, int close)
    {
        for (int i = open + 1; i < close; i = tokens.After(i))
        {
            if (tokens.Is(i + 1, ":") && i + 2 < close && Text(tokens, i) == name)
            {
                return i + 2;
            }
        }

        return -1;
    }

    private static string? Text(SourceTokens tokens, int index) =>
        index >= 0 ? tokens[index].Literal?.Plain?.Text : null;
}
