using PosTenancy.Tests.Faults.Tracing;

namespace PosTenancy.Tests.Faults.Kills;

/// <summary>The fault injected into a call.</summary>
internal enum Outcome
{
    Kill,
    Enospc,
    Eio,
    Eintr,
}

/// <summary>A call that changes the folder, and the fault injected into it.</summary>
/// <param name="Call">The call in a run without faults.</param>
/// <param name="Ordinal">Ordinal of the call among those of its name that concern the folder, from 1.</param>
/// <param name="Outcome">The injected fault.</param>
internal sealed record FaultPoint(SystemCall Call, int Ordinal, Outcome Outcome)
{
    /// <summary>A name that is the same in every run.</summary>
    public string Name => $"{Call.Name}/{Ordinal}/{Outcome.ToString().ToUpperInvariant()}";

    /// <summary>The argument of strace's <c>-e inject=</c>.</summary>
    /// <param name="number">Ordinal of the call among all calls of its name, including those that do not concern the folder.</param>
    public string Injection(int number) =>
        Call.Name + (Outcome == Outcome.Kill ? ":signal=KILL" : $":error={Outcome.ToString().ToUpperInvariant()}") + $":when={number}";

    /// <summary>The ordinal of the call by name in a run that reached it; <see langword="null"/> if the run did not.</summary>
    public int? NumberIn(VictimRun run, string folder) =>
        run.ChangesIn(folder).Where(c => c.Name == Call.Name).ElementAtOrDefault(Ordinal - 1)?.Number;

    /// <summary>Every point of a recorded run, in order.</summary>
    public static IReadOnlyList<FaultPoint> All(VictimRun run, string folder)
    {
        Dictionary<string, int> ordinals = [];
        List<FaultPoint> points = [];
        foreach (SystemCall call in run.ChangesIn(folder))
        {
            int ordinal = ordinals[call.Name] = ordinals.GetValueOrDefault(call.Name) + 1;
            points.AddRange(Enum.GetValues<Outcome>().Select(outcome => new FaultPoint(call, ordinal, outcome)));
        }

        return points;
    }

    /// <summary>Whether a run met its fault at the intended call.</summary>
    public bool WasHit(VictimRun run, string folder)
    {
        List<SystemCall> same = [.. run.ChangesIn(folder).Where(c => c.Name == Call.Name)];
        if (same.Count < Ordinal)
        {
            return false;
        }

        SystemCall met = same[Ordinal - 1];
        return Outcome == Outcome.Kill
            ? met.Result is null && run.Result is null
            : met.IsInjected && run.Calls.Count(c => c.IsInjected) == 1;
    }
}
