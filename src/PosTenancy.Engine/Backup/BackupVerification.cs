using System.Text;
using System.Text.Json;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Backup;

/// <summary>
/// That a backup was tested and found good, in a file beside it: <c>&lt;backup&gt;.verified.json</c>. A manifest takes no further entry.
/// </summary>
/// <param name="Sha256">What the bytes of the backup were.</param>
/// <param name="VerifiedAt">When.</param>
/// <param name="VerifiedBy">Name and version of the program.</param>
internal sealed record BackupVerification(string Sha256, DateTimeOffset VerifiedAt, string VerifiedBy)
{
    /// <summary>What the name of the file ends with, after that of the backup.</summary>
    public const string Ending = ".verified.json";

    private const long MaxLength = 1 << 16;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>When a backup with these bytes was found good; <see langword="null"/> if it was not, or the file says nothing.</summary>
    public static DateTimeOffset? Read(string backupPath, string sha256)
    {
        try
        {
            FileInfo file = new(backupPath + Ending);
            return file.Exists && file.Length <= MaxLength && FileIdentity.Read(file.FullName) is not { IsRegularFile: false }
                && JsonSerializer.Deserialize<BackupVerification>(File.ReadAllText(file.FullName), Json) is { } verification
                && verification.Sha256 == sha256
                    ? verification.VerifiedAt
                    : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            // It is only a note: a backup without one was never tested.
            return null;
        }
    }

    /// <summary>Writes down that a backup was found good.</summary>
    public static void Write(RecordedBackup backup, DateTimeOffset verifiedAt)
    {
        string path = backup.Path + Ending;
        string partial = FreeName.Find(path + ".partial", "-", File.Exists);
        BackupVerification verification = new(backup.Manifest.Sha256, verifiedAt, ProductVersion.Name);
        DurableFile.WriteNew(partial, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(verification, Json).Replace("\r\n", "\n") + "\n"));
        DurableFile.CopyPermissions(backup.Path, partial);
        DurableFile.Publish(partial, path, overwrite: true);
    }
}
