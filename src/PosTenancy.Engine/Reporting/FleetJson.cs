using System.Text.Json;

namespace PosTenancy.Engine.Reporting;

/// <summary>A rollout for programs, as docs/fleet.schema.json describes it. The whole result of a store is in its own report.</summary>
internal sealed record FleetJson(
    string Schema,
    int Version,
    DateTimeOffset StartedAt,
    TimeSpan Duration,
    bool IsRehearsal,
    string? Stopped,
    int Total,
    int Done,
    int DoneBefore,
    IReadOnlyList<StatusFigures> Statuses,
    DowntimeFigures? Downtime,
    IReadOnlyList<CheckFigures> ChecksNotPassed,
    IReadOnlyList<FleetStoreJson> Stores)
{
    public const string SchemaName = "PosTenancy.FleetReport";

    public static string Render(FleetRun run) => JsonReport.Text(JsonSerializer.Serialize(From(run), JsonReport.Options));

    private static FleetJson From(FleetRun run) => new(
        SchemaName,
        Version: 1,
        run.StartedAt,
        run.Duration,
        run.IsRehearsal,
        run.Stopped,
        run.Results.Count,
        run.Done(),
        run.DoneBefore(),
        run.Statuses(),
        run.Downtime(),
        run.ChecksNotPassed(),
        [.. run.Results.Select(FleetStoreJson.From)]);
}

/// <summary>One store of a rollout for programs.</summary>
internal sealed record FleetStoreJson(
    string Path,
    string? ComputerName,
    string TenantId,
    FleetStatus Status,
    bool IsDone,
    bool DoneBefore,
    DateTimeOffset? StartedAt,
    TimeSpan Duration,
    TimeSpan? Downtime,
    TimeSpan? LockedTime,
    long? SizeBefore,
    string? BackupPath,
    string? Sha256,
    string? ReportPath,
    Failure? Error,
    int ChecksPassed,
    IReadOnlyList<FleetCheckJson> ChecksNotPassed)
{
    public static FleetStoreJson From(FleetResult store) => new(
        store.Path,
        store.ComputerName,
        store.TenantId,
        store.Status,
        store.IsDone,
        store.DoneBefore,
        store.StartedAt,
        store.Duration,
        store.Upgrade?.Downtime,
        store.Upgrade?.LockedTime,
        store.Upgrade?.Before?.Length,
        store.BackupPath,
        store.Upgrade?.Backup?.Sha256,
        store.ReportPath,
        store.Error,
        store.Upgrade?.Checks.Count(c => c.Status == CheckStatus.Passed) ?? 0,
        [.. (store.Upgrade?.Checks ?? []).Where(c => c.Status != CheckStatus.Passed).Select(FleetCheckJson.From)]);
}

/// <summary>A check of a store that did not pass, for programs.</summary>
internal sealed record FleetCheckJson(string Name, string Title, string Expected, string Actual, CheckStatus Status, string Detail)
{
    public static FleetCheckJson From(CheckResult check) =>
        new(check.Name, check.Title, check.Expected, check.Actual, check.Status, check.Detail);
}
