namespace PosTenancy;

/// <summary>A backup that was put in the place of a database.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="BackupPath">Full path of the backup.</param>
/// <param name="Sha256">SHA-256 of the restored file, read back: 64 lower-case hexadecimal digits.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="Verified">Whether hash, tables and rows of the restored file are those of the manifest.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="ReplacedPath">Where the replaced file is kept; <see langword="null"/> if there was none.</param>
public sealed record RestoreResult(
    string Path,
    string BackupPath,
    string Sha256,
    long Length,
    bool Verified,
    TimeSpan Duration,
    string? ReplacedPath)
{
    /// <summary>The database and its backup.</summary>
    public override string ToString() => $"{Path} from {BackupPath}";
}
