using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Backup;

/// <summary>Copies a backup into a new file: the one that a restore puts in place, or the one that a rehearsal migrates.</summary>
internal static class BackupCopy
{
    /// <summary>Writes the copy, with the permissions of another file from its first byte on.</summary>
    /// <param name="backupPath">The backup.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="target">Path of the copy, which must not exist yet.</param>
    /// <param name="permissionsFrom">Whose permissions and owner the copy gets.</param>
    /// <param name="isDurable">Whether the copy must be on the disk before this returns.</param>
    /// <param name="progress">Receives the number of bytes done.</param>
    /// <param name="cancellation">Stops between two blocks.</param>
    /// <returns>SHA-256 of what was copied, 64 lower-case hexadecimal digits.</returns>
    public static string Write(
        string backupPath,
        BackupManifest manifest,
        string target,
        string permissionsFrom,
        bool isDurable,
        Action<long>? progress,
        CancellationToken cancellation)
    {
        using FileStream source = FileBlocks.Open(backupPath);
        return DurableFile.Copy(source, target, manifest.Length, permissionsFrom, manifest.PageSize, isDurable, progress, cancellation);
    }
}
