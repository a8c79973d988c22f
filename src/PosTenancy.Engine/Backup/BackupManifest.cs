using System.Globalization;
using System.Text;
using System.Text.Json;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Backup;

/// <summary>What a backup holds, in a JSON file beside it: <c>&lt;backup&gt;.json</c>.</summary>
/// <param name="Format">Always <see cref="FormatName"/>.</param>
/// <param name="Version">Version of the format; readers refuse one that they do not know.</param>
/// <param name="Source">Full path of the database at the time.</param>
/// <param name="Backup">File name of the backup.</param>
/// <param name="Sha256">SHA-256 of source and backup, 64 lower-case hexadecimal digits.</param>
/// <param name="Length">Size in bytes.</param>
/// <param name="PageSize">Bytes per page.</param>
/// <param name="Tables">Number of tables that hold rows of their own.</param>
/// <param name="Rows">Rows in all of them.</param>
/// <param name="CreatedAt">When the copy was begun; the name of the backup contains it.</param>
/// <param name="CreatedBy">Name and version of the program; for people, and the only entry that nothing can be compared with.</param>
internal sealed record BackupManifest(
    string Format,
    int Version,
    string Source,
    string Backup,
    string Sha256,
    long Length,
    int PageSize,
    int Tables,
    long Rows,
    DateTimeOffset CreatedAt,
    string CreatedBy)
{
    public const string FormatName = "PosTenancy.Backup";
    public const int CurrentVersion = 1;

    private const long MaxLength = 1 << 20;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
    };

    public static string PathFor(string backupPath) => backupPath + ".json";

    /// <summary>The same bytes on every system: Windows would end lines in its own way.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, Json).Replace("\r\n", "\n") + "\n");

    /// <summary>Reads the manifest of a backup.</summary>
    /// <exception cref="PosTenancyException">It is not there, is no manifest, or is of an unknown version.</exception>
    public static BackupManifest Read(string backupPath)
    {
        string path = PathFor(backupPath);
        if (!File.Exists(path))
        {
            throw Errors.BackupNotFound(path, "manifest");
        }

        // Opening a pipe would block, and reading a device would never end.
        if (FileIdentity.Read(path) is { IsRegularFile: false })
        {
            throw Errors.ManifestInvalid(path, "it is not a file");
        }

        try
        {
            if (new FileInfo(path).Length > MaxLength)
            {
                throw Errors.ManifestInvalid(path, "it is too large to be one");
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
            return Read(path, Path.GetFileName(backupPath), document.RootElement);
        }
        catch (IOException exception)
        {
            // A link that leads nowhere, or in a circle.
            throw Errors.ManifestInvalid(path, $"it cannot be read: {exception.Message.TrimEnd('.')}", exception);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Errors.ManifestInvalid(path, "it is not the JSON that Backup-PosDatabase writes", exception);
        }
    }

    private static BackupManifest Read(string path, string backupName, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object ||
            !json.TryGetProperty("format", out JsonElement format) ||
            !format.ValueEquals(FormatName))
        {
            throw Errors.ManifestInvalid(path, "it is not the manifest of a backup");
        }

        // Before anything else: another version may give the entries other meanings.
        if (json.TryGetProperty("version", out JsonElement version) &&
            version.ValueKind == JsonValueKind.Number &&
            version.GetRawText() != CurrentVersion.ToString(CultureInfo.InvariantCulture))
        {
            throw Errors.ManifestInvalid(
                path,
                $"its version is {version.GetRawText()}, but this release only knows version {CurrentVersion}; restore with the release " +
                "that made it, or roll back by hand as described in docs/roll-back-by-hand.md");
        }

        BackupManifest manifest = json.Deserialize<BackupManifest>(Json)!;

        // A missing, unknown or duplicate entry means that another program wrote this.
        if (!Names(json).SequenceEqual(Names(JsonSerializer.SerializeToElement(manifest, Json)), StringComparer.Ordinal) ||
            manifest
                is not {
                    Sha256.Length: 64,
                    Source.Length: > 0,
                    Backup.Length: > 0,
                    CreatedBy.Length: > 0,
                    Length: > 0,
                    PageSize: >= 512 and <= 65536,
                    Tables: >= 0,
                    Rows: >= 0,
                })
        {
            throw Errors.ManifestInvalid(path, "its entries differ from those that Backup-PosDatabase writes");
        }

        if (manifest.Backup != backupName)
        {
            throw Errors.ManifestInvalid(
                path,
                $"it belongs to a backup called '{manifest.Backup}'; if both were renamed, restore their original names");
        }

        return manifest.Backup.Contains(FileStamp.Format(manifest.CreatedAt))
            ? manifest with
            {
                Sha256 = manifest.Sha256.ToLowerInvariant(),
            }
            : throw Errors.ManifestInvalid(
                path,
                $"it says that the backup began at {FileStamp.Format(manifest.CreatedAt)}, but the backup's name says otherwise");
    }

    private static IEnumerable<string> Names(JsonElement json) =>
        json.EnumerateObject().Select(p => p.Name).OrderBy(n => n, StringComparer.Ordinal);
}
