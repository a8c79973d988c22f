using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Backup;

/// <summary>How many bytes each stage may need; upper estimates, for the question whether the disk has room.</summary>
internal static class SpaceNeeds
{
    /// <summary>
    /// On the disk of the database: what the file grows by, the same again for a write-ahead log that holds it first, and a whole copy for
    /// the restore, which must not fail for want of room.
    /// </summary>
    public static long OfMigration(DatabaseFile file, MigrationPlan plan) => (2 * plan.EstimateGrowth(file.Header.PageSize, file.Length)) + file.Length;

    /// <summary>
    /// On the disk of the database when everything is done but COMMIT: what the file still grows by, the same again for a log that holds it
    /// first, and a whole copy for the restore.
    /// </summary>
    public static long OfCommit(ExclusiveDatabase database, VerifiedBackup backup)
    {
        long size = database.Connection.Scalar("PRAGMA main.page_count") * database.File.Header.PageSize;
        return (2 * Math.Max(0, size - database.RawFile.Length)) + backup.Manifest.Length;
    }

    /// <summary>In the folder of the backup: the backup, and beside it for a while the migrated copy.</summary>
    public static long OfBackupAndRehearsal(DatabaseFile file, MigrationPlan plan, bool rehearse) =>
        file.Length + (rehearse ? OfRehearsal(file, plan) : 0);

    /// <summary>On one disk: the copy of the rehearsal is gone when the migration begins, so only the larger of the two counts.</summary>
    public static long OfAll(DatabaseFile file, MigrationPlan plan, bool rehearse) =>
        file.Length + Math.Max(OfMigration(file, plan), rehearse ? OfRehearsal(file, plan) : 0);

    /// <summary>In the folder of an isolation test: the copy, a log that holds each of its pages once more, and indexes for its foreign keys.</summary>
    public static long OfIsolationTest(DatabaseFile file) =>
        (file.Length + (DatabaseFile.HasContent(file.WalPath) ? new FileInfo(file.WalPath).Length : 0)) * 5 / 2;

    private static long OfRehearsal(DatabaseFile file, MigrationPlan plan) => file.Length + OfMigration(file, plan);
}
