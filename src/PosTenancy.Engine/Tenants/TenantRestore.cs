using System.Globalization;

namespace PosTenancy.Engine.Tenants;

/// <summary>What to restore of one tenant.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="BackupPath">Path of a backup of the database, or of an export of the tenant.</param>
/// <exception cref="PosTenancyException">The tenant id is invalid.</exception>
public sealed record TenantRestoreOptions(string TenantId, string BackupPath) : TenantChangeOptions
{
    /// <summary>The tenant.</summary>
    public string TenantId { get; } = TenantIdRules.Require(TenantId);

    /// <summary>The name that the tenant had when the backup was made; <see langword="null"/> for the same.</summary>
    public string? SourceTenantId { get; init; }

    /// <summary>What to do with rows that no longer fit beside what others did since.</summary>
    public RestoreConflictAction OnConflict { get; init; }

    /// <summary>
    /// What the schema does not tell of keys, where they get new values; <see langword="null"/> for what the tenant's import declared.
    /// </summary>
    public KeyDeclarations? Keys { get; init; }

    /// <summary>Where the key map of the tenant's import is now; <see langword="null"/> for beside the database.</summary>
    public string? KeyMapPath { get; init; }

    /// <summary>The tenant and the file.</summary>
    public override string ToString() => $"{TenantId} from {BackupPath}";
}

/// <summary>
/// Restores one tenant from a backup of its database or from an export, and proves that its rows are those of the source, and that those
/// of all other tenants stayed as they were.
/// </summary>
/// <param name="path">The live database.</param>
/// <param name="options">What to restore, and how.</param>
public sealed class TenantRestore(string path, TenantRestoreOptions options) : GuardedTenantChange<TenantRestoreResult>(path, options)
{
    /// <inheritdoc/>
    public override string Action =>
        $"Restore the rows of tenant '{options.TenantId}' from '{options.BackupPath}', after a verified backup";

    private protected override SliceChange Create() => new RestoreChange(Path, options);

    private protected override IReadOnlyList<string> Describe(SliceChange change)
    {
        RestoreChange restore = (RestoreChange)change;
        if (restore.Restored.Count == 0 && restore.Registry is null)
        {
            return [$"Nothing: the rows of tenant '{options.TenantId}' equal those of '{restore.SourcePath}'"];
        }

        List<string> lines =
        [
            $"Restore tenant '{options.TenantId}' from '{restore.SourcePath}', after a verified backup: " +
            $"{Count(restore.Restored.Sum(t => t.Returned))} come back, {Count(restore.Restored.Sum(t => t.Gone))} go, " +
            $"{Count(restore.Restored.Sum(t => t.Changed))} change",
            .. restore.Restored.Select(t => t.ToString()),
        ];
        if (restore.NewKeys.Count > 0)
        {
            lines.Add($"Give new values to keys that others have taken: {Named(restore.NewKeys)}");
        }

        if (restore.RowsSkipped > 0)
        {
            lines.Add($"Leave out {Count(restore.RowsSkipped)}: {Named(restore.Conflicts)}");
        }

        if (restore.Registry is { } registry)
        {
            lines.Add($"Add the entry of '{options.TenantId}' to {registry} again");
        }

        return lines;
    }

    private protected override TenantRestoreResult Result(SliceChange change, ChangeOutcome outcome)
    {
        RestoreChange restore = (RestoreChange)change;
        return new TenantRestoreResult(Path, options.TenantId, restore.SourcePath, outcome.Status, change.StartedAt, TimeSpan.Zero)
        {
            SourceTenantId = options.SourceTenantId ?? options.TenantId,
            SourceCreatedAt = restore.SourceCreatedAt,
            Restored = restore.Restored,
            NewKeys = restore.NewKeys,
            Conflicts = restore.Conflicts,
            RowsSkipped = restore.RowsSkipped,
        };
    }

    private static string Count(long rows) => $"{rows.ToString("N0", CultureInfo.InvariantCulture)} {(rows == 1 ? "row" : "rows")}";

    private static string Named<T>(IReadOnlyList<T> items)
        where T : notnull => Text.ShortList.Join([.. items.Select(i => i.ToString()!)], most: 10, separator: "; ");
}
