using System.Diagnostics;

namespace PosTenancy.Engine.Queries;

/// <summary>How long the runs of a query took.</summary>
/// <param name="Median">Half of them took no longer.</param>
/// <param name="P95">95 % of them took no longer.</param>
internal readonly record struct QueryTimes(TimeSpan Median, TimeSpan P95)
{
    private const int MinSamples = 3;
    private const int MaxSamples = 500;

    /// <summary>A clock that is read more often than this measures itself: a shorter query is run several times for one sample.</summary>
    private static readonly TimeSpan ShortestSample = TimeSpan.FromMilliseconds(0.1);

    /// <summary>
    /// Measures two queries in turn, so that whatever else the machine does meets both, and changes which one is first, so that neither
    /// finds the cache of the processor warmer each time. Both have run before, so that everything that they read is in a cache.
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

    /// <summary>Sums samples up, in seconds.</summary>
    public static QueryTimes From(List<double> samples)
    {
        samples.Sort();
        return new QueryTimes(
            Seconds(samples[samples.Count / 2]),
            Seconds(samples[Math.Min(samples.Count - 1, (int)(samples.Count * 0.95))]));
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));

    /// <summary>How many runs one sample needs, told from a run that is not counted.</summary>
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
