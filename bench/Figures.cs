using System.Globalization;

namespace PosTenancy.Bench;

/// <summary>Computes and prints medians, in lines of 80 characters.</summary>
internal static class Figures
{
    public static TimeSpan Median(IEnumerable<TimeSpan> times)
    {
        List<TimeSpan> sorted = [.. times.Order()];
        return sorted[sorted.Count / 2];
    }

    /// <summary>The heading of <see cref="Row"/>.</summary>
    public static void Header(string what, string other) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"\n{what,-39}{"ours",8}{"+-",5}{other,9}{"ratio",7}  target"));

    /// <summary>Prints how long PosTenancy takes, beside other programs that do the same work.</summary>
    /// <param name="what">What was measured.</param>
    /// <param name="ours">Our times, one for each round.</param>
    /// <param name="others">The other times.</param>
    /// <param name="target">The ratio of the medians that we want; <see langword="null"/> if there is no target.</param>
    public static void Row(string what, IReadOnlyList<TimeSpan> ours, IReadOnlyList<TimeSpan> others, double? target = null)
    {
        (TimeSpan median, TimeSpan other) = (Median(ours), Median(others));
        double spread = (ours.Max() - ours.Min()) / median / 2;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-39}{Seconds(median),8}{spread,5:0%}{Seconds(other),9}{median / other,7:0.00}  {Verdict(median / other, target)}"));
    }

    /// <summary>Whether a target is met, or by how much it is missed.</summary>
    public static string Verdict(double measured, double? target) => target is not { } wanted ? ""
        : measured <= wanted ? string.Create(CultureInfo.InvariantCulture, $"{wanted:0.00} met")
        : string.Create(CultureInfo.InvariantCulture, $"{wanted:0.00} {measured - wanted:+0.00}");

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString(
        time.TotalSeconds >= 100 ? "0" : time.TotalSeconds >= 10 ? "0.0" : time.TotalSeconds >= 0.1 ? "0.00" : "0.0000",
        CultureInfo.InvariantCulture);
}
