using PosTenancy.Engine.Files;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Backup;

/// <summary>How many bytes each stage may need; upper estimates, for the question whether the disk has room.</summary>
internal static class SpaceNeeds
{
    /// <summary>
    /// The manifest and other small files: asked for at first, so that the stages that ask again do not miss what these have taken.
    /// </summary>
    public const long SmallFiles = 64 * 1024;

    /// <summary>
    /// On the disk of the database: what the file grows by, the same again for a write-ahead log that holds it first, and a whole copy for
    /// the restore, which must not run out of space.
    /// </summary>
    public static long ForMigration(DatabaseFile file, MigrationPlan plan) =>
        (2 * plan.EstimateGrowth(file.Header.PageSize, file.Length)) + file.Length;

    /// <summary>
    /// On the disk of the database when everything is done but COMMIT: what the file still grows by, the same again for a log as far as it
    /// does not hold it yet, and a whole copy for the restore.
    /// </summary>
    public static long ForCommit(ExclusiveDatabase database, RecordedBackup backup)
    {
        DatabaseFile file = database.File;
        long size = database.Connection.Scalar("PRAGMA main.page_count") * file.Header.PageSize;
        long growth = Math.Max(0, size - database.RawFile.Length);
        long logged = !database.UsesLog ? growth : FilePath.HasContent(file.WalPath) ? new FileInfo(file.WalPath).Length : 0;
        return growth + Math.Max(0, growth - logged) + backup.Manifest.Length;
    }

    /// <summary>In the folder of the backup: the backup, and beside it the migrated copy until the database was compared with it.</summary>
    public static long ForBackupAndRehearsal(DatabaseFile file, MigrationPlan plan, bool rehearse) =>
        file.Length + (rehearse ? ForRehearsal(file, plan) : 0) + SmallFiles;

    /// <summary>
    /// On one disk. The migrated copy stays until the database was compared with it; it is removed before a backup is restored, so its
    /// bytes and those of a restore are never needed together.
    /// </summary>
    public static long ForAll(DatabaseFile file, MigrationPlan plan, bool rehearse) =>
        file.Length + (ForMigration(file, plan) * (rehearse ? 2 : 1)) + SmallFiles;

    /// <summary>For a copy, with what a write-ahead log may add to it.</summary>
    public static long ForCopy(DatabaseFile file) =>
        file.Length + (FilePath.HasContent(file.WalPath) ? new FileInfo(file.WalPath).Length : 0);

    /// <summary>
    /// In the folder of an isolation test: the copy, a log that holds each of its pages once more, and indexes for its foreign keys.
    /// </summary>
    public static long ForIsolationTest(DatabaseFile file) =>
        ForCopy(file) * 5 / 2;

    private static long ForRehearsal(DatabaseFile file, MigrationPlan plan) => file.Length + ForMigration(file, plan);
}
