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
    /// <summary>Copies the backup into a folder of its own, and migrates the copy, which stays there.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="run">The run that is rehearsed, whose journal has begun.</param>
    public static RehearsedPlan Run(BackupResult backup, MigrationPlan plan, RunContext run)
    {
        string folder = run.Journal!.Temporary(backup.BackupPath, TemporaryEnding.Rehearsal);
        return FileErrors.Guard(backup.Path, () =>
        {
            DurableFile.CreatePrivateFolder(folder);
            string copy = Path.Combine(folder, Path.GetFileName(backup.Path));
            StageProgress copying = new(Stage.Rehearsal, "Copying the backup", copy, 0, backup.Length) { Part = StagePart.Copy };
            RecordedBackup.Find(backup.BackupPath, backup.Path).CopyTo(
                copy,
                done => run.Progress?.Report(copying with { Completed = done }),
                run.Cancellation);
            using ExclusiveDatabase database = ExclusiveDatabase.Open(
                copy,
                run.Journal!.RecoveryFolder,
                ExclusiveDatabase.DefaultTimeout,
                run.Cancellation);

            // The copy is not needed after a power failure.
            _ = database.Connection.TryExecute("PRAGMA synchronous = OFF");
            DatabaseSchema schema = SchemaReader.Read(database.Connection);
            RunContext rehearsal = run with { Path = backup.Path, Stage = Stage.Rehearsal, Journal = null };
            MigrationRun migration = new(database, schema, plan, backup.BackupPath, rehearsed: null, rehearsal);
            MigrationResult result = migration.Run();
            return new RehearsedPlan(plan, result, migration.Baseline, migration.RecordedAt, new Twin(copy));
        });
    }
}
