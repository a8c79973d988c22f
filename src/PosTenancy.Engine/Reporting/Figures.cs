using System.Globalization;

namespace PosTenancy.Engine.Reporting;

/// <summary>Formats numbers for readers, independent of the culture.</summary>
internal static class Figures
{
    private static readonly string[] Units = ["KiB", "MiB", "GiB", "TiB"];

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Count(long value, string one, string many) => $"{Count(value)} {(value == 1 ? one : many)}";

    /// <summary>The exact number of bytes and, from 1 KiB, a rounded size.</summary>
    public static string Bytes(long bytes)
    {
        string exact = Count(bytes, "byte", "bytes");
        double size = bytes / 1024.0;
        if (Math.Abs(size) < 1)
        {
            return exact;
        }

        int unit = 0;
        for (; Math.Abs(size) >= 1024 && unit < Units.Length - 1; unit++)
        {
            size /= 1024;
        }

        return $"{exact} ({size.ToString("0.#", CultureInfo.InvariantCulture)} {Units[unit]})";
    }

    public static string Duration(TimeSpan duration) => duration < TimeSpan.FromSeconds(1)
        ? duration.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture) + " ms"
        : duration.TotalSeconds.ToString("N3", CultureInfo.InvariantCulture) + " s";

    public static string Percent(double part, double whole) =>
        whole == 0 ? "no percentage of zero" : (100 * part / whole).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    public static string Date(DateTimeOffset moment) => moment.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset moment) => moment.ToString("HH:mm:ss zzz", CultureInfo.InvariantCulture);

    /// <summary>Formats a moment to the millisecond: most migrations begin and end within one second.</summary>
    public static string Moment(DateTimeOffset moment) => moment.ToString("yyyy-MM-dd HH:mm:ss.fff zzz", CultureInfo.InvariantCulture);
}
