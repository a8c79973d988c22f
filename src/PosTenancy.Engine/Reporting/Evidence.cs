namespace PosTenancy.Engine.Reporting;

/// <summary>
/// What a result proves about the live database: figures of a copy, or of a transaction that was rolled back, prove nothing about it.
/// </summary>
internal static class Evidence
{
    /// <summary>Whether the last figures and checks describe the live file as the upgrade left it.</summary>
    public static bool IsOfLiveFile(this UpgradeResult result) => result.Migration is { Status: not MigrationStatus.RolledBack };

    /// <summary>Whether the upgrade ended while the live file was being migrated, so that no figures of the migration were kept.</summary>
    public static bool EndedInMigration(this UpgradeResult result) => result.Status == UpgradeStatus.Failed ||
        (result.Status == UpgradeStatus.Cancelled && result.Stages.Any(s => s.Stage == Stage.Migration));

    /// <summary>The run to which the checks belong.</summary>
    public static MigrationResult? LastRun(this UpgradeResult result) => result.Migration ?? result.Rehearsal;

    /// <summary>The status of a check for the live file.</summary>
    public static CheckStatus LiveStatus(this UpgradeResult result, string check) => result.IsOfLiveFile()
        ? result.FindCheck(check)?.Status ?? CheckStatus.NotChecked
        : CheckStatus.NotChecked;

    public static CheckResult? FindCheck(this UpgradeResult result, string check) =>
        result.Checks.FirstOrDefault(c => string.Equals(c.Name, check, StringComparison.Ordinal));

    /// <summary>Number of planned indexes; <see langword="null"/> without a plan, or if a script determined it.</summary>
    public static int? PlannedIndexes(this UpgradeResult result) =>
        result.Plan is { Options.Script: null } plan ? plan.Changes.Count(t => t.IndexName is not null) : null;

    /// <summary>The worst known status of the whole upgrade.</summary>
    public static CheckStatus Outcome(this UpgradeResult result)
    {
        bool ended = result.Status is UpgradeStatus.Succeeded or UpgradeStatus.AlreadyMigrated or UpgradeStatus.Rehearsed &&
            result.Error is null;
        if (!ended ||
            result.Checks.Any(c => c.Status == CheckStatus.Failed) ||
            result.Isolation.Any(t => t.Status == CheckStatus.Failed) ||
            result.Queries.Any(q => q.Status == CheckStatus.Failed))
        {
            return CheckStatus.Failed;
        }

        return result.Checks.Count > 0 && result.Checks.All(c => c.Status == CheckStatus.Passed) ? CheckStatus.Passed : CheckStatus.Warning;
    }

    /// <summary>Where the checks ran, as readable text.</summary>
    public static string WhereChecked(this UpgradeResult result) => result switch
    {
        { ProvedBy: ProvedBy.Twin } => "on the rehearsed copy, and the committed file equals that copy byte for byte",
        { Migration.Status: MigrationStatus.Migrated } => "on the committed file, from a new connection",
        { Migration.Status: MigrationStatus.AlreadyMigrated } => "on the file as it was found",
        { Migration.Status: MigrationStatus.RolledBack } => "on the migration that was then rolled back",
        _ => "on the copy that the rehearsal migrated, not on the live file",
    };

    /// <summary>Number of checks by outcome, such as "7 passed, 1 not checked".</summary>
    public static string Tally(this IReadOnlyList<CheckResult> checks) =>
        checks.Count == 0 ? "no check ran" : checks.Select(c => c.Status).Tally();

    /// <summary>Number of outcomes of each kind, the best first.</summary>
    public static string Tally(this IEnumerable<CheckStatus> outcomes) =>
        string.Join(
            ", ",
            outcomes.GroupBy(s => s).OrderBy(g => g.Key).Select(g => $"{Figures.Count(g.Count())} {Labels.For(g.Key).ToLowerInvariant()}"));

    /// <summary>All failed checks, isolation tests and measurements, as readable text.</summary>
    public static string Failures(this UpgradeResult result)
    {
        (int Count, string Text)[] all =
        [
            Counted(result.Checks.Count(c => c.Status == CheckStatus.Failed), "check failed", "checks failed"),
            Counted(result.Isolation.Count(t => t.Status == CheckStatus.Failed), "isolation test failed", "isolation tests failed"),
            Counted(result.Queries.Count(q => q.Status == CheckStatus.Failed), "query failed", "queries failed"),
        ];
        return string.Join(" and ", all.Where(f => f.Count > 0).Select(f => f.Text));

        static (int, string) Counted(int count, string one, string many) => (count, Figures.Count(count, one, many));
    }
}
