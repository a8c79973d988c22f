using System.Text.RegularExpressions;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Recovery;

/// <summary>The backups of a database in a folder.</summary>
public static class BackupList
{
    private static readonly Regex Stamp = new(
        @"^\.backup-[0-9]{8}-[0-9]{6}(-[0-9]+)?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(1));

    /// <summary>Lists them by their names, the newest first. Reads the manifests, and no backup.</summary>
    /// <param name="path">The live database, which may be missing.</param>
    /// <param name="destination">The folder; <see langword="null"/> for that of the database.</param>
    /// <exception cref="PosTenancyException">There is no such folder, or it cannot be read.</exception>
    public static IReadOnlyList<BackupInfo> Read(string path, string? destination = null)
    {
        string live = FilePath.Full(path);
        string folder = destination is null ? Path.GetDirectoryName(live)! : FilePath.Full(destination);
        if (!Directory.Exists(folder))
        {
            throw Errors.DestinationNotFound(folder);
        }

        string name = Path.GetFileName(live);
        return FileErrors.Guard(
            folder,
            () =>
                (IReadOnlyList<BackupInfo>)[
                    .. Directory
                        .GetFiles(folder)
                        .Where(IsBackup)
                        .Select(backup => Describe(live, backup))
                        .OrderByDescending(b => b.CreatedAt)
                        .ThenByDescending(b => b.BackupPath, StringComparer.Ordinal),
                ]);

        bool IsBackup(string file)
        {
            string found = Path.GetFileName(file);
            return found.StartsWith(name, PathComparison.Kind) && Stamp.IsMatch(found.Substring(name.Length));
        }
    }

    private static BackupInfo Describe(string live, string backupPath)
    {
        FileInfo file = new(backupPath);
        try
        {
            RecordedBackup backup = RecordedBackup.Find(backupPath, live);
            BackupInfo info = new(live, backupPath, backup.Manifest.CreatedAt, file.Length, backup.Manifest.Sha256)
            {
                VerifiedAt = BackupVerification.Read(backupPath, backup.Manifest.Sha256),
            };
            return backup.IsBackupOf(live)
                ? info
                : info with { Error = Failure.From(Errors.BackupOfOther(live, backupPath, backup.Manifest.Source)) };
        }
        catch (PosTenancyException exception)
        {
            return new BackupInfo(live, backupPath, new DateTimeOffset(file.LastWriteTimeUtc).ToLocalTime(), file.Length, Sha256: null)
            {
                Error = Failure.From(exception),
            };
        }
    }
}
