using System.Collections.Concurrent;
using PosTenancy.Tests.Faults.Promise;
using PosTenancy.Tests.Faults.Tracing;

namespace PosTenancy.Tests.Faults.Kills;

/// <summary>Runs the victim of a scenario once per fault and verifies the promise after each run.</summary>
internal sealed class FaultRuns(Scenario scenario)
{
    /// <summary>
    /// Other processes may start or end while a victim searches for those that have the file open, which changes the number of calls.
    /// </summary>
    private const int Attempts = 4;

    private readonly ConcurrentBag<(FaultPoint Point, string? Problem, bool WasHit)> _tried = [];

    /// <summary>The points that were tried and met.</summary>
    public IReadOnlyList<FaultPoint> Hit => [.. _tried.Where(t => t.WasHit).Select(t => t.Point)];

    /// <summary>The points that no attempt met.</summary>
    public IReadOnlyList<FaultPoint> Missed => [.. _tried.Where(t => !t.WasHit).Select(t => t.Point)];

    /// <summary>Violations of the promise, one paragraph each.</summary>
    public IReadOnlyList<string> Problems => [.. _tried.Select(t => t.Problem).OfType<string>().Order(StringComparer.Ordinal)];

    /// <summary>Records a run without faults and returns its fault points.</summary>
    public IReadOnlyList<FaultPoint> Record()
    {
        using Store store = scenario.Template.Copy();
        VictimRun run = Run(store, injection: null);
        run.Result.ShouldNotBeNull(run.Words).IsGood.ShouldBeTrue(run.Words);
        Oracle.Violations(scenario, store, run.Result, wasCleaning: false).ShouldBeEmpty();
        return FaultPoint.All(run, store.Folder);
    }

    /// <summary>Tries points.</summary>
    public void Try(IEnumerable<FaultPoint> points) =>
        Parallel.ForEach(
            Partitioner.Create(points, EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = FaultSettings.Parallel },
            Try);

    /// <summary>The number of points met, by stage and call.</summary>
    public string Summary(TimeSpan duration)
    {
        IEnumerable<string> lines = Hit
            .GroupBy(p => (p.Call.Stage, p.Call.Name))
            .OrderBy(g => g.Min(p => p.Call.Number))
            .GroupBy(g => g.Key.Stage)
            .Select(stage => $"  {stage.Key, -12} " + string.Join(", ", stage.Select(g => $"{g.Key.Name} {g.Count()}")));
        IEnumerable<string> outcomes = Hit.GroupBy(p => p.Outcome)
            .OrderBy(g => g.Key)
            .Select(g => $"{g.Count()} {g.Key.ToString().ToUpperInvariant()}");
        return $"{scenario.Name}: {Hit.Count} points ({string.Join(", ", outcomes)}), {Missed.Count} not met, {Problems.Count} broke the " +
            $"promise, {duration.TotalSeconds:0} s\n"
            + string.Join('\n', lines) +
            (Missed.Count == 0 ? "" : $"\n  not met: {string.Join(", ", Missed.Select(p => p.Name))}");
    }

    private void Try(FaultPoint point)
    {
        int number = point.Call.Number;
        for (int attempt = 1; ; attempt++)
        {
            using Store store = scenario.Template.Copy();
            VictimRun run = Run(store, point.Injection(number));
            bool hit = point.WasHit(run, store.Folder);
            if (!hit && attempt < Attempts)
            {
                number = point.NumberIn(run, store.Folder) ?? number;
                continue;
            }

            // A fault that missed its point may have struck the opening of a folder that was about to be removed.
            bool wasCleaning = point.Call.Name is "unlink" or "unlinkat" or "rmdir" ||
                (!hit && !run.ChangesIn(store.Folder).Any(c => c.IsInjected));
            IReadOnlyList<string> violations = Oracle.Violations(scenario, store, run.Result, wasCleaning);
            if (point.Outcome != Outcome.Kill && run.Result is null)
            {
                violations = [.. violations, "the victim ended without a word"];
            }

            _tried.Add((point, violations.Count == 0 ? null : Describe(point, run, violations), hit));
            return;
        }
    }

    private string Describe(FaultPoint point, VictimRun run, IReadOnlyList<string> violations) =>
        $"{scenario.Name}/{point.Name} at {point.Call}, stage {point.Call.Stage}:\n  - {string.Join("\n  - ", violations)}\n  " +
        $"{run.Words.Replace("\n", "\n  ", StringComparison.Ordinal)}";

    private VictimRun Run(Store store, string? injection)
    {
        string log = Path.GetTempFileName();
        try
        {
            return Strace.Run(log, injection, only: null, isWhole: false, scenario.Arguments(store));
        }
        finally
        {
            File.Delete(log);
        }
    }
}
