using System.Globalization;

namespace PosTenancy.Bench;

/// <summary>Computes and prints medians, in lines of 100 characters.</summary>
internal static class Figures
{
    public static TimeSpan Median(IEnumerable<TimeSpan> times)
    {
        List<TimeSpan> sorted = [.. times.Order()];
        return sorted[sorted.Count / 2];
    }

    /// <summary>The heading of <see cref="Row"/>.</summary>
    public static void Header(string what, string other) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what,-46}{"ours, spread",18}{other,18}{"ratio",7}{"target",11}"));

    /// <summary>Prints a figure of ours beside the same by other means.</summary>
    /// <param name="what">What was measured.</param>
    /// <param name="ours">Our times, one for each round.</param>
    /// <param name="others">The other times.</param>
    /// <param name="target">The ratio of the medians that we want; <see langword="null"/> if there is no target.</param>
    public static void Row(string what, IReadOnlyList<TimeSpan> ours, IReadOnlyList<TimeSpan> others, double? target = null)
    {
        double ratio = Median(ours) / Median(others);
        string verdict = target is not { } wanted ? ""
            : ratio <= wanted ? string.Create(CultureInfo.InvariantCulture, $"{wanted:0.00} met")
            : string.Create(CultureInfo.InvariantCulture, $"{wanted:0.00} {ratio - wanted:+0.00}");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{what,-46}{Times(ours),18}{Times(others),18}{ratio,7:0.00}{verdict,11}"));
    }

    private static string Times(IReadOnlyList<TimeSpan> times) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Seconds(Median(times))} ({Seconds(times.Min())}-{Seconds(times.Max())})");

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString(
        time.TotalSeconds >= 100 ? "0" : time.TotalSeconds >= 10 ? "0.0" : "0.00",
        CultureInfo.InvariantCulture);
}
