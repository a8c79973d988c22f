using System.Globalization;
using System.Text;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres.Planning;

/// <summary>DEFAULT values that are the same in PostgreSQL: constants, and the current time in the form that SQLite writes.</summary>
internal static class Defaults
{
    private const string Now = "statement_timestamp() AT TIME ZONE 'UTC'";

    /// <summary>The default in PostgreSQL; empty for none, <see langword="null"/> if there is no equal one.</summary>
    /// <param name="text">The default as SQLite reports it.</param>
    /// <param name="type">The type of the column.</param>
    public static string? Translate(string text, PostgresType type)
    {
        SqlText sql = new(text);
        int first = 0;
        int count = sql.Tokens.Count;
        while (count > 2 && sql.Is(first, '(') && sql.Is(first + count - 1, ')'))
        {
            first++;
            count -= 2;
        }

        string Token(int i) => sql.Text.Substring(sql.Tokens[first + i].Start, sql.Tokens[first + i].Length);
        if (count == 1)
        {
            return sql.Tokens[first].Kind switch
            {
                SqlTokenKind.Literal when Token(0)[0] == '\'' => Constant(sql.Name(first), isNumber: false, type),
                SqlTokenKind.Literal => type == PostgresType.Bytea ? $"'\\x{Token(0).Substring(2, Token(0).Length - 3)}'::bytea" : null,
                SqlTokenKind.QuotedName => Constant(sql.Name(first), isNumber: false, type),
                SqlTokenKind.Word => Word(Token(0).ToUpperInvariant(), type),
                _ => Constant(Token(0), isNumber: true, type),
            };
        }

        return count switch
        {
            2 when Token(0) is "-" or "+" => Constant(Token(0) == "-" ? "-" + Token(1) : Token(1), isNumber: true, type),
            3 when Token(0).Equals("unixepoch", StringComparison.OrdinalIgnoreCase) && type == PostgresType.Bigint =>
                "floor(extract(epoch FROM statement_timestamp()))::bigint",
            4 when Token(2) == "'now'" && sql.Is(first + 1, '(') => Word(
                Token(0).ToUpperInvariant() switch
                {
                    "DATETIME" => "CURRENT_TIMESTAMP",
                    "DATE" => "CURRENT_DATE",
                    "TIME" => "CURRENT_TIME",
                    _ => "",
                },
                type),
            6 when Token(0).Equals("strftime", StringComparison.OrdinalIgnoreCase) && Token(4) == "'now'" &&
                sql.Tokens[first + 2].Kind == SqlTokenKind.Literal && type == PostgresType.Text => Formatted(sql.Name(first + 2)),
            _ => null,
        };
    }

    private static string? Word(string word, PostgresType type) => (word, type) switch
    {
        ("NULL", _) => "",
        ("TRUE", PostgresType.Bigint) => "1",
        ("FALSE", PostgresType.Bigint) => "0",
        ("CURRENT_TIMESTAMP", PostgresType.Text) => $"to_char({Now}, 'YYYY-MM-DD HH24:MI:SS')",
        ("CURRENT_DATE", PostgresType.Text) => $"to_char({Now}, 'YYYY-MM-DD')",
        ("CURRENT_TIME", PostgresType.Text) => $"to_char({Now}, 'HH24:MI:SS')",
        ("CURRENT_TIMESTAMP", PostgresType.Timestamp) => $"date_trunc('second', {Now})",
        ("CURRENT_DATE", PostgresType.Date) => $"({Now})::date",
        _ => null,
    };

    /// <summary>A constant, as the column's affinity would store it.</summary>
    private static string? Constant(string value, bool isNumber, PostgresType type)
    {
        switch (type)
        {
            case PostgresType.Text:
                // SQLite would store 1.50 as '1.5': only an integer is its own text.
                return !isNumber || IsInteger(value, out _) ? Identifier.Literal(value) : null;
            case PostgresType.Bigint:
                return IsInteger(value, out long integer) ? integer.ToString(CultureInfo.InvariantCulture) : null;
            case PostgresType.Double:
                return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) && !double.IsInfinity(real)
                    ? DecimalText.Write(real)
                    : null;
            case PostgresType.Date:
                return TextForms.Find(Encoding.UTF8.GetBytes(value)) == TextForm.Date ? Identifier.Literal(value) : null;
            case PostgresType.Timestamp:
                return TextForms.Find(Encoding.UTF8.GetBytes(value)) == TextForm.DateTime ? Identifier.Literal(value) : null;
            default:
                return null;
        }
    }

    private static bool IsInteger(string value, out long integer) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out integer) &&
        integer.ToString(CultureInfo.InvariantCulture) == value.TrimStart('+');

    /// <summary>The current time by a format of strftime.</summary>
    private static string? Formatted(string format)
    {
        StringBuilder result = new();
        for (int i = 0; i < format.Length; i++)
        {
            string? piece = format[i] != '%'
                ? $"\"{format[i]}\""
                : (i + 1 < format.Length ? format[++i] : '\0') switch
                {
                    'Y' => "YYYY",
                    'm' => "MM",
                    'd' => "DD",
                    'H' => "HH24",
                    'M' => "MI",
                    'S' => "SS",
                    'f' => "SS.MS",
                    _ => null,
                };
            if (piece is null || format[i] is '"' or '\\')
            {
                return null;
            }

            _ = result.Append(piece);
        }

        return $"to_char({Now}, {Identifier.Literal(result.ToString())})";
    }
}
