using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Migration;

/// <summary>
/// The same plan, run by the same code, on a copy of the backup. What it measures is what production will be compared with.
/// </summary>
internal static class Rehearsal
{
    /// <summary>Copies the backup into a folder, migrates the copy, and removes the folder.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="journal">The journal of the command, which has begun.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Stops it.</param>
    public static MigrationResult Run(
        BackupResult backup, MigrationPlan plan, RunJournal journal, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        string folder = journal.Temporary(backup.BackupPath, TemporaryEnding.Rehearsal);
        return FileErrors.Guard(
            backup.Path,
            () =>
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
                        done =>
                            progress?.Report(
                                new StageProgress(Stage.Rehearsal, "Copying the backup", copy, done, backup.Length)
                                {
                                    Part = StagePart.Copy,
                                }),
                        cancellation);
                    using ExclusiveDatabase database = ExclusiveDatabase.Open(
                        copy,
                        journal.RecoveryFolder,
                        ExclusiveDatabase.DefaultTimeout,
                        cancellation);
                    DatabaseSchema schema = SchemaReader.Read(database.Connection);
                    return new MigrationRun(
                        database,
                        schema,
                        plan,
                        backup.BackupPath,
                        backup.Path,
                        Stage.Rehearsal,
                        rehearsed: null,
                        journal: null,
                        progress,
                        cancellation
                    ).Run();
                }
                finally
                {
                    // Its room is needed next. What cannot be removed now, the journal knows.
                    TryDelete(folder);
                }
            }
        );
    }

    private static void TryDelete(string folder)
    {
        try
        {
            MomentaryHold.Outlast(() => Directory.Delete(folder, recursive: true));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // See above.
        }
    }
}
