namespace PosTenancy;

/// <summary>A backup that was made and read back.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="BackupPath">Full path of the backup.</param>
/// <param name="ManifestPath">Full path of the manifest beside it.</param>
/// <param name="Sha256">SHA-256 of the source under its lock, and of the backup read back: 64 lower-case hexadecimal digits.</param>
/// <param name="Length">Size in bytes, of both.</param>
/// <param name="Tables">Number of tables that hold rows of their own, counted in the backup.</param>
/// <param name="Rows">Rows in all of them.</param>
/// <param name="CreatedAt">When the copy was begun.</param>
/// <param name="Duration">How long all of it took, from the lock to the manifest.</param>
/// <param name="Verified">Whether the bytes read back have the hash of the source, and a reader could open them.</param>
public sealed record BackupResult(
    string Path,
    string BackupPath,
    string ManifestPath,
    string Sha256,
    long Length,
    int Tables,
    long Rows,
    DateTimeOffset CreatedAt,
    TimeSpan Duration,
    bool Verified)
{
    /// <summary>The path of the backup.</summary>
    public override string ToString() => BackupPath;
}
