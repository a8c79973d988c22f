using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Migration;

/// <summary>The same plan, run by the same code, on a copy of the backup. What it measures is what production will be compared with.</summary>
internal static class Rehearsal
{
    /// <summary>Copies the backup into a folder of its own beside it, migrates the copy, and removes the folder.</summary>
    public static MigrationResult Run(
        BackupResult backup, MigrationPlan plan, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        string folder = DurableFile.FreePath(backup.BackupPath + ".rehearsal", Directory.Exists);
        return FileErrors.Guard(backup.Path, () =>
        {
            DurableFile.CreatePrivateFolder(folder);
            try
            {
                string copy = Path.Combine(folder, Path.GetFileName(backup.Path));
                _ = BackupCopy.Write(
                    backup.BackupPath,
                    BackupManifest.Read(backup.BackupPath),
                    copy,
                    permissionsFrom: backup.BackupPath,
                    isDurable: false,
                    done => progress?.Report(new StageProgress(Stage.Rehearsal, "Copying the backup", copy, done, backup.Length)),
                    cancellation);
                using ExclusiveDatabase database = ExclusiveDatabase.Open(copy, ExclusiveDatabase.DefaultTimeout, cancellation);
                DatabaseSchema schema = SchemaReader.Read(database.Connection);
                return new MigrationRun(database, schema, plan, backup.BackupPath, backup.Path, Stage.Rehearsal, rehearsed: null, progress, cancellation).Run();
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
    }
}
