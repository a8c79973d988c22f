namespace PosTenancy;

/// <summary>How the upgrade of one store of a rollout ended.</summary>
public enum FleetStatus : long
{
    /// <summary>Migrated and verified, and the backup exists.</summary>
    Succeeded,

    /// <summary>There was nothing to do, and nothing was written.</summary>
    AlreadyMigrated,

    /// <summary>Refused before the live file was written to.</summary>
    Refused,

    /// <summary>Begun and rolled back: the file has the same bytes as before.</summary>
    RolledBack,

    /// <summary>It is not known to be as before: the error says what to do.</summary>
    Failed,

    /// <summary>Cancelled, and everything that was begun is undone.</summary>
    Cancelled,

    /// <summary>Only tested, on a copy: an upgrade would succeed, and nothing was changed.</summary>
    Rehearsed,

    /// <summary>Not begun: the rollout was stopped before its turn came.</summary>
    NotStarted,
}

/// <summary>One store of a rollout.</summary>
/// <param name="Path">Full path of the live database, on its machine.</param>
/// <param name="ComputerName">The machine that it is on; <see langword="null"/> for this one.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="Status">How its upgrade ended.</param>
/// <param name="StartedAt">When it began; <see langword="null"/> if it did not.</param>
/// <param name="Duration">How long it took, from its turn to its result.</param>
public sealed record FleetResult(
    string Path,
    string? ComputerName,
    string TenantId,
    FleetStatus Status,
    DateTimeOffset? StartedAt,
    TimeSpan Duration)
{
    /// <summary>The whole result; <see langword="null"/> if there is none.</summary>
    public UpgradeResult? Upgrade { get; init; }

    /// <summary>What went wrong; <see langword="null"/> if nothing did.</summary>
    public Failure? Error { get; init; }

    /// <summary>Full path of the backup, on the machine of the database; <see langword="null"/> if none was made.</summary>
    public string? BackupPath => Upgrade?.BackupPath;

    /// <summary>Full path of the store's own report; <see langword="null"/> if none was written.</summary>
    public string? ReportPath { get; init; }

    /// <summary>Whether it was done by an earlier run of the same rollout, and not touched by this one.</summary>
    public bool DoneBefore { get; init; }

    /// <summary>Whether nothing is left to do.</summary>
    public bool IsDone => Status is FleetStatus.Succeeded or FleetStatus.AlreadyMigrated or FleetStatus.Rehearsed;

    /// <summary>The store and how its upgrade ended.</summary>
    public override string ToString() => ComputerName is null ? $"{Path}: {Status}" : $"{ComputerName}, {Path}: {Status}";
}

/// <summary>A whole rollout, for its report.</summary>
/// <param name="Results">One result per store, in the order of the rows.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Duration">How long it took.</param>
public sealed record FleetRun(IReadOnlyList<FleetResult> Results, DateTimeOffset StartedAt, TimeSpan Duration)
{
    /// <summary>One result per store, in the order of the rows.</summary>
    public IReadOnlyList<FleetResult> Results { get; init => field = ResultList.From(value); } = ResultList.From(Results);

    /// <summary>Why it was stopped before every store had its turn, in a sentence; <see langword="null"/> if it was not.</summary>
    public string? Stopped { get; init; }

    /// <summary>Whether it only tested the upgrades, on copies.</summary>
    public bool IsRehearsal { get; init; }

    /// <summary>How many stores there are, and how many of them are done.</summary>
    public override string ToString() => $"{Results.Count(r => r.IsDone)} of {Results.Count} stores done";
}
