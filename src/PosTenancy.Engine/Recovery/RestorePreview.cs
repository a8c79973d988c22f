using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Pages;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Recovery;

/// <summary>What a restore would bring back, and what it would remove from the database: read before anything is replaced.</summary>
/// <param name="BackupPath">Full path of the backup.</param>
/// <param name="CreatedAt">When the backup was made.</param>
/// <param name="IsChanged">
/// Whether the database has other bytes than the backup; <see langword="null"/> if there is no database, or it cannot be read.
/// </param>
/// <param name="Transactions">
/// How many transactions were committed since the backup; <see langword="null"/> where the file does not count them (write-ahead log).
/// </param>
/// <param name="LastWrittenAt">When the database was written to last; <see langword="null"/> if there is none.</param>
public sealed record RestorePreview(
    string BackupPath, DateTimeOffset CreatedAt, bool? IsChanged, long? Transactions, DateTimeOffset? LastWrittenAt)
{
    internal static RestorePreview Read(
        string live,
        RecordedBackup backup,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation)
    {
        RestorePreview unknown = new(backup.Path, backup.Manifest.CreatedAt, IsChanged: null, Transactions: null, LastWrittenAt: null);
        if (!File.Exists(live))
        {
            return unknown;
        }

        DateTime written = new[] { live, live + "-wal" }.Where(File.Exists).Max(File.GetLastWriteTimeUtc);
        RestorePreview preview = unknown with { LastWrittenAt = new DateTimeOffset(written).ToLocalTime() };
        try
        {
            DatabaseFile file = DatabaseFile.Inspect(live);
            bool isChanged = FilePath.HasContent(file.WalPath)
                || file.Length != backup.Manifest.Length
                || Hash(file) != backup.Manifest.Sha256;
            using FileStream bytes = FileBlocks.Open(backup.Path);
            DatabaseHeader before = DatabaseFile.Read(backup.Path, bytes).Header;

            // The counter has 32 bits and starts again at 0; with a write-ahead log not every transaction is counted.
            bool isCounted = !before.IsWal && !file.Header.IsWal;
            long? transactions = isCounted ? unchecked(file.Header.ChangeCounter - before.ChangeCounter) : null;
            return preview with { IsChanged = isChanged, Transactions = transactions };
        }
        catch (PosTenancyException)
        {
            // A damaged database is what a restore is for.
            return preview;
        }

        string Hash(DatabaseFile file) => FileDigest.Compute(
            live,
            file.Header.PageSize,
            done => progress?.Report(new StageProgress(Stage.Plan, "Comparing the database with its backup", live, done, file.Length)),
            cancellation);
    }
}
