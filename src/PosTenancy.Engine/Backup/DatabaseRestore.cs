using System.Diagnostics;
using System.Globalization;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Backup;

/// <summary>
/// Puts a backup in the place of a database: one rename, so that at every moment there is the old file or the new one, whole.
/// The replaced file is kept, with every sale that was made since the backup.
/// </summary>
public static class DatabaseRestore
{
    /// <summary>Verifies that a backup could be restored now, and changes nothing.</summary>
    /// <param name="path">The live database; it may be damaged or missing.</param>
    /// <param name="backupPath">A backup with its manifest.</param>
    /// <param name="cancellation">Stops the verification.</param>
    /// <exception cref="PosTenancyException">The backup is not whole or not of this database, or the database is in use.</exception>
    public static void Preview(string path, string backupPath, CancellationToken cancellation = default)
    {
        string live = DatabaseFile.FullPath(path);
        VerifiedBackup backup = Require(live, backupPath, progress: null, cancellation);
        RequireTarget(live, backup);
        if (File.Exists(live))
        {
            RequireUnused(live);
        }
    }

    /// <summary>Restores a backup.</summary>
    /// <param name="path">The live database; it may be damaged or missing.</param>
    /// <param name="backupPath">A backup with its manifest.</param>
    /// <param name="lockTimeout">How long to wait for others to close the database.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Stops it, as long as nothing was replaced.</param>
    /// <exception cref="PosTenancyException">The backup is not whole or not of this database, or the database is in use.</exception>
    public static RestoreResult Restore(
        string path,
        string backupPath,
        TimeSpan? lockTimeout = null,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        Stopwatch watch = Stopwatch.StartNew();
        string live = DatabaseFile.FullPath(path);
        VerifiedBackup backup = Require(live, backupPath, progress, cancellation);
        RequireTarget(live, backup);
        string temporary = $"{live}.restore-{Guid.NewGuid():N}";
        try
        {
            return FileErrors.Guard(live, () =>
            {
                WriteTemporary(live, temporary, backup, progress, cancellation);
                if (File.Exists(live))
                {
                    Settle(live, lockTimeout ?? ExclusiveDatabase.DefaultTimeout, cancellation);
                }

                string? replacedPath = Replace(live, temporary);
                Verify(live, backup, replacedPath);
                return new RestoreResult(
                    live, backup.Path, backup.Manifest.Sha256, backup.Manifest.Length, Verified: true, watch.Elapsed, replacedPath);
            });
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static VerifiedBackup Require(string live, string backupPath, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        VerifiedBackup backup = VerifiedBackup.Open(backupPath, Stage.Restore, progress, cancellation);
        return backup.IsBackupOf(live) ? backup : throw Errors.BackupMismatch(live, backup.Path, backup.Manifest.Source);
    }

    private static void RequireTarget(string live, VerifiedBackup backup)
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

    private static void RequireUnused(string live)
    {
        if ((OpenFileProcesses.FindThis(live) ?? OpenFileProcesses.FindOthers(live).Phrase) is { } processes)
        {
            throw Errors.DatabaseInUse(live, processes);
        }
    }

    private static void WriteTemporary(
        string live, string temporary, VerifiedBackup backup, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        using FileStream source = DatabaseFile.OpenRaw(backup.Path);
        using FileStream target = DurableFile.Create(temporary, backup.Manifest.Length);
        DurableFile.CopyPermissions(File.Exists(live) ? live : backup.Path, temporary);
        string hash = FileDigest.Copy(
            source,
            target,
            backup.Manifest.PageSize,
            done => progress?.Report(new StageProgress(Stage.Restore, "Copying the backup", backup.Path, done, backup.Manifest.Length)),
            cancellation);
        target.Flush(flushToDisk: true);
        if (hash != backup.Manifest.Sha256)
        {
            throw Errors.BackupTampered(backup.Path, "it changed while it was read");
        }
    }

    /// <summary>
    /// Makes the old file whole and alone: a stale log or journal left beside the new one would be replayed over it
    /// (sqlite.org/howtocorrupt.html, 1.4). SQLite itself folds them in, and so the replaced file has everything that was written.
    /// </summary>
    private static void Settle(string live, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            ExclusiveDatabase.Open(live, timeout, cancellation).Dispose();
        }
        catch (PosTenancyException exception) when (exception.ErrorId is
            ErrorIds.NotADatabase or ErrorIds.DatabaseEncrypted or ErrorIds.EmptyFile or ErrorIds.DatabaseTruncated or ErrorIds.DatabaseCorrupt)
        {
            // A file that SQLite cannot open is what a restore is for. Nobody can lock it; that nobody has it open can still be seen.
        }

        RequireUnused(live);
    }

    /// <summary>Keeps the old file, whatever lies beside it, and puts the new one in its place.</summary>
    private static string? Replace(string live, string temporary)
    {
        string stamp = DateTimeOffset.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        string kept = DurableFile.FreePath($"{live}.replaced-{stamp}", File.Exists);

        // Only a file that SQLite could not open still has any of these; with it they are evidence, with the new file they are poison.
        foreach (string suffix in new[] { "-wal", "-journal", "-shm" })
        {
            if (File.Exists(live + suffix))
            {
                File.Move(live + suffix, kept + suffix);
            }
        }

        if (!File.Exists(live))
        {
            DurableFile.Publish(temporary, live);
            return null;
        }

        DurableFile.Replace(temporary, live, kept);
        return kept;
    }

    /// <summary>Reads the restored file from the disk, and then as a new reader sees it.</summary>
    private static void Verify(string live, VerifiedBackup backup, string? replacedPath)
    {
        string hash = FileDigest.Compute(live, backup.Manifest.PageSize, progress: null, CancellationToken.None);
        if (hash != backup.Manifest.Sha256)
        {
            throw Errors.RestoreFailed(live, $"its SHA-256 is {hash}, not {backup.Manifest.Sha256}. The replaced file is '{replacedPath}'.");
        }

        (int tables, long rows) = DatabaseReader.Read(
            live,
            static reader =>
            {
                List<TableSchema> found = [.. SchemaReader.Read(reader).CountedTables];
                return (found.Count, found.Sum(t => t.Rows!.Value));
            },
            CancellationToken.None);
        if ((tables, rows) != (backup.Manifest.Tables, backup.Manifest.Rows))
        {
            throw Errors.RestoreFailed(
                live, $"a reader sees {tables} tables and {rows} rows, not {backup.Manifest.Tables} and {backup.Manifest.Rows}. The replaced file is '{replacedPath}'.");
        }
    }
}
