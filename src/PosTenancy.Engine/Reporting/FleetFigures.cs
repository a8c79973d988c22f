namespace PosTenancy.Engine.Reporting;

/// <summary>How many stores of a rollout ended with a status.</summary>
internal sealed record StatusFigures(FleetStatus Status, int Stores);

/// <summary>In how many stores a check ended otherwise than passed.</summary>
/// <param name="Name">Name of the check.</param>
/// <param name="Title">Title of the check.</param>
/// <param name="Failed">Stores in which it failed.</param>
/// <param name="Warning">Stores in which it ended with a warning.</param>
/// <param name="NotChecked">Stores in which it could not run.</param>
internal sealed record CheckFigures(string Name, string Title, int Failed, int Warning, int NotChecked);

/// <summary>The downtimes of the stores that a rollout locked.</summary>
/// <param name="Stores">How many stores they are.</param>
/// <param name="Longest">The longest of them.</param>
/// <param name="Median">Half of them are not longer.</param>
/// <param name="Sum">All of them together.</param>
internal sealed record DowntimeFigures(int Stores, TimeSpan Longest, TimeSpan Median, TimeSpan Sum);

/// <summary>What the results of the stores add up to.</summary>
internal static class FleetFigures
{
    public static int Done(this FleetRun run) => run.Results.Count(r => r.IsDone);

    public static int DoneBefore(this FleetRun run) => run.Results.Count(r => r.DoneBefore);

    /// <summary>The stores that are not done, the worst first, each status in the order of the rows.</summary>
    public static IReadOnlyList<FleetResult> NotDone(this FleetRun run) =>
        [.. run.Results.Where(r => !r.IsDone).OrderBy(r => Severity(r.Status))];

    /// <summary>The stores that this run itself began.</summary>
    public static IEnumerable<FleetResult> Begun(this FleetRun run) => run.Results.Where(r => r.StartedAt is not null && !r.DoneBefore);

    /// <summary>Number of stores for every status that occurs.</summary>
    public static IReadOnlyList<StatusFigures> Statuses(this FleetRun run) =>
        [.. run.Results.GroupBy(r => r.Status).OrderBy(g => g.Key).Select(g => new StatusFigures(g.Key, g.Count()))];

    /// <summary>Downtimes of the stores that this run began; <see langword="null"/> if it locked none.</summary>
    public static DowntimeFigures? Downtime(this FleetRun run)
    {
        List<TimeSpan> all = [.. run.Begun().Select(r => r.Upgrade?.Downtime).OfType<TimeSpan>().OrderBy(d => d)];
        return all.Count == 0
            ? null
            : new DowntimeFigures(
                all.Count,
                all[all.Count - 1],
                TimeSpan.FromTicks((all[(all.Count - 1) / 2].Ticks + all[all.Count / 2].Ticks) / 2),
                TimeSpan.FromTicks(all.Sum(d => d.Ticks)));
    }

    /// <summary>Checks that did not pass in every store, the worst first.</summary>
    public static IReadOnlyList<CheckFigures> ChecksNotPassed(this FleetRun run) =>
    [
        .. run.Results
            .SelectMany(r => r.Upgrade?.Checks ?? [])
            .Where(c => c.Status != CheckStatus.Passed)
            .GroupBy(c => c.Name, StringComparer.Ordinal)
            .Select(g => new CheckFigures(
                g.Key,
                g.First().Title,
                g.Count(c => c.Status == CheckStatus.Failed),
                g.Count(c => c.Status == CheckStatus.Warning),
                g.Count(c => c.Status == CheckStatus.NotChecked)))
            .OrderByDescending(c => c.Failed)
            .ThenByDescending(c => c.Warning)
            .ThenByDescending(c => c.NotChecked)
            .ThenBy(c => c.Name, StringComparer.Ordinal),
    ];

    /// <summary>The worst known status of a store; not checked, if its result is that of an earlier run and was not kept.</summary>
    public static CheckStatus Outcome(this FleetResult result) => result switch
    {
        { Status: FleetStatus.NotStarted } => CheckStatus.NotChecked,
        { IsDone: false } => CheckStatus.Failed,
        _ => result.Upgrade?.Outcome() ?? CheckStatus.NotChecked,
    };

    /// <summary>The worst known status of the whole rollout. A store that is not done is a failure, whatever the reason.</summary>
    public static CheckStatus Outcome(this FleetRun run)
    {
        HashSet<CheckStatus> outcomes = [.. run.Results.Select(r => r.Outcome())];
        return run.Done() < run.Results.Count || outcomes.Contains(CheckStatus.Failed) ? CheckStatus.Failed
            : outcomes.Contains(CheckStatus.Passed) && !outcomes.Contains(CheckStatus.Warning) ? CheckStatus.Passed
            : CheckStatus.Warning;
    }

    private static int Severity(FleetStatus status) => status switch
    {
        FleetStatus.Failed => 0,
        FleetStatus.RolledBack => 1,
        FleetStatus.Refused => 2,
        FleetStatus.Cancelled => 3,
        _ => 4,
    };
}
