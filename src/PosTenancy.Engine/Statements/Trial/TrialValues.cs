using System.Globalization;
using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>
/// The values of a column that is no key: the first tenant's are those of existing rows, or made up; the second tenant's are equal to,
/// below and above them, so that a filter is needed to tell them apart, and neither LIMIT 1 nor MAX hides them.
/// </summary>
internal sealed class TrialValues
{
    /// <summary>
    /// Rows of each tenant in a table. The last has no children, so that it can be deleted, and a row can be inserted for it.
    /// </summary>
    public const int Rows = 4;

    private static readonly string[] Ended = ["delet", "archiv", "void", "cancel", "revok"];

    private readonly ColumnSchema _column;
    private readonly object?[] _own;
    private readonly TimeForm? _time;
    private readonly bool _isEnumerated;

    /// <summary>Chooses the values.</summary>
    /// <param name="table">The table.</param>
    /// <param name="column">Index of the column.</param>
    /// <param name="templates">Existing rows of the first tenant.</param>
    /// <param name="checks">What the CHECK constraints of the table allow.</param>
    /// <param name="defaultValue">The value of the column's DEFAULT; <see langword="null"/> if it has none.</param>
    /// <param name="now">The time at which the clock is held.</param>
    public TrialValues(
        TrialTable table,
        int column,
        IReadOnlyList<object?[]> templates,
        CheckConstraintHints checks,
        object? defaultValue,
        DateTime now)
    {
        _column = table.Columns[column];
        string[] allowed = [.. checks.ValuesFor(_column.Name).OfType<string>().Distinct(StringComparer.Ordinal)];
        object? example = templates.Select(t => t[column]).FirstOrDefault(v => v is not null);
        _time = example is not null
            ? TimeForm.Find(example, _column)
            : TimeForm.Find(defaultValue, _column) ?? (allowed.Length == 0 ? TimeForm.Guess(_column) : null);
        _isEnumerated = allowed.Length > 0 || IsFlag(_column) ||
            (example ?? defaultValue) is string { Length: > 0 } text && text[0] is '{' or '[';

        // Of a column that is NULL in every example, the rows in the middle have values nevertheless.
        _own = [.. Enumerable.Range(1, Rows).Select(row => Own(row, templates.Count == 0 || (example is null && row is 2 or 3)
            ? MakeUp(row, allowed, defaultValue)
            : templates[(row - 1) % templates.Count][column]))];

        object? Own(int row, object? value) => value is null || _time is null ? value : _time.Make(Moment(row, now));
    }

    /// <summary>The value of a row.</summary>
    public object? Value(TrialOwner owner, int row) => (owner, row) switch
    {
        (TrialOwner.First, _) => _own[row - 1],
        (_, 2) => Beside(-1),
        (_, 3) => Beside(1),

        // Where the first example is NULL, one row has a value that the first tenant has as well.
        (_, Rows) => _own[0] ?? Array.Find(_own, v => v is not null),
        _ => _own[0],
    };

    /// <summary>Whether a column is named as one that says yes or no.</summary>
    public static bool IsFlag(ColumnSchema column) =>
        column.Name.StartsWith("is_", StringComparison.OrdinalIgnoreCase) ||
        column.Name.StartsWith("has_", StringComparison.OrdinalIgnoreCase) ||
        column.Type.StartsWith("BOOL", StringComparison.OrdinalIgnoreCase) ||
        Identifier.Comparer.Equals(column.Name, "active") ||
        Identifier.Comparer.Equals(column.Name, "enabled");

    /// <summary>An expression of SQL with another value of the same type.</summary>
    public static string OtherThan(string name) =>
        $"CASE typeof({name}) WHEN 'text' THEN {name} || '~' WHEN 'blob' THEN CAST({name} || x'7E' AS BLOB) ELSE {name} + 1000003 END";

    /// <summary>A value below or above all of these.</summary>
    public static object? Beyond(IReadOnlyList<object?> values, int direction, TimeForm? time = null)
    {
        object[] present = [.. values.Where(v => v is not null).Select(v => v!)];
        if (present.Length == 0)
        {
            return null;
        }

        object extreme = present.Aggregate((a, b) => Compare(a, b) * direction >= 0 ? a : b);
        return extreme switch
        {
            _ when time?.Shift(extreme, direction) is { } shifted => shifted,
            long number => number is long.MaxValue or long.MinValue ? number : number + direction,
            double number => number + direction,
            string text => direction < 0 ? "!" + text : "~" + text,
            _ => extreme,
        };
    }

    private static int Compare(object a, object b) => (a, b) switch
    {
        (string x, string y) => string.CompareOrdinal(x, y),
        (long x, long y) => x.CompareTo(y),
        (long or double, long or double) => Convert.ToDouble(a, CultureInfo.InvariantCulture)
            .CompareTo(Convert.ToDouble(b, CultureInfo.InvariantCulture)),
        _ => 0,
    };

    private DateTime Moment(int row, DateTime now) => (TimeForm.IsFuture(_column), row) switch
    {
        (false, 2) => now.AddDays(-400),
        (false, 3) => now.AddDays(-2),
        (false, _) => now.AddHours(-1),
        (true, 2) => now.AddDays(-2),
        (true, 3) => now.AddDays(1),
        _ => now.AddDays(30),
    };

    private object? Beside(int direction) => _isEnumerated ? _own[0] : Beyond(_own, direction, _time);

    private object? MakeUp(int row, string[] allowed, object? defaultValue)
    {
        bool Has(string part) => _column.Name.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0;
        bool isEnded = Ended.Any(Has);
        if (_time is not null)
        {
            return isEnded && row != 2 && !_column.IsNotNull ? null : "";
        }

        if (allowed.Length > 0)
        {
            return defaultValue ?? allowed[0];
        }

        if (IsFlag(_column) || isEnded)
        {
            return defaultValue ?? (isEnded ? 0L : 1L);
        }

        if (defaultValue is not (null or 0L or 0.0 or ""))
        {
            return defaultValue;
        }

        return ColumnAffinities.FromDeclaredType(_column.Type) switch
        {
            ColumnAffinity.Integer or ColumnAffinity.Numeric => 10L * row,
            ColumnAffinity.Real => 10.5 * row,
            ColumnAffinity.None when _column.Type.Length > 0 => new byte[] { 0x63, (byte)row },
            _ when Has("email") => $"{_column.Name}{row}@example.com",
            _ when Has("json") || Has("payload") || Has("metadata") => "{}",
            _ => $"{_column.Name} {row}",
        };
    }
}
