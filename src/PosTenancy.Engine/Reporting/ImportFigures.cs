namespace PosTenancy.Engine.Reporting;

/// <summary>How many sources of an import ended with a status.</summary>
internal sealed record ImportStatusFigures(TenantChangeStatus Status, int Sources);

/// <summary>What the results of the sources add up to.</summary>
internal static class ImportFigures
{
    public static int Done(this TenantImportRun run) => run.Results.Count(r => r.IsDone);

    /// <summary>The sources that are not in the database, the worst first, each status in their order.</summary>
    public static IReadOnlyList<TenantImportResult> NotDone(this TenantImportRun run) =>
        [.. run.Results.Where(r => !r.IsDone).OrderBy(r => Severity(r.Status))];

    /// <summary>Number of sources for every status that occurs.</summary>
    public static IReadOnlyList<ImportStatusFigures> Statuses(this TenantImportRun run) =>
        [.. run.Results.GroupBy(r => r.Status).OrderBy(g => g.Key).Select(g => new ImportStatusFigures(g.Key, g.Count()))];

    /// <summary>The backup of the run; <see langword="null"/> if it came to none.</summary>
    public static BackupResult? Backup(this TenantImportRun run) => run.Results.Select(r => r.Backup).FirstOrDefault(b => b is not null);

    /// <summary>The rehearsal of the run; <see langword="null"/> if it was skipped or not reached.</summary>
    public static ChangeRehearsal? Rehearsal(this TenantImportRun run) =>
        run.Results.Select(r => r.Rehearsal).FirstOrDefault(b => b is not null);

    /// <summary>How the committed file was proved; <see langword="null"/> if nothing was committed.</summary>
    public static ProvedBy? ProvedBy(this TenantImportRun run) => run.Results.Select(r => r.ProvedBy).FirstOrDefault(p => p is not null);

    /// <summary>What an interrupted run had left, and what was done about it.</summary>
    public static string? Recovery(this TenantImportRun run) => run.Results.Select(r => r.Recovery).FirstOrDefault(r => r is not null);

    /// <summary>The checks of the whole run.</summary>
    public static IReadOnlyList<CheckResult> Checks(this TenantImportRun run) =>
        run.Results.Select(r => r.RunChecks).FirstOrDefault(c => c.Count > 0) ?? [];

    /// <summary>The checks of one source.</summary>
    public static IReadOnlyList<CheckResult> SourceChecks(this TenantImportResult result) =>
        [.. result.Checks.Where(c => !result.RunChecks.Contains(c))];

    /// <summary>The worst known status of a source; not checked, if there was nothing to do.</summary>
    public static CheckStatus Outcome(this TenantImportResult result) => result switch
    {
        { IsDone: false } or { Error: not null } => CheckStatus.Failed,
        { Status: TenantChangeStatus.AlreadyImported } => CheckStatus.NotChecked,
        _ => Worst(result.Checks),
    };

    /// <summary>The worst known status of the whole import. A source that is not done is a failure, whatever the reason.</summary>
    public static CheckStatus Outcome(this TenantImportRun run)
    {
        HashSet<CheckStatus> outcomes = [.. run.Results.Select(r => r.Outcome())];
        return outcomes.Contains(CheckStatus.Failed) ? CheckStatus.Failed
            : outcomes.Contains(CheckStatus.Passed) && !outcomes.Contains(CheckStatus.Warning) ? CheckStatus.Passed
            : CheckStatus.Warning;
    }

    private static CheckStatus Worst(IReadOnlyList<CheckResult> checks) =>
        checks.Any(c => c.Status == CheckStatus.Failed) ? CheckStatus.Failed
        : checks.Count > 0 && checks.All(c => c.Status == CheckStatus.Passed) ? CheckStatus.Passed
        : CheckStatus.Warning;

    private static int Severity(TenantChangeStatus status) => status switch
    {
        TenantChangeStatus.Failed => 0,
        TenantChangeStatus.RolledBack => 1,
        TenantChangeStatus.Refused => 2,
        _ => 3,
    };
}
