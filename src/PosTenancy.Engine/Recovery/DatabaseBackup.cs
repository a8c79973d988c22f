using System.Diagnostics;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Recovery;

/// <summary>Makes a backup: a byte copy under a lock, read back, with a manifest. Whole, or absent.</summary>
public static class DatabaseBackup
{
    /// <summary>Locks the database and backs it up.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="destination">An existing folder; <see langword="null"/> for the folder of the database.</param>
    /// <param name="lockTimeout">How long to wait for others to close the database.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the operation; what was begun is removed.</param>
    /// <exception cref="PosTenancyException">The database cannot be locked or read, or the backup cannot be written.</exception>
    public static BackupResult Create(
        string path,
        string? destination = null,
        TimeSpan? lockTimeout = null,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        string live = FilePath.Full(path);
        using RunJournal journal = RunJournal.Open(live, "backup", progress);
        return journal.Keep(() =>
        {
            Report("Locking the database");
            using ExclusiveDatabase database = ExclusiveDatabase.Open(
                live, journal.RecoveryFolder, lockTimeout ?? ExclusiveDatabase.DefaultTimeout, cancellation, Report);
            journal.Begin(BackupDestination.Require(database.File, destination));
            return Create(database, destination, journal, progress, cancellation);
        });

        void Report(string activity) => progress?.Report(new StageProgress(Stage.Backup, activity, live, 0, 0) { Part = StagePart.Schema });
    }

    /// <summary>Verifies that a backup could be made now, and changes nothing.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="destination">An existing folder; <see langword="null"/> for the folder of the database.</param>
    /// <param name="lockTimeout">How long to wait for others to close the database; not at all if no time is given.</param>
    /// <param name="progress">Receives what is being waited for.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The folder that the backup would be in, and its size in bytes.</returns>
    /// <exception cref="PosTenancyException">It would be refused.</exception>
    public static (string Folder, long Length) Preview(
        string path,
        string? destination = null,
        TimeSpan? lockTimeout = null,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        DatabaseFile file = DatabaseFile.InspectUnused(path, lockTimeout ?? TimeSpan.Zero, progress, cancellation);
        string folder = BackupDestination.Require(file, destination);
        BackupDestination.RequireSpace(file.Path, folder, file.Length);
        return (folder, file.Length);
    }

    /// <summary>Backs up a database that is locked already.</summary>
    /// <param name="database">The database.</param>
    /// <param name="destination">An existing folder; <see langword="null"/> for the folder of the database.</param>
    /// <param name="journal">The journal of the command, which has begun.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the operation; what was begun is removed.</param>
    internal static BackupResult Create(
        ExclusiveDatabase database,
        string? destination,
        RunJournal journal,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();
        DateTimeOffset createdAt = DateTimeOffset.Now;
        database.Checkpoint();
        DatabaseFile file = database.File;
        string folder = BackupDestination.Require(file, destination);
        long length = database.RawFile.Length;
        BackupDestination.RequireSpace(file.Path, folder, length);

        string name = Path.GetFileName(file.Path) + ".backup-" + FileStamp.Format(createdAt);
        string backupPath = FreeName.Find(
            Path.Combine(folder, name),
            "-",
            p => File.Exists(p) || File.Exists(BackupManifest.PathFor(p)));
        return FileErrors.Guard(file.Path, () => Write(database, backupPath, journal, createdAt, watch, progress, cancellation));
    }

    private static BackupResult Write(
        ExclusiveDatabase database,
        string backupPath,
        RunJournal journal,
        DateTimeOffset createdAt,
        Stopwatch watch,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation)
    {
        DatabaseFile file = database.File;
        string partial = journal.Temporary(backupPath, TemporaryEnding.Partial);
        string manifestPath = BackupManifest.PathFor(backupPath);
        string partialManifest = journal.Temporary(manifestPath, TemporaryEnding.Partial);
        string hash = Copy(database, partial, progress, cancellation);
        (int tables, long rows) = Verify(database, partial, progress, cancellation);
        BackupManifest manifest = new(
            BackupManifest.FormatName,
            BackupManifest.CurrentVersion,
            file.Path,
            Path.GetFileName(backupPath),
            hash,
            database.RawFile.Length,
            file.Header.PageSize,
            tables,
            rows,
            createdAt,
            ProductVersion.Name);

        // What fails from here on leaves files that the journal knows to be this run's, and takes away.
        journal.Enter(Stage.Backup, backupPath, hash);
        DurableFile.WriteNew(partialManifest, manifest.ToBytes());
        DurableFile.CopyPermissions(file.Path, partialManifest);

        // The manifest first: a backup under its final name always has one.
        DurableFile.Publish(partialManifest, manifestPath);
        DurableFile.Publish(partial, backupPath);
        return new BackupResult(
            file.Path, backupPath, manifestPath, hash, manifest.Length, tables, rows, createdAt, watch.Elapsed, Verified: true);
    }

    private static string Copy(
        ExclusiveDatabase database,
        string partial,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation)
    {
        long length = database.RawFile.Length;
        StageProgress copying = new(Stage.Backup, "Copying under the lock", database.File.Path, 0, length) { Part = StagePart.Copy };
        (string hash, string readBack) = DurableFile.CopyAndReadBack(
            database.RawFile,
            partial,
            permissionsFrom: database.File.Path,
            database.File.Header.PageSize,
            done => progress?.Report(copying with { Completed = done }),
            cancellation);
        return readBack == hash
            ? hash
            : throw Errors.BackupTampered(partial, "the bytes read back differ from those written; the disk may be failing");
    }

    /// <summary>Reads the copy as an application would.</summary>
    private static (int Tables, long Rows) Verify(
        ExclusiveDatabase database, string partial, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        progress?.Report(new StageProgress(Stage.Backup, "Reading the backup back", partial, 0, 0) { Part = StagePart.ReadBack });
        using DatabaseConnection reader = DatabaseConnection.OpenImmutable(partial, cancellation);
        (int Tables, long Rows) copied = SchemaReader.Read(reader).Counts;

        // The same bytes are not the same database if SQLite reads more than the bytes of this file.
        return copied == SchemaReader.Read(database.Connection).Counts
            ? copied
            : throw Errors.BackupTampered(partial, "a reader sees other content in it than in the database");
    }
}
