using PosTenancy.Engine.Files;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Backup;

/// <summary>A backup whose bytes were just found to be what its manifest says.</summary>
/// <param name="Path">Full path of the backup.</param>
/// <param name="Manifest">Its manifest.</param>
internal sealed record VerifiedBackup(string Path, BackupManifest Manifest)
{
    /// <summary>Reads the manifest and hashes the whole backup.</summary>
    /// <param name="backupPath">The backup.</param>
    /// <param name="live">The database that it is the backup of: the same file under another name is no backup, and must not be
    /// opened.</param>
    /// <param name="stage">The stage that asks.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="PosTenancyException">The backup is missing, was changed, or has no usable manifest.</exception>
    public static VerifiedBackup Open(
        string backupPath,
        string live,
        Stage stage,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation)
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
                if (length != manifest.Length)
                {
                    throw Errors.BackupTampered(path, $"it has {length} bytes, not {manifest.Length}");
                }

                using FileStream stream = FileBlocks.Open(path);
                string hash = FileDigest.Compute(
                    stream,
                    manifest.PageSize,
                    done =>
                        progress?.Report(
                            new StageProgress(stage, "Verifying the backup", path, done, length) { Part = StagePart.BackupProof }),
                    cancellation);
                if (hash != manifest.Sha256)
                {
                    throw Errors.BackupTampered(path, $"its SHA-256 is {hash}, not {manifest.Sha256}");
                }

                int pageSize = DatabaseFile.Read(path, stream).Header.PageSize;
                return pageSize == manifest.PageSize
                    ? new VerifiedBackup(path, manifest)
                    : throw Errors.BackupTampered(path, $"its pages have {pageSize} bytes, not {manifest.PageSize}");
            }
        );
    }

    /// <summary>Proves that a reader sees in the backup what its manifest says.</summary>
    /// <exception cref="PosTenancyException">It sees something else.</exception>
    public void RequireCounts(CancellationToken cancellation)
    {
        RequireFile();
        using DatabaseConnection reader = DatabaseConnection.OpenImmutable(Path, cancellation);
        RequireCounts(SchemaReader.Read(reader).Counts);
    }

    /// <summary>The same for what was seen already, in a file with the same bytes.</summary>
    /// <exception cref="PosTenancyException">It was something else.</exception>
    public void RequireCounts((int Tables, long Rows) seen)
    {
        if (seen != (Manifest.Tables, Manifest.Rows))
        {
            throw Errors.BackupTampered(
                Path, $"a reader sees {seen.Tables} tables and {seen.Rows} rows in it, not {Manifest.Tables} and {Manifest.Rows}");
        }
    }

    /// <summary>It was a file when it was verified. A pipe that has taken its place since would be waited for.</summary>
    /// <exception cref="PosTenancyException">It is none any more.</exception>
    public void RequireFile()
    {
        if (FileIdentity.Read(Path) is { IsRegularFile: false })
        {
            throw Errors.BackupTampered(Path, "it is no file any more");
        }
    }

    /// <summary>Proves that a locked database is, byte for byte, what the backup holds.</summary>
    /// <exception cref="PosTenancyException">It is the backup of another file, or the database changed since.</exception>
    public void RequireMatch(ExclusiveDatabase database, Stage stage, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        string path = database.File.Path;
        long length = database.RawFile.Length;
        string hash = FileDigest.Compute(
            database.RawFile,
            database.File.Header.PageSize,
            done =>
                progress?.Report(
                    new StageProgress(stage, "Proving that the file is its backup", path, done, length) { Part = StagePart.FileProof }),
            cancellation);
        RequireMatch(path, hash);
    }

    /// <summary>The same for a database that nobody has locked: what it is now, it may not be in a moment.</summary>
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

    private void RequireMatch(string path, string hash)
    {
        if (hash == Manifest.Sha256)
        {
            return;
        }

        throw IsBackupOf(path)
            ? Errors.DatabaseChanged(path, $"is no longer what its backup '{Path}' holds: it was written to since.")
            : Errors.BackupMismatch(path, Path, Manifest.Source);
    }

    /// <summary>Whether the manifest names this database as its source.</summary>
    public bool IsBackupOf(string path) => string.Equals(Manifest.Source, path, PathComparison.Kind);
}
