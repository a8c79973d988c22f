namespace PosTenancy;

/// <summary>How thoroughly a tenant is removed.</summary>
public enum TenantRemovalLevel : long
{
    /// <summary>No query finds a row of it. Its bytes may still be in free pages of the file.</summary>
    Removed,

    /// <summary>The file was also written again without free pages, and searched for what was the tenant's alone.</summary>
    Erased,
}

/// <summary>What became of the removal of a tenant.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="Level">How thoroughly it was to be removed.</param>
/// <param name="Status">How it ended.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Duration">How long it took, with locking, backup, rehearsal and verification.</param>
public sealed record TenantRemovalResult(
    string Path, string TenantId, TenantRemovalLevel Level, TenantChangeStatus Status, DateTimeOffset StartedAt, TimeSpan Duration)
    : TenantChangeResult(Path, TenantId, Status, StartedAt, Duration)
{
    /// <inheritdoc/>
    public override string Path { get; init; } = Path;

    /// <inheritdoc/>
    public override string TenantId { get; init; } = TenantId;

    /// <summary>How thoroughly it was to be removed.</summary>
    public TenantRemovalLevel Level { get; init; } = Level;

    /// <summary>The export that was made first; <see langword="null"/> if it was declined, or nothing was committed.</summary>
    public TenantExportResult? Export { get; init; }

    /// <summary>What still holds the tenant: backups, exports and other files, and values in tables that belong to no tenant.</summary>
    public IReadOnlyList<TenantHolder> HeldBy { get; init => field = ResultList.From(value); } = ResultList.From<TenantHolder>([]);
}

/// <summary>What still holds data of a tenant that was removed.</summary>
public enum TenantHolderKind : long
{
    /// <summary>A backup of the database.</summary>
    Backup,

    /// <summary>A database that a restore replaced and kept.</summary>
    KeptFile,

    /// <summary>An export of the tenant.</summary>
    Export,

    /// <summary>The key map of an import of the tenant.</summary>
    KeyMap,

    /// <summary>The file that the tenant was imported from.</summary>
    Source,

    /// <summary>A report that names the tenant.</summary>
    Report,

    /// <summary>A column of a table that belongs to no tenant.</summary>
    Table,
}

/// <summary>A file or column that still holds data of a tenant.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Path">Full path of the file; of a column, <c>table.column</c>.</param>
/// <param name="Detail">What of the tenant it has; never a value.</param>
/// <param name="HowToRemove">What to do about it.</param>
public sealed record TenantHolder(TenantHolderKind Kind, string Path, string Detail, string HowToRemove)
{
    /// <summary>What it is, and where.</summary>
    public override string ToString() => $"{Kind} '{Path}': {Detail}";
}
