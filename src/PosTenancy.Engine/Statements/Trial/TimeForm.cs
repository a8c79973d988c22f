using System.Globalization;
using PosTenancy.Engine.Schema;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>How a column stores times, so that others can be made in the same form.</summary>
internal sealed class TimeForm
{
    private const long FirstSecond = 946_684_800; // 2000-01-01
    private const long LastSecond = 4_102_444_800; // 2100-01-01

    private static readonly string[] Future = ["expire", "expiry", "until", "due", "ends", "end_", "valid_to", "next_"];

    private readonly string? _format;
    private readonly string _suffix;
    private readonly long _perSecond;

    private TimeForm(string? format, string suffix, long perSecond)
    {
        _format = format;
        _suffix = suffix;
        _perSecond = perSecond;
    }

    /// <summary>The form of a value; <see langword="null"/> if it is no time.</summary>
    public static TimeForm? Find(object? value, ColumnSchema column) => value switch
    {
        string text when IsDate(text) => text.Length switch
        {
            10 => new TimeForm("yyyy-MM-dd", "", 0),
            >= 19 => new TimeForm($"yyyy-MM-dd'{text[10]}'HH:mm:ss", text.Substring(19), 0),
            16 => new TimeForm($"yyyy-MM-dd'{text[10]}'HH:mm", "", 0),
            _ => null,
        },
        long number when IsNamedTime(column) && number is > FirstSecond and < LastSecond => new TimeForm(null, "", 1),
        long number when IsNamedTime(column) && number / 1000 is > FirstSecond and < LastSecond => new TimeForm(null, "", 1000),
        _ => null,
    };

    /// <summary>The form in which a column without values stores times, by its type and name; <see langword="null"/> if neither says
    /// so.</summary>
    public static TimeForm? Guess(ColumnSchema column)
    {
        bool isTyped = Has(column.Type, "DATE") || Has(column.Type, "TIMESTAMP");
        if (!isTyped && !IsNamedTime(column))
        {
            return null;
        }

        return ColumnAffinities.FromDeclaredType(column.Type) switch
        {
            ColumnAffinity.Integer => new TimeForm(null, "", 1),
            ColumnAffinity.Real => null,
            _ => new TimeForm(
                column.Name.EndsWith("date", StringComparison.OrdinalIgnoreCase) || column.Name.EndsWith("_on", StringComparison.Ordinal)
                    ? "yyyy-MM-dd"
                    : "yyyy-MM-dd' 'HH:mm:ss",
                "",
                0),
        };
    }

    /// <summary>Whether a text begins with a date.</summary>
    public static bool IsDate(string text) =>
        text.Length >= 10 && text[4] == '-' && text[7] == '-' &&
        DateTime.TryParseExact(text.Substring(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>Whether a column is named as one of times that are mostly in the future.</summary>
    public static bool IsFuture(ColumnSchema column) => Future.Any(f => Has(column.Name, f));

    /// <summary>A time in this form.</summary>
    public object Make(DateTime time) => _format is null
        ? (long)(time - new DateTime(1970, 1, 1)).TotalSeconds * _perSecond
        : time.ToString(_format, CultureInfo.InvariantCulture) + _suffix;

    /// <summary>A value some days later; <see langword="null"/> if it is no time in this form.</summary>
    public object? Shift(object? value, int days) => value switch
    {
        long number when _format is null => number + (days * 86_400L * _perSecond),
        string text when IsDate(text) && text.Length >= 10 =>
            $"{Date(text).AddDays(days):yyyy-MM-dd}{text.Substring(10)}",
        _ => null,
    };

    private static DateTime Date(string text) => DateTime.ParseExact(text.Substring(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static bool IsNamedTime(ColumnSchema column) =>
        column.Name.EndsWith("_at", StringComparison.OrdinalIgnoreCase) ||
        column.Name.EndsWith("At", StringComparison.Ordinal) ||
        column.Name.EndsWith("_on", StringComparison.OrdinalIgnoreCase) ||
        Has(column.Name, "date") || Has(column.Name, "time") || IsFuture(column);

    private static bool Has(string text, string part) => text.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0;
}
