using System.Globalization;

namespace PosTenancy.Bench;

/// <summary>Computes and prints medians.</summary>
internal static class Figures
{
    public static TimeSpan Median(IEnumerable<TimeSpan> times)
    {
        List<TimeSpan> sorted = [.. times.Order()];
        return sorted[sorted.Count / 2];
    }

    public static void Header(string what, string other) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-58}{"ours",12}{other,12}{"ratio",8}"));

    public static void Row(string what, TimeSpan ours, TimeSpan? other) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what,-58}{ours.TotalMilliseconds,9:N1} ms{(other is { } o ? $"{o.TotalMilliseconds,9:N1} ms{ours / o,8:N2}" : "")}"));
}
