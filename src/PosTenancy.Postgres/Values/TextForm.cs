using System.Globalization;
using System.Text;

namespace PosTenancy.Postgres.Values;

/// <summary>The form of a text that may be a date: only one that PostgreSQL writes back character for character counts.</summary>
internal enum TextForm
{
    Any,
    Date,
    DateTime,
}

/// <summary>Reads dates and times as SQLite's own functions write them.</summary>
internal static class TextForms
{
    private const int DateLength = 10;
    private const int DateTimeLength = 19;
    private const long MicrosecondsPerDay = 86_400_000_000;

    /// <summary>Day 0 of PostgreSQL's dates.</summary>
    private static readonly DateTime Epoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

    /// <summary>The form of a text in UTF-8.</summary>
    public static TextForm Find(ReadOnlySpan<byte> utf8) => utf8.Length switch
    {
        DateLength when TryReadDays(utf8, out _) => TextForm.Date,
        DateTimeLength when TryReadMicroseconds(utf8, out _) => TextForm.DateTime,
        _ => TextForm.Any,
    };

    /// <summary>Days since 2000-01-01.</summary>
    public static int ReadDays(ReadOnlySpan<byte> utf8) => TryReadDays(utf8, out int days) ? days : throw Changed(utf8);

    /// <summary>Microseconds since 2000-01-01.</summary>
    public static long ReadMicroseconds(ReadOnlySpan<byte> utf8) =>
        TryReadMicroseconds(utf8, out long microseconds) ? microseconds : throw Changed(utf8);

    /// <summary>The text of a date.</summary>
    public static string WriteDays(int days) => Epoch.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The text of a timestamp.</summary>
    public static string WriteMicroseconds(long microseconds) =>
        Epoch.AddTicks(checked(10 * microseconds)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static bool TryReadDays(ReadOnlySpan<byte> utf8, out int days)
    {
        days = 0;
        if (utf8[4] != '-' || utf8[7] != '-' || !TryReadNumber(utf8, 0, 4, out int year) ||
            !TryReadNumber(utf8, 5, 2, out int month) || !TryReadNumber(utf8, 8, 2, out int day) ||
            year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        days = (int)(new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Unspecified) - Epoch).TotalDays;
        return true;
    }

    private static bool TryReadMicroseconds(ReadOnlySpan<byte> utf8, out long microseconds)
    {
        microseconds = 0;
        if (utf8[10] != ' ' || utf8[13] != ':' || utf8[16] != ':' || !TryReadDays(utf8.Slice(0, DateLength), out int days) ||
            !TryReadNumber(utf8, 11, 2, out int hour) || !TryReadNumber(utf8, 14, 2, out int minute) ||
            !TryReadNumber(utf8, 17, 2, out int second) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        microseconds = (days * MicrosecondsPerDay) + (((((hour * 60L) + minute) * 60L) + second) * 1_000_000);
        return true;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> utf8, int start, int length, out int number)
    {
        number = 0;
        for (int i = start; i < start + length; i++)
        {
            if (utf8[i] is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            number = (number * 10) + utf8[i] - '0';
        }

        return true;
    }

    private static InvalidOperationException Changed(ReadOnlySpan<byte> utf8) =>
        new($"'{Encoding.UTF8.GetString(utf8.ToArray())}' was not there when the values were examined.");
}
