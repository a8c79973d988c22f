using System.Globalization;

namespace PosTenancy.Engine.History;

/// <summary>A moment as a history keeps it: a text in UTC, Unix seconds, or Unix milliseconds.</summary>
internal static class HistoryTime
{
    /// <summary>In seconds this is the year 5138, in milliseconds 1973: what is above it counts milliseconds.</summary>
    private const long FirstMilliseconds = 100_000_000_000;

    /// <summary>The last millisecond of the year 9999.</summary>
    private const long LastMilliseconds = 253_402_300_799_999;

    /// <summary>Our own form: ISO 8601 in UTC with milliseconds.</summary>
    public static string Text(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A moment in the form of the newest value of a column.</summary>
    /// <param name="moment">The moment.</param>
    /// <param name="newest">The newest value; <see langword="null"/> if the column has none.</param>
    /// <param name="countsSeconds">Whether a column without values is one for numbers.</param>
    public static object InTheFormOf(DateTimeOffset moment, object? newest, bool countsSeconds) =>
        newest switch
        {
            // SQLite's own CURRENT_TIMESTAMP; it must go on sorting by time.
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
    /// The moment that a value stands for, or <see langword="null"/> if it does not tell. A text without a zone is taken for UTC.
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
