using System.Globalization;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Isolation;

/// <summary>
/// Columns and literal values in the CHECK constraints of a table. Usually one of these values is allowed.
/// </summary>
internal sealed class CheckConstraintHints
{
    private const int MaxLength = 64;

    private readonly List<(string? Name, string Text, HashSet<string> Columns, List<object> Values)> _checks = [];

    public CheckConstraintHints(TableSchema table, string? createTable)
    {
        if (createTable is null || TableDefinitionReader.Read(createTable) is not { } definition)
        {
            return;
        }

        foreach (ConstraintDefinition check in definition.AllConstraints.Where(c => c.Kind == ConstraintKind.Check))
        {
            SqlText sql = new(check.Span.In(createTable));
            int open = sql.Places.FirstOrDefault(i => sql.Is(i, '('));
            int close = sql.Places.LastOrDefault(i => sql.Is(i, ')'));
            IEnumerable<int> inside = sql.Places.Where(i => i > open && i < close);
            HashSet<string> columns = new(
                inside.Where(i => sql.Tokens[i].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName).Select(sql.Name),
                Identifier.Comparer);

            // A generated column stands for the columns that it is computed from, which may be any.
            bool isComputed = table.Columns.Any(c => c.Visibility != ColumnVisibility.Ordinary && columns.Contains(c.Name));
            _checks.Add(
                (
                    sql.Is(0, "CONSTRAINT") ? sql.Name(1) : null,
                    close > open ? sql.Text.Substring(sql.Tokens[open].End, sql.Tokens[close].Start - sql.Tokens[open].End).Trim() : "",
                    new HashSet<string>(
                        table
                            .Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary && (isComputed || columns.Contains(c.Name)))
                            .Select(c => c.Name),
                        Identifier.Comparer),
                    [.. inside.SelectMany(i => Values(sql, i))]));
        }
    }

    /// <summary>The columns of the constraint in SQLite's message; those of all constraints if it cannot be identified.</summary>
    public IEnumerable<string> ColumnsOf(string message)
    {
        string failed = message.Substring(message.IndexOf(':') + 1).Trim();
        List<HashSet<string>> named =
        [
            .. _checks.Where(c => c.Name == failed || (c.Name is null && c.Text == failed)).Select(c => c.Columns),
        ];
        return (named.Count > 0 ? named : [.. _checks.Select(c => c.Columns)]).SelectMany(c => c).Distinct(Identifier.Comparer);
    }

    /// <summary>The literals in the constraints of a column, and values derived from them.</summary>
    public IEnumerable<object> ValuesFor(string column) => _checks.Where(c => c.Columns.Contains(column)).SelectMany(c => c.Values);

    private static IEnumerable<object> Values(SqlText sql, int token)
    {
        string text = sql.Text.Substring(sql.Tokens[token].Start, sql.Tokens[token].Length);
        if (sql.Tokens[token].Kind == SqlTokenKind.Literal && text[0] == '\'')
        {
            string value = sql.Name(token);
            return value == Example(value) ? [value] : [value, Example(value)];
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number < long.MaxValue)
        {
            IEnumerable<object> near = [number, number + 1, number - 1, -number];
            return number is > 0 and <= MaxLength ? near.Concat("aA1".Select(c => (object)new string(c, (int)number))) : near;
        }

        return double.TryParse(
            text,
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out double real)
            ? [real, real + 1, real - 1]
            : [];
    }

    /// <summary>A text that matches a GLOB or LIKE pattern.</summary>
    private static string Example(string pattern)
    {
        System.Text.StringBuilder example = new();
        for (int i = 0; i < pattern.Length; i++)
        {
            int close = pattern[i] == '[' ? pattern.IndexOf(']', Math.Min(i + 2, pattern.Length)) : -1;
            if (close > 0)
            {
                bool isInverted = pattern[i + 1] == '^' && close > i + 2;
                _ = example.Append(isInverted ? (pattern[i + 2] is >= '0' and <= '9' ? 'a' : '1') : pattern[i + 1]);
                i = close;
            }
            else if (pattern[i] is '?' or '_')
            {
                _ = example.Append('a');
            }
            else if (pattern[i] is not ('*' or '%'))
            {
                _ = example.Append(pattern[i]);
            }
        }

        return example.ToString();
    }
}
