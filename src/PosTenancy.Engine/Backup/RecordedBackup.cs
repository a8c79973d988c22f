using PosTenancy.Engine.Files;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Backup;

/// <summary>A backup and its manifest, which records what its bytes must be.</summary>
/// <param name="Path">Full path of the backup.</param>
/// <param name="Manifest">Its manifest.</param>
internal sealed record RecordedBackup(string Path, BackupManifest Manifest)
{
    /// <summary>Finds a backup with its manifest and verifies its bytes.</summary>
    /// <param name="backupPath">The backup.</param>
    /// <param name="live">The database that it is the backup of: the same file under another name is not a backup, and must not be
    /// opened.</param>
    /// <param name="stage">The stage to report.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PosTenancyException">The backup is missing, was changed, or has no usable manifest.</exception>
    public static RecordedBackup Open(
        string backupPath,
        string live,
        Stage stage,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation)
    {
        RecordedBackup backup = Find(backupPath, live);
        backup.Verify(stage, progress, cancellation);
        return backup;
    }

    /// <summary>Finds a backup with its manifest. Its bytes are still to be verified.</summary>
    /// <param name="backupPath">The backup.</param>
    /// <param name="live">The database that it is the backup of.</param>
    /// <exception cref="PosTenancyException">The backup is missing, has another length, or has no usable manifest.</exception>
    public static RecordedBackup Find(string backupPath, string live)
    {
        string path = FilePath.Full(backupPath);
        if (!File.Exists(path) || FileIdentity.Read(path) is { IsRegularFile: false })
        {
            throw Errors.BackupNotFound(path, "backup");
        }

        if (string.Equals(path, live, PathComparison.Kind) || FileIdentity.IsSameFile(path, live))
        {
            throw Errors.BackupIsDatabase(path);
        }

        return FileErrors.Guard(
            path,
            () =>
            {
                BackupManifest manifest = BackupManifest.Read(path);
                long length = new FileInfo(path).Length;
                return length == manifest.Length
                    ? new RecordedBackup(path, manifest)
                    : throw Errors.BackupTampered(path, $"it has {length} bytes, not {manifest.Length}");
            });
    }

    /// <summary>The backup as the result of a run that goes on with it: it was not made again, and takes no time.</summary>
    /// <param name="live">Full path of the database.</param>
    public BackupResult ToResult(string live) => new(
        live,
        Path,
        BackupManifest.PathFor(Path),
        Manifest.Sha256,
        Manifest.Length,
        Manifest.Tables,
        Manifest.Rows,
        Manifest.CreatedAt,
        TimeSpan.Zero,
        Verified: true);

    /// <summary>Hashes the whole backup.</summary>
    /// <exception cref="PosTenancyException">Its bytes are not those that its manifest records.</exception>
    public void Verify(Stage stage, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        StageProgress verifying = new(stage, "Verifying the backup", Path, 0, Manifest.Length) { Part = StagePart.BackupProof };
        using FileStream stream = FileErrors.Guard(Path, () => FileBlocks.Open(Path));
        string hash = FileErrors.Guard(
            Path,
            () => FileDigest.Compute(
                stream,
                Manifest.PageSize,
                done => progress?.Report(verifying with { Completed = done }),
                cancellation));
        Require(stream, hash);
    }

    /// <summary>
    /// Copies the backup to a file that must not exist yet, with its permissions, and verifies the bytes that are copied.
    /// </summary>
    /// <param name="target">Path of the copy, which need not survive a loss of power.</param>
    /// <param name="progress">Receives the number of bytes done.</param>
    /// <param name="cancellation">Stops between two blocks.</param>
    /// <exception cref="PosTenancyException">The bytes are not those that the manifest records.</exception>
    public void CopyTo(string target, Action<long>? progress, CancellationToken cancellation)
    {
        RequireFile();
        using FileStream source = FileBlocks.Open(Path);
        Require(source, DurableFile.CopyAndHash(source, target, permissionsFrom: Path, Manifest.PageSize, progress, cancellation));
    }

    /// <summary>Verifies that a reader finds the tables and rows of the manifest in the backup.</summary>
    /// <exception cref="PosTenancyException">It finds others.</exception>
    public void RequireCounts(CancellationToken cancellation)
    {
        RequireFile();
        using DatabaseConnection reader = DatabaseConnection.OpenImmutable(Path, cancellation);
        RequireCounts(SchemaReader.Read(reader).Counts);
    }

    /// <summary>The same for counts that were already read from a file with the same bytes.</summary>
    /// <exception cref="PosTenancyException">They differ.</exception>
    public void RequireCounts((int Tables, long Rows) seen)
    {
        if (seen != (Manifest.Tables, Manifest.Rows))
        {
            throw Errors.BackupTampered(
                Path, $"a reader sees {seen.Tables} tables and {seen.Rows} rows in it, not {Manifest.Tables} and {Manifest.Rows}");
        }
    }

    /// <summary>Requires that it is still a regular file: opening a pipe would block.</summary>
    /// <exception cref="PosTenancyException">It is not.</exception>
    public void RequireFile()
    {
        if (FileIdentity.Read(Path) is { IsRegularFile: false })
        {
            throw Errors.BackupTampered(Path, "it is no longer a file");
        }
    }

    /// <summary>
    /// Proves that a locked database is, byte for byte, what the backup holds, and that the backup is what its manifest records: the one is
    /// hashed and compared with the other in one pass.
    /// </summary>
    /// <exception cref="PosTenancyException">The backup was changed, is that of another file, or the database changed since.</exception>
    public void RequireMatch(ExclusiveDatabase database, Stage stage, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        RequireFile();
        long length = database.RawFile.Length;
        StageProgress proving = new(stage, "Proving that the file equals its backup", database.File.Path, 0, length)
        {
            Part = StagePart.FileProof,
        };
        using FileStream backup = FileErrors.Guard(Path, () => FileBlocks.Open(Path));
        (string hash, bool isEqual) = FileDigest.Compare(
            database.RawFile,
            backup,
            database.File.Header.PageSize,
            done => progress?.Report(proving with { Completed = done }),
            cancellation);
        if (!isEqual || hash != Manifest.Sha256)
        {
            Verify(stage, progress, cancellation);
            RequireMatch(database.File.Path, hash);
            throw Errors.BackupTampered(Path, "it changed while it was being read");
        }

        RequirePageSize(database.File.Header.PageSize);
    }

    /// <summary>The same for a database that is not locked, and can change at any time.</summary>
    /// <exception cref="PosTenancyException">It is the backup of another file, or the database changed since.</exception>
    public void RequireMatch(DatabaseFile file, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        string hash = FileDigest.Compute(
            file.Path,
            file.Header.PageSize,
            done => progress?.Report(new StageProgress(Stage.Plan, "Comparing the database with its backup", file.Path, done, file.Length)),
            cancellation);
        RequireMatch(file.Path, hash);
    }

    private void Require(FileStream stream, string hash)
    {
        if (hash != Manifest.Sha256)
        {
            throw Errors.BackupTampered(Path, $"its SHA-256 is {hash}, not {Manifest.Sha256}");
        }

        RequirePageSize(DatabaseFile.Read(Path, stream).Header.PageSize);
    }

    private void RequirePageSize(int pageSize)
    {
        if (pageSize != Manifest.PageSize)
        {
            throw Errors.BackupTampered(Path, $"its pages have {pageSize} bytes, not {Manifest.PageSize}");
        }
    }

    private void RequireMatch(string path, string hash)
    {
        if (hash == Manifest.Sha256)
        {
            return;
        }

        throw IsBackupOf(path)
            ? Errors.DatabaseChanged(path, $"no longer equals its backup '{Path}': it was written to since.")
            : Errors.BackupMismatch(path, Path, Manifest.Source);
    }

    /// <summary>Requires that the manifest names this database as its source.</summary>
    /// <exception cref="PosTenancyException">It names another.</exception>
    public void RequireOf(string live)
    {
        if (!IsBackupOf(live))
        {
            throw Errors.BackupOfOther(live, Path, Manifest.Source);
        }
    }

    /// <summary>Whether the manifest names this database as its source.</summary>
    public bool IsBackupOf(string path) => string.Equals(Manifest.Source, path, PathComparison.Kind);
}
