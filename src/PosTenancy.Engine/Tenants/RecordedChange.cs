using PosTenancy.Engine.Backup;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// A change of tenants that the history of a database records, proved against the backup that was made for it. Whether a run was
/// interrupted does not matter: the same checks verify a change that has just been committed.
/// </summary>
internal static class RecordedChange
{
    /// <summary>Whether a change was committed after a backup was made.</summary>
    /// <param name="live">The database, for messages.</param>
    /// <param name="database">The database.</param>
    /// <param name="backupSha256">SHA-256 of the backup.</param>
    public static bool IsCommitted(string live, ExclusiveDatabase database, string backupSha256) =>
        Records(live, database, backupSha256).Length > 0;

    /// <summary>Finishes what no transaction can do, and what a run that was interrupted may not have come to.</summary>
    /// <param name="live">The database, for messages.</param>
    /// <param name="database">The database.</param>
    /// <param name="backupSha256">SHA-256 of the backup.</param>
    /// <param name="privateFolder">Names a folder that does not exist yet, and records it.</param>
    /// <param name="run">Stage, progress and cancellation.</param>
    public static void Finish(
        string live, ExclusiveDatabase database, string backupSha256, Func<string> privateFolder, RunContext run)
    {
        if (Records(live, database, backupSha256).Any(r => r.Kind == nameof(HistoryKind.Erase)))
        {
            RewrittenFile.Write(database, privateFolder(), run);
        }
    }

    /// <summary>Proves what was done after a backup was made.</summary>
    /// <param name="live">The database, for the results.</param>
    /// <param name="database">The database, or a copy of it, without a log that holds a part of it.</param>
    /// <param name="backup">The backup.</param>
    /// <param name="referenceTable">Tables that all tenants share, beside those in the history.</param>
    /// <param name="run">Stage, progress and cancellation.</param>
    /// <returns>The checks; <see langword="null"/> if nothing was committed since the backup.</returns>
    public static IReadOnlyList<CheckResult>? Check(
        string live, ExclusiveDatabase database, RecordedBackup backup, IReadOnlyList<string> referenceTable, RunContext run)
    {
        HistoryEntry[] records = Records(live, database, backup.Manifest.Sha256);
        if (records.Length == 0)
        {
            return null;
        }

        TenantLayout layout = TenantLayout.Read(database.Connection, records[0].ColumnName!, referenceTable);
        return records[0].Kind switch
        {
            nameof(HistoryKind.Import) => ImportProof.Check(live, database, backup, records, layout, run),
            nameof(HistoryKind.Rename) => RenameProof.Check(live, database, backup, records[0], layout, run),
            nameof(HistoryKind.Restore) => RestoreProof.Check(live, database, backup, records[0], layout, run),
            nameof(HistoryKind.Remove) or nameof(HistoryKind.Erase) =>
                new RemovalProof(live, database, backup, records[0], layout, run).Check(),
            nameof(HistoryKind.Complete) => CompletionProof.Check(live, database, backup, records[0], layout, run),
            string other =>
            [
                new CheckResult(
                    live,
                    "ChangeKnown",
                    "Kind of the change",
                    "a change that this release can prove",
                    other,
                    CheckStatus.Failed,
                    "Use the release that made it.",
                    TimeSpan.Zero),
            ],
            null => null,
        };
    }

    private static HistoryEntry[] Records(string live, ExclusiveDatabase database, string backupSha256) =>
    [
        .. TenantHistory.Read(database.Connection, live, historyTable: null)
            .Where(e => e.BackupSha256 == backupSha256 && e.ColumnName is not null),
    ];
}
