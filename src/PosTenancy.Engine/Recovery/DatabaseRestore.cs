using System.Diagnostics;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Recovery;

/// <summary>
/// Replaces a database with a backup in one rename, so that at every moment the old file or the new one exists, complete.
/// The replaced file is kept, with every sale that was made since the backup.
/// </summary>
public static class DatabaseRestore
{
    /// <summary>Verifies that a backup could be restored now, and changes nothing.</summary>
    /// <param name="path">The live database; it may be damaged or missing.</param>
    /// <param name="backupPath">A backup with its manifest.</param>
    /// <param name="lockTimeout">How long to wait for others to close the database; not at all if no time is given.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Stops the verification.</param>
    /// <returns>The backup, and what has become of the database since.</returns>
    /// <exception cref="PosTenancyException">The backup is not whole or not of this database, or the database is in use.</exception>
    public static RestorePreview Preview(
        string path,
        string backupPath,
        TimeSpan? lockTimeout = null,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        string live = FilePath.Full(path);
        RecordedBackup backup = Open(live, backupPath, Stage.Plan, progress, cancellation);
        RequireTarget(live, backup);
        if (File.Exists(live))
        {
            LockWait.Until(
                lockTimeout ?? TimeSpan.Zero,
                _ => InUse(live),
                waiting => progress?.Report(new StageProgress(Stage.Plan, waiting, live, 0, 0)),
                cancellation);
        }

        return RestorePreview.Read(live, backup, progress, cancellation);
    }

    /// <summary>Restores a backup.</summary>
    /// <param name="path">The live database; it may be damaged or missing.</param>
    /// <param name="backupPath">A backup with its manifest.</param>
    /// <param name="lockTimeout">How long to wait for others to close the database.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the operation, as long as nothing was replaced.</param>
    /// <exception cref="PosTenancyException">The backup is not whole or not of this database, or the database is in use.</exception>
    public static RestoreResult Restore(
        string path,
        string backupPath,
        TimeSpan? lockTimeout = null,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        string live = FilePath.Full(path);
        using RunJournal journal = RunJournal.Open(live, "restore", progress);
        return journal.Keep(() =>
        {
            RecordedBackup backup = Open(live, backupPath, Stage.Restore, progress, cancellation);
            RequireTarget(live, backup);
            journal.Begin();
            RestoreResult result = Restore(
                live,
                backup,
                expectedHash: null,
                journal,
                lockTimeout ?? ExclusiveDatabase.DefaultTimeout,
                progress,
                cancellation);

            // What a migration did that was interrupted is in the replaced file now.
            journal.SettleEarlier();
            return result;
        });
    }

    /// <summary>
    /// Restores a backup that this process has just proved the file to be, after a migration of it failed; it cannot be cancelled.
    /// </summary>
    /// <param name="live">Full path of the database.</param>
    /// <param name="backup">The backup. The file may have been moved since it was made.</param>
    /// <param name="expectedHash">SHA-256 of the migrated file: if it was written to since, it is not replaced.</param>
    /// <param name="journal">The journal of the migration.</param>
    /// <param name="progress">Receives progress reports.</param>
    internal static RestoreResult TakeBack(
        string live,
        RecordedBackup backup,
        string expectedHash,
        RunJournal journal,
        NonThrowingProgress progress)
    {
        RequireTarget(live, backup);
        return Restore(live, backup, expectedHash, journal, ExclusiveDatabase.DefaultTimeout, progress, CancellationToken.None);
    }

    private static RestoreResult Restore(
        string live,
        RecordedBackup backup,
        string? expectedHash,
        RunJournal journal,
        TimeSpan lockTimeout,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();
        string temporary = journal.Temporary(live, TemporaryEnding.Restore);
        return FileErrors.Guard(
            live,
            () =>
            {
                WriteTemporary(live, temporary, backup, progress, cancellation);
                string? replacedPath = Replace(live, temporary, expectedHash, journal, lockTimeout, progress, cancellation);
                try
                {
                    Verify(live, backup, replacedPath, journal, new NonThrowingProgress(progress));
                }
                catch (Exception exception)
                    when (exception
                            is IOException
                                or UnauthorizedAccessException
                                or PosTenancyException { ErrorId: not ErrorIds.RestoreFailed })
                {
                    // The inner error may claim that nothing was changed, but the file was replaced before it.
                    string why = exception is PosTenancyException known ? known.What : exception.Message;
                    throw Errors.RestoreFailed(
                        live,
                        $"the backup has replaced it, but could not be read back: {why} {DescribeReplaced(replacedPath)}",
                        exception);
                }

                return new RestoreResult(
                    live,
                    backup.Path,
                    backup.Manifest.Sha256,
                    backup.Manifest.Length,
                    Verified: true,
                    watch.Elapsed,
                    replacedPath);
            }
        );
    }

    /// <summary>Verifies the backup before anything is written.</summary>
    private static RecordedBackup Open(
        string live, string backupPath, Stage stage, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        RecordedBackup backup = RecordedBackup.Open(backupPath, live, stage, progress, cancellation);
        backup.RequireOf(live);
        progress?.Report(new StageProgress(stage, "Counting the rows of the backup", backup.Path, 0, 0) { Part = StagePart.Baseline });
        backup.RequireCounts(cancellation);
        return backup;
    }

    private static void RequireTarget(string live, RecordedBackup backup)
    {
        string folder = Path.GetDirectoryName(live)!;
        if (!Directory.Exists(folder))
        {
            throw Errors.FileNotFound(live);
        }

        if (Directory.Exists(live))
        {
            throw Errors.PathIsFolder(live);
        }

        if (File.Exists(live) && new FileInfo(live).IsReadOnly)
        {
            throw Errors.ReadOnlyFile(live);
        }

        if (!FolderAccess.IsWritable(folder))
        {
            throw Errors.ReadOnlyFolder(live, folder);
        }

        BackupDestination.RequireSpace(live, folder, backup.Manifest.Length);
    }

    /// <summary>The refusal of a file that another process has open; <see langword="null"/> if none has.</summary>
    private static PosTenancyException? InUse(string live) =>
        (OpenFileProcesses.FindThis(live) ?? OpenFileProcesses.FindOthers(live).Phrase) is { } processes
            ? Errors.DatabaseInUse(live, processes)
            : null;

    private static void WriteTemporary(
        string live,
        string temporary,
        RecordedBackup backup,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation)
    {
        long length = backup.Manifest.Length;
        backup.RequireFile();
        using FileStream source = FileBlocks.Open(backup.Path);
        DurableFile.Copy(
            source,
            temporary,
            permissionsFrom: File.Exists(live) ? live : backup.Path,
            backup.Manifest.PageSize,
            ReadBack,
            done =>
                progress?.Report(
                    new StageProgress(Stage.Restore, "Copying the backup", backup.Path, done, length) { Part = StagePart.Copy }),
            cancellation);

        // By its name, as long as nothing is replaced yet.
        void ReadBack()
        {
            string written = FileDigest.Compute(
                temporary,
                backup.Manifest.PageSize,
                done =>
                    progress?.Report(
                        new StageProgress(Stage.Restore, "Reading the copy back", temporary, done, length) { Part = StagePart.ReadBack }),
                cancellation);
            if (written != backup.Manifest.Sha256)
            {
                // Either the backup was changed since it was verified, or the copy.
                backup.Verify(Stage.Restore, progress, cancellation);
                throw Errors.BackupTampered(temporary, "the bytes read back differ from those written; the disk may be failing");
            }
        }
    }

    /// <summary>Replaces the old file, which is kept, and stays locked until it has its new name.</summary>
    private static string? Replace(
        string live,
        string temporary,
        string? expectedHash,
        RunJournal journal,
        TimeSpan timeout,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation)
    {
        string kept = FreeName.Find($"{live}.replaced-{FileStamp.Format(DateTimeOffset.Now)}", "-", File.Exists);
        if (!File.Exists(live))
        {
            MoveSidecars(live, kept);
            DurableFile.Publish(temporary, live);
            return null;
        }

        Report("Locking the database");
        using ExclusiveDatabase? locked = Settle(live, journal, timeout, Report, cancellation);
        if (locked is null)
        {
            LockWait.Until(timeout, _ => InUse(live), Report, cancellation);
            MoveSidecars(live, kept);
        }
        else if (expectedHash is not null && Hash(locked) != expectedHash)
        {
            throw Errors.DatabaseChanged(live, "was written to after the migration, so it was not replaced.");
        }

        if (Unix.IsAvailable)
        {
            locked?.LeaveSidecars();
        }
        else
        {
            // Windows does not rename a file that SQLite has open. If another process has it open, the rename fails.
            locked?.Dispose();
        }

        try
        {
            // For an instant the old file has both names.
            journal.Enter(Stage.Restore, keptPath: kept);
            DurableFile.Replace(temporary, live, kept);
        }
        catch when (locked is null)
        {
            // The file stays, and what lay beside it belongs to it.
            MoveSidecars(kept, live);
            throw;
        }

        try
        {
            DurableFile.SyncFolderOf(live);
        }
        catch (IOException exception)
        {
            throw Errors.RestoreFailed(
                live,
                "the backup has replaced it, but the system does not guarantee that this survives a power failure: " +
                $"{exception.Message} {DescribeReplaced(kept)}"
            );
        }

        return kept;

        void Report(string activity) => progress?.Report(new StageProgress(Stage.Restore, activity, live, 0, 0));

        string Hash(ExclusiveDatabase database)
        {
            long length = database.RawFile.Length;
            return FileDigest.Compute(
                database.RawFile,
                database.File.Header.PageSize,
                done => progress?.Report(new StageProgress(Stage.Restore, "Proving that the file is the migrated one", live, done, length)),
                cancellation);
        }
    }

    /// <summary>
    /// Makes the old file whole and locks it: a stale log or journal left beside the new one would be replayed over it
    /// (sqlite.org/howtocorrupt.html, 1.4). SQLite itself folds them in, and so the replaced file has everything that was written.
    /// </summary>
    /// <returns>The lock; <see langword="null"/> for a file that SQLite cannot open, or must not, which is what a restore is for.</returns>
    private static ExclusiveDatabase? Settle(
        string live, RunJournal journal, TimeSpan timeout, Action<string> waiting, CancellationToken cancellation)
    {
        try
        {
            using (ExclusiveDatabase whole = ExclusiveDatabase.Open(live, journal.RecoveryFolder, timeout, cancellation, waiting))
            {
                whole.Checkpoint();
            }

            return ExclusiveDatabase.Open(live, journal.RecoveryFolder, timeout, cancellation, waiting);
        }
        catch (PosTenancyException exception)
            when (exception.ErrorId
                    is ErrorIds.NotADatabase
                        or ErrorIds.DatabaseEncrypted
                        or ErrorIds.EmptyFile
                        or ErrorIds.DatabaseTruncated
                        or ErrorIds.DatabaseCorrupt
                        or ErrorIds.SqliteError
                        or ErrorIds.HotJournal)
        {
            return null;
        }
    }

    /// <summary>
    /// Beside a file that SQLite cannot open, or that is gone, these are evidence; beside the new one they would corrupt it.
    /// </summary>
    private static void MoveSidecars(string live, string kept)
    {
        foreach (string ending in DatabaseFile.SidecarEndings.Where(ending => File.Exists(live + ending)))
        {
            MomentaryHold.Outlast(() => File.Move(live + ending, kept + ending));
        }
    }

    /// <summary>Reads the restored file from the disk, and then as a new reader sees it.</summary>
    private static void Verify(string live, RecordedBackup backup, string? replacedPath, RunJournal journal, NonThrowingProgress progress)
    {
        if (File.Exists(live + "-wal"))
        {
            TidyLog(live, journal);
        }

        long length = backup.Manifest.Length;
        string hash = FileDigest.Compute(
            live,
            backup.Manifest.PageSize,
            done =>
                progress.Report(
                    new StageProgress(Stage.Restore, "Reading the restored file", live, done, length) { Part = StagePart.FileProof }),
            CancellationToken.None);
        if (hash != backup.Manifest.Sha256)
        {
            throw Errors.RestoreFailed(live, $"its SHA-256 is {hash}, not {backup.Manifest.Sha256}. {DescribeReplaced(replacedPath)}");
        }

        (int tables, long rows) = DatabaseReader.Read(live, static reader => SchemaReader.Read(reader).Counts, CancellationToken.None);
        if ((tables, rows) != (backup.Manifest.Tables, backup.Manifest.Rows))
        {
            throw Errors.RestoreFailed(
                live,
                $"a reader sees {tables} tables and {rows} rows, not {backup.Manifest.Tables} and {backup.Manifest.Rows}. " +
                $"{DescribeReplaced(replacedPath)}"
            );
        }
    }

    private static string DescribeReplaced(string? replacedPath) =>
        replacedPath is null ? "No file was replaced." : $"The replaced file is '{replacedPath}'.";

    /// <summary>The lock left an empty log beside the new file. SQLite removes it, unless another program already uses it.</summary>
    private static void TidyLog(string live, RunJournal journal)
    {
        try
        {
            ExclusiveDatabase.Open(live, journal.RecoveryFolder, TimeSpan.Zero, CancellationToken.None).Dispose();
        }
        catch (PosTenancyException exception) when (exception.ErrorId is ErrorIds.DatabaseInUse or ErrorIds.DatabaseLocked)
        {
            // Another program uses it.
        }
    }
}
