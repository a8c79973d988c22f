namespace PosTenancy.Engine.Sqlite;

/// <summary>The kind of a SQL token.</summary>
internal enum SqlTokenKind
{
    /// <summary>A keyword or an unquoted name; only the context distinguishes them.</summary>
    Word,

    /// <summary>A name in double quotes, backticks or brackets; double quotes are a string where no such name exists.</summary>
    QuotedName,

    /// <summary>A text or blob literal in single quotes.</summary>
    Literal,

    /// <summary>A number, a parameter, or one character of an operator.</summary>
    Other,
}

/// <summary>A piece of SQL that is neither white space nor a comment.</summary>
/// <param name="Kind">Kind of the token.</param>
/// <param name="Start">Index of its first character in the text.</param>
/// <param name="Length">Number of characters.</param>
/// <param name="Depth">Number of parentheses open around it; a parenthesis itself counts as outside.</param>
internal readonly record struct SqlToken(SqlTokenKind Kind, int Start, int Length, int Depth)
{
    /// <summary>Index after its last character.</summary>
    public int End => Start + Length;
}

/// <summary>
/// SQL text split into tokens by the rules of SQLite's own tokenizer (sqlite.org/lang_keywords.html, lang_comment.html). It knows where a
/// token begins and ends, and nothing of its meaning: that is left to SQLite.
/// </summary>
internal sealed class SqlText
{
    public SqlText(string text)
    {
        Text = text;
        Tokens = [.. Read(text)];
    }

    /// <summary>The original text.</summary>
    public string Text { get; }

    /// <summary>Its tokens in order, without white space and comments.</summary>
    public IReadOnlyList<SqlToken> Tokens { get; }

    /// <summary>The indexes of all tokens.</summary>
    public IEnumerable<int> Places => Enumerable.Range(0, Tokens.Count);

    /// <summary>Whether a token is this keyword; a quoted name never is.</summary>
    public bool Is(int index, string keyword) =>
        index < Tokens.Count && Tokens[index] is { Kind: SqlTokenKind.Word } token && token.Length == keyword.Length &&
        string.Compare(Text, token.Start, keyword, 0, keyword.Length, StringComparison.OrdinalIgnoreCase) == 0;

    /// <summary>Whether a token is this character.</summary>
    public bool Is(int index, char character) =>
        index < Tokens.Count && Tokens[index] is { Kind: SqlTokenKind.Other, Length: 1 } token && Text[token.Start] == character;

    /// <summary>The name in a token, without its quotes.</summary>
    public string Name(int index)
    {
        SqlToken token = Tokens[index];
        string text = Text.Substring(token.Start, token.Length);
        if (text.Length < 2)
        {
            return text;
        }

        string inner = text.Substring(1, text.Length - 2);
        return text[0] switch
        {
            '[' => inner,
            '"' or '`' or '\'' => inner.Replace(new string(text[0], 2), text.Substring(0, 1)),
            _ => text,
        };
    }

    /// <summary>The line number, from 1, of a position in the text.</summary>
    public static int Line(string text, int position)
    {
        int line = 1;
        for (int i = 0; i < position; i++)
        {
            line += text[i] == '\n' ? 1 : 0;
        }

        return line;
    }

    private static IEnumerable<SqlToken> Read(string text)
    {
        int depth = 0;
        for (int start = 0; start < text.Length;)
        {
            (SqlTokenKind? kind, int end) = Next(text, start);
            if (kind is { } found)
            {
                depth -= text[start] == ')' && depth > 0 ? 1 : 0;
                yield return new SqlToken(found, start, end - start, depth);
                depth += text[start] == '(' ? 1 : 0;
            }

            start = end;
        }
    }

    /// <summary>The kind and end of the token at a position; no kind for white space and comments.</summary>
    private static (SqlTokenKind? Kind, int End) Next(string text, int start)
    {
        char c = text[start];
        char next = start + 1 < text.Length ? text[start + 1] : '\0';
        return c switch
        {
            ' ' or '\t' or '\n' or '\r' or '\f' or '\uFEFF' => (null, start + 1),
            '-' when next == '-' => (null, After(text, "\n", start + 2)),
            '/' when next == '*' => (null, After(text, "*/", start + 2)),
            '\'' => (SqlTokenKind.Literal, AfterQuoted(text, start)),
            '"' or '`' => (SqlTokenKind.QuotedName, AfterQuoted(text, start)),
            '[' => (SqlTokenKind.QuotedName, After(text, "]", start + 1)),
            'x' or 'X' when next == '\'' => (SqlTokenKind.Literal, AfterQuoted(text, start + 1)),
            >= '0' and <= '9' => (SqlTokenKind.Other, AfterNumber(text, start)),
            '.' when next is >= '0' and <= '9' => (SqlTokenKind.Other, AfterNumber(text, start)),
            '?' or '@' or '#' or ':' when IsNamePart(next) => (SqlTokenKind.Other, AfterName(text, start + 1)),
            _ when IsNamePart(c) => (SqlTokenKind.Word, AfterName(text, start)),
            _ => (SqlTokenKind.Other, start + 1),
        };
    }

    private static int After(string text, string mark, int start)
    {
        int found = start <= text.Length ? text.IndexOf(mark, start, StringComparison.Ordinal) : -1;
        return found < 0 ? text.Length : found + mark.Length;
    }

    /// <summary>Index after a quoted token; a doubled quote does not end it.</summary>
    private static int AfterQuoted(string text, int start)
    {
        char quote = text[start];
        int i = start + 1;
        while (i < text.Length)
        {
            if (text[i] != quote)
            {
                i++;
            }
            else if (i + 1 < text.Length && text[i + 1] == quote)
            {
                i += 2;
            }
            else
            {
                return i + 1;
            }
        }

        return text.Length;
    }

    private static int AfterNumber(string text, int start)
    {
        bool isHex = start + 1 < text.Length && text[start + 1] is 'x' or 'X';
        int i = start;
        while (i < text.Length && (IsNamePart(text[i]) || text[i] == '.' || (!isHex && text[i] is '+' or '-' && text[i - 1] is 'e' or 'E')))
        {
            i++;
        }

        return i;
    }

    private static int AfterName(string text, int start)
    {
        int i = start;
        while (i < text.Length && IsNamePart(text[i]))
        {
            i++;
        }

        return i;
    }

    private static bool IsNamePart(char c) =>
        c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or '$' or >= '\u0080';
}
