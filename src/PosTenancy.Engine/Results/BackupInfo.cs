namespace PosTenancy;

/// <summary>A backup that lies in a folder, as its manifest describes it; its bytes were not read.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="BackupPath">Full path of the backup.</param>
/// <param name="CreatedAt">When the copy was begun; of a backup without a usable manifest, when the file was last written to.</param>
/// <param name="Length">Size in bytes.</param>
/// <param name="Sha256">SHA-256 that the manifest records; <see langword="null"/> if there is no usable manifest.</param>
public sealed record BackupInfo(string Path, string BackupPath, DateTimeOffset CreatedAt, long Length, string? Sha256)
{
    /// <summary>When it was last tested, and found good; <see langword="null"/> if it never was.</summary>
    public DateTimeOffset? VerifiedAt { get; init; }

    /// <summary>Why it cannot be restored, as far as that is known without reading it; <see langword="null"/> if nothing is.</summary>
    public Failure? Error { get; init; }

    /// <summary>How long ago it was made.</summary>
    public TimeSpan Age => DateTimeOffset.Now - CreatedAt;

    /// <summary>The path of the backup.</summary>
    public override string ToString() => BackupPath;
}
