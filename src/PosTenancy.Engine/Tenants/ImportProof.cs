using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Tenants;

/// <summary>The proof of an import from its key maps: what an interrupted run has left of it.</summary>
internal static class ImportProof
{
    /// <summary>Runs every check.</summary>
    /// <param name="live">The database, for the results and the folder of the key maps.</param>
    /// <param name="database">The committed file.</param>
    /// <param name="backup">The file before.</param>
    /// <param name="records">What the history says of each source.</param>
    /// <param name="layout">The tables.</param>
    /// <param name="run">Stage, progress and cancellation.</param>
    /// <exception cref="PosTenancyException">A key map is missing or was changed.</exception>
    public static IReadOnlyList<CheckResult> Check(
        string live,
        ExclusiveDatabase database,
        RecordedBackup backup,
        IReadOnlyList<HistoryEntry> records,
        TenantLayout layout,
        RunContext run)
    {
        List<CheckResult> checks = [];
        List<(string Table, long Rows)> imported = [];
        foreach (HistoryEntry record in records)
        {
            KeyMapFile map = TenantKeyMap.Read(live, record, movedTo: null);
            TenantSlice slice = new(database.Connection, map.ColumnName, map.TenantId);
            checks.AddRange(ImportedRows.FromMap(live, slice, layout, map).Check());
            imported.AddRange(map.Tables.Select(t => (t.Table, t.Rows)));
        }

        FileChange change = new()
        {
            After = [.. records.Select(r => r.TenantId!)],
            Growth = FileChange.Sum(imported),
            AddsShared = true,
        };
        return [.. checks, .. new ChangedFile(live, database, backup, layout, change, run).Check()];
    }
}
