using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;

namespace PosTenancy.Engine.Recovery;

/// <summary>Removes backups that are not needed any more. The newest good one always stays, and so does one that a run may need.</summary>
public static class BackupRemoval
{
    /// <summary>Requires that something says which backups stay.</summary>
    /// <exception cref="PosTenancyException">Neither does.</exception>
    public static void RequireRule(int? keepLast, TimeSpan? olderThan)
    {
        if (keepLast is null && olderThan is null)
        {
            throw Errors.NothingToKeep();
        }
    }

    /// <summary>Finds the backups that may be removed. The newest are tested until one is good.</summary>
    /// <param name="path">The live database, which may be missing.</param>
    /// <param name="destination">The folder; <see langword="null"/> for that of the database.</param>
    /// <param name="keepLast">How many of the newest stay; <see langword="null"/> if only their age counts.</param>
    /// <param name="olderThan">How old one must be; <see langword="null"/> if only their number counts.</param>
    /// <param name="record">Whether to write down which backup is good.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the tests.</param>
    /// <returns>The oldest last.</returns>
    /// <exception cref="PosTenancyException">There is no such folder, or not one backup that is good.</exception>
    public static IReadOnlyList<BackupInfo> Find(
        string path,
        string? destination,
        int? keepLast,
        TimeSpan? olderThan,
        bool record = true,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        RequireRule(keepLast, olderThan);
        IReadOnlyList<BackupInfo> backups = BackupList.Read(path, destination);
        BackupInfo[] unneeded =
        [
            .. backups
                .Skip(keepLast ?? 0)
                .Where(b => (olderThan is not { } age || b.Age > age) && !InterruptedRuns.Need(b.Path, b.BackupPath)),
        ];
        if (unneeded.Length == 0)
        {
            return unneeded;
        }

        BackupInfo newest = backups.FirstOrDefault(b =>
                b.Error is null && BackupTest.Run(b.Path, b.BackupPath, record, progress, cancellation).Status == BackupTestStatus.Good)
            ?? throw Errors.NoGoodBackup(FilePath.Full(path), backups.Count);
        return [.. unneeded.Where(b => b != newest)];
    }

    /// <summary>Removes a backup with its manifest.</summary>
    /// <exception cref="PosTenancyException">It cannot be removed.</exception>
    public static void Remove(BackupInfo backup) => FileErrors.Guard(backup.BackupPath, () =>
    {
        // The backup first: a manifest alone is nothing.
        string path = backup.BackupPath;
        foreach (string file in new[] { path, path + BackupVerification.Ending, BackupManifest.PathFor(path) })
        {
            MomentaryHold.Outlast(() => File.Delete(file));
        }
    });
}
