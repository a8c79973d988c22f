using System.Diagnostics;

namespace PosTenancy.Engine.Queries;

/// <summary>Durations of a query's runs.</summary>
/// <param name="Median">50th percentile.</param>
/// <param name="P95">95th percentile.</param>
internal readonly record struct QueryTimes(TimeSpan Median, TimeSpan P95)
{
    private const int MinSamples = 3;
    private const int MaxSamples = 500;

    /// <summary>Below this the measurement is mostly clock overhead: a shorter query runs several times per sample.</summary>
    private static readonly TimeSpan ShortestSample = TimeSpan.FromMilliseconds(0.1);

    /// <summary>
    /// Measures two queries alternately, so that other load on the machine affects both, and swaps which one runs first, so that neither
    /// always benefits from a warmer processor cache. Both have run before, so all of their data is cached.
    /// </summary>
    public static (QueryTimes Before, QueryTimes After) Measure(
        Action before,
        Action after,
        TimeSpan budget,
        CancellationToken cancellation)
    {
        int beforeRuns = Runs(before);
        int afterRuns = Runs(after);
        List<double> beforeSamples = [];
        List<double> afterSamples = [];
        Stopwatch watch = Stopwatch.StartNew();
        for (int i = 0; i < MaxSamples && (i < MinSamples || watch.Elapsed < budget); i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (i % 2 == 0)
            {
                beforeSamples.Add(Time(before, beforeRuns));
                afterSamples.Add(Time(after, afterRuns));
            }
            else
            {
                afterSamples.Add(Time(after, afterRuns));
                beforeSamples.Add(Time(before, beforeRuns));
            }
        }

        return (From(beforeSamples), From(afterSamples));
    }

    /// <summary>Summarizes samples, in seconds.</summary>
    public static QueryTimes From(List<double> samples)
    {
        samples.Sort();
        return new QueryTimes(
            Seconds(samples[samples.Count / 2]),
            Seconds(samples[Math.Min(samples.Count - 1, (int)(samples.Count * 0.95))]));
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));

    /// <summary>The number of runs per sample, determined by a run that is not counted.</summary>
    private static int Runs(Action query)
    {
        double once = Time(query, 1);
        return once >= ShortestSample.TotalSeconds
            ? 1
            : (int)Math.Min(100, Math.Ceiling(ShortestSample.TotalSeconds / Math.Max(once, 1e-7)));
    }

    private static double Time(Action query, int runs)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < runs; i++)
        {
            query();
        }

        return (double)(Stopwatch.GetTimestamp() - start) / Stopwatch.Frequency / runs;
    }
}
