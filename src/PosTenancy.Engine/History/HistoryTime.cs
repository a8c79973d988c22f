using System.Globalization;

namespace PosTenancy.Engine.History;

/// <summary>A moment as stored in a history: UTC text, Unix seconds, or Unix milliseconds.</summary>
internal static class HistoryTime
{
    /// <summary>In seconds this is the year 5138, in milliseconds 1973: larger values are milliseconds.</summary>
    private const long FirstMilliseconds = 100_000_000_000;

    /// <summary>The last millisecond of the year 9999.</summary>
    private const long LastMilliseconds = 253_402_300_799_999;

    /// <summary>Formats a moment as PosTenancy does: ISO 8601 in UTC with milliseconds.</summary>
    public static string Text(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Converts a moment to the form of the newest value of a column.</summary>
    /// <param name="moment">Moment to convert.</param>
    /// <param name="newest">Newest value; <see langword="null"/> if the column has none.</param>
    /// <param name="countsSeconds">Whether an empty column is declared numeric.</param>
    public static object InTheFormOf(DateTimeOffset moment, object? newest, bool countsSeconds) =>
        newest switch
        {
            // The form of SQLite's CURRENT_TIMESTAMP; the column must continue to sort by time.
            string text when text.Length >= 19 && text[10] == ' ' => moment.UtcDateTime.ToString(
                "yyyy-MM-dd HH:mm:ss",
                CultureInfo.InvariantCulture),
            long or double => Convert.ToDouble(newest, CultureInfo.InvariantCulture) >= FirstMilliseconds
                ? moment.ToUnixTimeMilliseconds()
                : moment.ToUnixTimeSeconds(),
            null when countsSeconds => moment.ToUnixTimeSeconds(),
            _ => Text(moment),
        };

    /// <summary>
    /// Parses a stored moment; <see langword="null"/> if the value is not one. A text without a time zone is taken as UTC.
    /// </summary>
    public static DateTimeOffset? Parse(object? value) =>
        value switch
        {
            long number when Math.Abs((double)number) < FirstMilliseconds => DateTimeOffset.FromUnixTimeSeconds(number),
            long number and > 0 and <= LastMilliseconds => DateTimeOffset.FromUnixTimeMilliseconds(number),
            string text
                when DateTimeOffset.TryParse(
                    text,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                    out DateTimeOffset moment) => moment,
            _ => null,
        };
}
