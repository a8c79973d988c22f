using System.Diagnostics;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// The proof of a restore that was committed. Before COMMIT the rows were compared with the source, which may be gone since; the history
/// records their digest.
/// </summary>
internal static class RestoreProof
{
    /// <summary>Runs every check.</summary>
    /// <param name="live">The database, for the results.</param>
    /// <param name="database">The committed file.</param>
    /// <param name="backup">The file before.</param>
    /// <param name="record">What the history says of it.</param>
    /// <param name="layout">The tables.</param>
    /// <param name="run">Stage, progress and cancellation.</param>
    public static IReadOnlyList<CheckResult> Check(
        string live,
        ExclusiveDatabase database,
        RecordedBackup backup,
        HistoryEntry record,
        TenantLayout layout,
        RunContext run)
    {
        string tenantId = record.TenantId!;
        Stopwatch watch = Stopwatch.StartNew();
        SliceDigests now = SliceDigests.Read(
            new TenantSlice(database.Connection, layout.ColumnName, tenantId),
            layout,
            t => run.Report($"Reading {t.Name}", StagePart.FileChecks));
        bool isSame = now.Sha256 == record.Checksum;
        CheckResult rows = new(
            live,
            "TenantAsRecorded",
            $"Rows as they were written: {tenantId}",
            "the rows whose digest the history records",
            $"{now.Rows} rows in {layout.Tables.Count} tables",
            isSame ? CheckStatus.Passed : CheckStatus.Failed,
            isSame ? "" : "their digest is another",
            watch.Elapsed);
        using DatabaseConnection before = DatabaseConnection.OpenImmutable(backup.Path, run.Cancellation);
        TenantSlice then = new(before, layout.ColumnName, tenantId);
        FileChange change = new()
        {
            Before = [tenantId],
            After = [tenantId],
            Growth = FileChange.Sum(layout.Tables.Select(t => (t.Name, now[t].Rows - then.Count(t.Name)))),
            Registry = FindRegistry(database.Connection, before, layout, tenantId),
        };
        return [rows, .. new ChangedFile(live, database, backup, layout, change, run).Check()];
    }

    /// <summary>The application's list of tenants, if the tenant had no entry before: then one may have come.</summary>
    private static (TableSchema Table, string Column)? FindRegistry(
        DatabaseConnection database, DatabaseConnection before, TenantLayout layout, string tenantId) =>
        TenantRegistry.Read(database, layout.Schema, layout.ColumnName, [tenantId]) is { } registry &&
        RegistryEntry.Count(before, registry.Table, registry.Column, tenantId) == 0
            ? (registry.Table, registry.Column)
            : null;
}
