using PosTenancy.Engine.Files;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Backup;

/// <summary>A backup whose bytes were just verified against its manifest.</summary>
/// <param name="Path">Full path of the backup.</param>
/// <param name="Manifest">Its manifest.</param>
internal sealed record VerifiedBackup(string Path, BackupManifest Manifest)
{
    /// <summary>Reads the manifest and hashes the whole backup.</summary>
    /// <param name="backupPath">The backup.</param>
    /// <param name="live">The database that it is the backup of: the same file under another name is not a backup, and must not be
    /// opened.</param>
    /// <param name="stage">The stage to report.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the operation.</param>
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

    /// <summary>Proves that a locked database is, byte for byte, what the backup holds.</summary>
    /// <exception cref="PosTenancyException">It is the backup of another file, or the database changed since.</exception>
    public void RequireMatch(ExclusiveDatabase database, Stage stage, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        string path = database.File.Path;
        StageProgress proving = new(stage, "Proving that the file equals its backup", path, 0, 0) { Part = StagePart.FileProof };
        RequireMatch(path, database.Hash(proving, progress, cancellation));
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

    /// <summary>Whether the manifest names this database as its source.</summary>
    public bool IsBackupOf(string path) => string.Equals(Manifest.Source, path, PathComparison.Kind);
}
