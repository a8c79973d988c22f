using PosTenancy.Engine.Sqlite;
using SQLitePCL;

namespace PosTenancy.Engine.Statements.Source;

/// <summary>
/// Tells SQL from other text by its first word and what such a statement needs next. In doubt it is SQL: whether it compiles is for SQLite
/// to decide.
/// </summary>
internal static class SqlRecognition
{
    private static readonly HashSet<string> Reported =
        new(StringComparer.OrdinalIgnoreCase) { "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH" };

    private static readonly HashSet<string> Others = new(StringComparer.OrdinalIgnoreCase)
    {
        "CREATE", "DROP", "ALTER", "PRAGMA", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "ATTACH", "DETACH", "VACUUM", "REINDEX",
        "ANALYZE", "EXPLAIN",
    };

    private static readonly HashSet<string> Objects = new(StringComparer.OrdinalIgnoreCase)
    {
        "TABLE", "INDEX", "VIEW", "TRIGGER", "UNIQUE", "TEMP", "TEMPORARY", "VIRTUAL",
    };

    private static readonly HashSet<string> AfterTable = new(StringComparer.OrdinalIgnoreCase)
    {
        "WHERE", "JOIN", "LEFT", "RIGHT", "FULL", "INNER", "OUTER", "CROSS", "NATURAL", "ON", "USING", "GROUP", "ORDER", "HAVING", "LIMIT",
            "UNION",
        "INTERSECT", "EXCEPT", "WINDOW", "INDEXED", "NOT", "RETURNING", "FOR", "SET",
    };

    private static readonly HashSet<string> Transaction = new(StringComparer.OrdinalIgnoreCase)
    {
        "TRANSACTION", "DEFERRED", "IMMEDIATE", "EXCLUSIVE", "CONCURRENT", "SAVEPOINT", "TO",
    };

    private static readonly Lazy<HashSet<string>> Keywords = new(ReadKeywords);

    /// <summary>Whether a text can begin with a statement: a first look that reads no further than the first word.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isHole">Whether a character stands for a value.</param>
    public static bool CanBegin(string text, Func<int, bool> isHole)
    {
        int i = 0;
        while (i < text.Length)
        {
            if (text[i] is ' ' or '\t' or '\r' or '\n' or '\f' or '(' or ';' or '\uFEFF' || isHole(i))
            {
                i++;
            }
            else if (text[i] == '-' && i + 1 < text.Length && text[i + 1] == '-')
            {
                int end = text.IndexOf('\n', i);
                i = end < 0 ? text.Length : end;
            }
            else if (text[i] == '/' && i + 1 < text.Length && text[i + 1] == '*')
            {
                int end = text.IndexOf("*/", i + 2, StringComparison.Ordinal);
                i = end < 0 ? text.Length : end + 2;
            }
            else
            {
                break;
            }
        }

        int start = i;
        while (i < text.Length && i - start < 10 && text[i] is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'))
        {
            i++;
        }

        string word = text.Substring(start, i - start);
        return Reported.Contains(word) || Others.Contains(word);
    }

    /// <summary>The first word of a statement that reads or writes rows; <see langword="null"/> if the text is none.</summary>
    /// <param name="sql">The text.</param>
    /// <param name="first">Index of its first token.</param>
    /// <param name="last">Index of its last token.</param>
    /// <param name="isHole">Whether a token contains a value that is not fixed.</param>
    /// <param name="isScript">Whether everything in the text is SQL, as in a file of statements.</param>
    public static SqlKind Classify(SqlText sql, int first, int last, Func<int, bool> isHole, bool isScript)
    {
        int word = first;
        while (word <= last && (sql.Is(word, '(') || (isHole(word) && sql.Tokens[word].Length == 1)))
        {
            word++;
        }

        if (word > last || sql.Tokens[word].Kind != SqlTokenKind.Word)
        {
            return default;
        }

        // A scalar query in parentheses that goes on is part of another statement; a word that goes on is none.
        bool isPart = sql.Is(first, '(') && EndsWithin(sql, first, last);
        int end = sql.Tokens[word].End;
        bool isWord = end == sql.Text.Length || word == last || char.IsWhiteSpace(sql.Text[end]) ||
            sql.Text[end] is '(' or '*' or '"' or '\'' or '[' or
            '`' or '/' || (sql.Text[end] == '-' && end + 1 < sql.Text.Length && sql.Text[end + 1] == '-');
        if ((isPart || !isWord) && !isScript)
        {
            return default;
        }

        string name = FirstWord(sql, word).ToUpperInvariant();
        Reader reader = new(sql, last, isHole);
        bool isStatement = name switch
        {
            "SELECT" => reader.IsSelect(word),
            "INSERT" or "REPLACE" => reader.IsInsert(word),
            "UPDATE" => reader.IsUpdate(word),
            "DELETE" => reader.IsDelete(word),
            "WITH" => reader.IsWith(word),
            _ => false,
        };
        return isStatement && !reader.IsProse(word) ? new SqlKind(name, IsSkipped: false)
            : Others.Contains(name) && (isScript || reader.IsOther(word, name)) ? new SqlKind(name, IsSkipped: true)
            : isScript ? new SqlKind(name is "SELECT" or "VALUES" ? name : "other", IsSkipped: true)
            : default;
    }

    /// <summary>The first word, without a value directly before it.</summary>
    private static string FirstWord(SqlText sql, int word) => sql.Name(word).TrimStart(ComposedText.HoleMark);

    /// <summary>Whether the parentheses at the beginning close before the end, and no other query follows.</summary>
    private static bool EndsWithin(SqlText sql, int first, int last)
    {
        int depth = sql.Tokens[first].Depth;
        for (int i = first + 1; i < last; i++)
        {
            if (sql.Is(i, ')') && sql.Tokens[i].Depth == depth)
            {
                return !(sql.Is(i + 1, "UNION") || sql.Is(i + 1, "EXCEPT") || sql.Is(i + 1, "INTERSECT") || sql.Is(i + 1, "ORDER") ||
                    sql.Is(i + 1, "LIMIT"));
            }
        }

        return false;
    }

    /// <summary>Whether SQLite knows a word as a keyword.</summary>
    public static bool IsKeyword(string word) => Keywords.Value.Contains(word);

    private static HashSet<string> ReadKeywords()
    {
        SqliteLibrary.Load();
        HashSet<string> keywords = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < raw.sqlite3_keyword_count(); i++)
        {
            if (raw.sqlite3_keyword_name(i, out string name) == raw.SQLITE_OK)
            {
                keywords.Add(name);
            }
        }

        return keywords;
    }

    /// <summary>What the beginning of each statement needs.</summary>
    private readonly struct Reader(SqlText sql, int last, Func<int, bool> isHole)
    {
        /// <summary>Without FROM it reaches no table; with a value that is not fixed it may.</summary>
        public bool IsSelect(int word)
        {
            bool hasHole = false;
            for (int i = word + 1; i <= last; i++)
            {
                if (sql.Is(i, "FROM"))
                {
                    return i == last || !IsNumber(i + 1);
                }

                hasHole |= isHole(i);
            }

            return hasHole && IsUpper(word);
        }

        public bool IsInsert(int word)
        {
            int into = word + 1;
            into += sql.Is(into, "OR") ? 2 : 0;
            if (into > last || !sql.Is(into, "INTO"))
            {
                return false;
            }

            int next = AfterName(into + 1);
            next += next <= last && sql.Is(next, "AS") ? 2 : 0;
            return into < last && (next > last || isHole(next) || isHole(next - 1) || sql.Is(next, '(') || sql.Is(next, "VALUES") ||
                sql.Is(next, "SELECT") || sql.Is(next, "WITH") || sql.Is(next, "DEFAULT"));
        }

        public bool IsUpdate(int word)
        {
            int name = word + 1;
            name += sql.Is(name, "OR") ? 2 : 0;
            bool hasHole = false;
            for (int i = name; i <= last && i < name + 10; i++)
            {
                if (i > name && sql.Is(i, "SET"))
                {
                    return i == last || isHole(i + 1) || sql.Is(i + 1, '(') || (IsName(i + 1) &&
                        (i + 1 == last || isHole(i + 2) || sql.Is(i + 2, '=') || sql.Is(i + 2, '.')));
                }

                hasHole |= isHole(i);
            }

            return hasHole && last < name + 10 && IsUpper(word);
        }

        public bool IsDelete(int word)
        {
            if (!sql.Is(word + 1, "FROM") || word + 1 >= last)
            {
                return isHole(word + 1) && IsUpper(word);
            }

            int next = AfterName(word + 2);
            return next > last || isHole(next) || isHole(next - 1) ||
                IsWord(next, "WHERE", "AS", "INDEXED", "NOT", "RETURNING", "ORDER", "LIMIT") ||
                (IsName(next) && !IsKeyword(sql.Name(next)) && next < last && sql.Is(next + 1, "WHERE"));
        }

        public bool IsWith(int word)
        {
            int name = word + 1;
            name += sql.Is(name, "RECURSIVE") ? 1 : 0;
            int next = AfterName(name);
            if (sql.Is(next, '('))
            {
                int depth = sql.Tokens[next].Depth;
                next++;
                while (next <= last && !(sql.Is(next, ')') && sql.Tokens[next].Depth == depth))
                {
                    next++;
                }

                next++;
            }

            return next <= last && sql.Is(next, "AS") &&
                (next == last || sql.Is(next + 1, '(') || IsWord(next + 1, "MATERIALIZED", "NOT") || isHole(next + 1));
        }

        /// <summary>Three names in a row are not SQL, nor is a full stop at the end. No sentence begins in capitals.</summary>
        public bool IsProse(int word)
        {
            if (IsUpper(word))
            {
                return false;
            }

            int names = 0;
            for (int i = word; i <= last; i++)
            {
                bool isName = sql.Tokens[i] is { Kind: SqlTokenKind.Word, Depth: 0 } && !isHole(i) && !IsKeyword(sql.Name(i)) &&
                    !char.IsDigit(sql.Text[sql.Tokens[i].Start]) && sql.Text[sql.Tokens[i].Start] != '$';
                names = isName ? names + 1 : 0;
                if (names == 3 || (sql.Is(i, "FROM") && sql.Tokens[i].Depth == 0 && !IsTableList(i + 1)))
                {
                    return true;
                }
            }

            return sql.Is(last, '.') || sql.Is(last, '!');
        }

        /// <summary>Whether a table and its alias are followed by what can follow them.</summary>
        private bool IsTableList(int from)
        {
            int next = from > last || !IsName(from) || isHole(from) ? last + 1 : AfterName(from);
            next += next <= last && sql.Is(next, "AS") ? 2 : next <= last && IsName(next) && !IsKeyword(sql.Name(next)) ? 1 : 0;
            return next > last || isHole(next) || sql.Tokens[next].Kind != SqlTokenKind.Word || AfterTable.Contains(sql.Name(next));
        }

        public bool IsOther(int word, string name)
        {
            bool isUpper = IsUpper(word);
            int next = word + 1;
            switch (name)
            {
                case "CREATE" or "DROP" or "ALTER":
                    return next <= last && Objects.Contains(sql.Name(next));
                case "PRAGMA":
                    return next <= last && sql.Tokens[next].Kind == SqlTokenKind.Word;
                case "SAVEPOINT" or "RELEASE":
                    return isUpper && next <= last && last <= word + 2;
                case "ATTACH":
                    return isUpper && next < last;
                case "BEGIN" or "COMMIT" or "ROLLBACK":
                    for (int i = next; i <= last; i++)
                    {
                        if (!Transaction.Contains(sql.Name(i)) && !(i == last && i > next))
                        {
                            return false;
                        }
                    }

                    return isUpper || next <= last;
                default:
                    return isUpper;
            }
        }

        private int AfterName(int index)
        {
            int next = index + 1;
            while (next < last && sql.Is(next, '.'))
            {
                next += 2;
            }

            return next;
        }

        private bool IsName(int index) =>
            index <= last && sql.Tokens[index].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName or SqlTokenKind.Literal;

        private bool IsNumber(int index) =>
            index <= last && sql.Tokens[index].Kind == SqlTokenKind.Other && char.IsDigit(sql.Text[sql.Tokens[index].Start]);

        private bool IsUpper(int index) => FirstWord(sql, index).All(char.IsUpper);

        private bool IsWord(int index, params string[] words)
        {
            SqlText text = sql;
            return index <= last && words.Any(w => text.Is(index, w));
        }
    }
}

/// <summary>What a text is.</summary>
/// <param name="Name">First word; <see langword="null"/> if it is no SQL.</param>
/// <param name="IsSkipped">Whether it is SQL that is not reported.</param>
internal readonly record struct SqlKind(string? Name, bool IsSkipped);
