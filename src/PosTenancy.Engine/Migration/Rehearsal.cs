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
    /// <param name="run">The run that is rehearsed, whose journal has begun.</param>
    public static MigrationResult Run(BackupResult backup, MigrationPlan plan, RunContext run)
    {
        string folder = run.Journal!.Temporary(backup.BackupPath, TemporaryEnding.Rehearsal);
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
                            run.Progress?.Report(
                                new StageProgress(Stage.Rehearsal, "Copying the backup", copy, done, backup.Length)
                                {
                                    Part = StagePart.Copy,
                                }),
                        run.Cancellation);
                    using ExclusiveDatabase database = ExclusiveDatabase.Open(
                        copy,
                        run.Journal!.RecoveryFolder,
                        ExclusiveDatabase.DefaultTimeout,
                        run.Cancellation);
                    DatabaseSchema schema = SchemaReader.Read(database.Connection);
                    RunContext rehearsal = run with { Path = backup.Path, Stage = Stage.Rehearsal, Journal = null };
                    return new MigrationRun(database, schema, plan, backup.BackupPath, rehearsed: null, rehearsal).Run();
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
