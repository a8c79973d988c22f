using System.Globalization;

namespace PosTenancy.Engine.Tenants;

/// <summary>Removes a tenant from a database, and says what still holds it.</summary>
/// <param name="path">Path of the live database.</param>
/// <param name="options">Which tenant, and how.</param>
public sealed class TenantRemoval(string path, TenantRemovalOptions options) : GuardedTenantChange<TenantRemovalResult>(path, options)
{
    /// <inheritdoc/>
    public override string Action => options.Erase
        ? $"Erase the tenant '{options.TenantId}': its rows and their bytes, after a verified backup{Exported}"
        : $"Remove the tenant '{options.TenantId}', after a verified backup{Exported}";

    private string Exported => options.SkipExport ? "" : " and an export";

    private TenantRemovalLevel Level => options.Erase ? TenantRemovalLevel.Erased : TenantRemovalLevel.Removed;

    private protected override SliceChange Create() => new RemovalChange(Path, options);

    private protected override IReadOnlyList<string> Describe(SliceChange change)
    {
        RemovalChange removal = (RemovalChange)change;
        if (removal.IsDone)
        {
            return [$"Nothing: {removal.Warnings[0]}"];
        }

        string rows = removal.Tables.Sum(t => t.RowsBefore).ToString("N0", CultureInfo.InvariantCulture);
        string tables = string.Join(", ", removal.Tables);
        return
        [
            removal.ExportPath is { } export ? $"Export the tenant '{options.TenantId}' to '{export}'" : "Make no export",
            $"Remove {rows} rows of the tenant '{options.TenantId}', after a verified backup{(tables.Length == 0 ? "" : ": ")}{tables}",
            options.Erase
                ? "Overwrite them, write the file again without free pages, and search it for what was the tenant's alone (Erased)"
                : "Leave their bytes in free pages of the file, which no query reads (Removed); -Erase removes these too",
            .. removal.HeldByTables.Concat(Files(removal, backup: null))
                .Select(h => $"Afterwards the tenant is still held by the {Words(h)}"),
        ];
    }

    private protected override TenantRemovalResult Result(SliceChange change, ChangeOutcome outcome)
    {
        RemovalChange removal = (RemovalChange)change;
        bool isDone = outcome.Status == TenantChangeStatus.Succeeded;
        return new TenantRemovalResult(Path, options.TenantId, Level, outcome.Status, removal.StartedAt, TimeSpan.Zero)
        {
            Export = isDone ? removal.Export : null,
            HeldBy = isDone ? [.. Files(removal, outcome.Backup), .. removal.HeldByTables] : [],
        };
    }

    private IReadOnlyList<TenantHolder> Files(RemovalChange removal, BackupResult? backup) =>
        new HoldingFiles(Path, options, removal.History, backup?.BackupPath, removal.Export?.ExportPath).Find();

    private static string Words(TenantHolder holder) => holder.Kind switch
    {
        TenantHolderKind.KeptFile => "database that a restore kept",
        TenantHolderKind.KeyMap => "key map",
        TenantHolderKind.Source => "file that it was imported from",
        TenantHolderKind other => other.ToString().ToLowerInvariant(),
    } + $" '{holder.Path}' ({holder.Detail})";
}
