using System.Text;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Postgres.Planning;

/// <summary>
/// Expressions that mean the same in SQLite and in PostgreSQL. Everything whose meaning differs is left out: division (by zero it is NULL
/// in SQLite), LIKE (case counts in PostgreSQL), IS between values, and every function that is not listed here.
/// </summary>
internal static class Expressions
{
    private static readonly HashSet<string> Keywords = new(StringComparer.OrdinalIgnoreCase)
    {
        "AND", "OR", "NOT", "IN", "BETWEEN", "IS", "NULL", "ISNULL", "NOTNULL", "CASE", "WHEN", "THEN", "ELSE", "END",
    };

    /// <summary>
    /// Functions by their name in PostgreSQL. Under collation "C", lower and upper change ASCII letters alone, as in SQLite.
    /// </summary>
    private static readonly Dictionary<string, string> Functions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["length"] = "length",
        ["lower"] = "lower",
        ["upper"] = "upper",
        ["abs"] = "abs",
        ["coalesce"] = "coalesce",
        ["ifnull"] = "coalesce",
        ["nullif"] = "nullif",
        ["trim"] = "btrim",
        ["ltrim"] = "ltrim",
        ["rtrim"] = "rtrim",
    };

    /// <summary>The expression in PostgreSQL; <see langword="null"/> if it might mean something else.</summary>
    /// <param name="text">The expression in SQLite.</param>
    /// <param name="table">The table whose columns it uses.</param>
    public static string? Translate(string text, TableSchema table)
    {
        SqlText sql = new(text);
        StringBuilder result = new();
        int end = 0;
        foreach (int i in sql.Places)
        {
            SqlToken token = sql.Tokens[i];
            if (Translate(sql, i, table) is not { } piece)
            {
                return null;
            }

            _ = result.Append(i > 0 && token.Start > end ? " " : "").Append(piece);
            end = token.End;
        }

        return result.Length == 0 ? null : result.ToString();
    }

    private static string? Translate(SqlText sql, int i, TableSchema table)
    {
        SqlToken token = sql.Tokens[i];
        string text = sql.Text.Substring(token.Start, token.Length);
        return token.Kind switch
        {
            SqlTokenKind.Literal => text[0] == '\'' ? text : null,
            SqlTokenKind.QuotedName => Column(sql.Name(i), table),
            SqlTokenKind.Word when sql.Is(i + 1, '(') && !Keywords.Contains(text) => Functions.TryGetValue(text, out string? f) ? f : null,
            SqlTokenKind.Word when Keywords.Contains(text) => IsOfNull(sql, i) ? text : null,
            SqlTokenKind.Word => Column(text, table),
            _ => Operator(sql, i, text),
        };
    }

    private static string? Column(string name, TableSchema table) =>
        table.FindColumn(name) is { } column && column.Collation.Equals("BINARY", StringComparison.OrdinalIgnoreCase)
            ? Identifier.Quote(column.Name)
            : null;

    /// <summary>IS compares any two values in SQLite; in PostgreSQL it only asks for NULL.</summary>
    private static bool IsOfNull(SqlText sql, int i) =>
        !sql.Is(i, "IS") || sql.Is(i + 1, "NULL") || (sql.Is(i + 1, "NOT") && sql.Is(i + 2, "NULL"));

    private static string? Operator(SqlText sql, int i, string text)
    {
        bool IsNext(char c) => sql.Is(i + 1, c) && sql.Tokens[i + 1].Start == sql.Tokens[i].End;
        bool IsAfter(char c) => i > 0 && sql.Is(i - 1, c) && sql.Tokens[i - 1].End == sql.Tokens[i].Start;
        return text switch
        {
            "(" or ")" or "," or "+" or "-" or "*" => text,
            "<" => IsNext('<') || IsAfter('<') ? null : text,
            ">" => IsNext('>') || IsAfter('>') ? null : text,
            "!" => IsNext('=') ? text : null,
            "=" => IsAfter('=') ? "" : text,
            "|" => IsNext('|') || IsAfter('|') ? text : null,
            _ when !text.All(c => c is (>= '0' and <= '9') or '.') => null,

            // To PostgreSQL a number with a point is a numeric, which is calculated with in decimal.
            _ => text.Contains(".") ? $"({text}::double precision)" : text,
        };
    }
}
