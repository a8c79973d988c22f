using System.Text;
using System.Text.Json;

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
/// <param name="CreatedAt">When the copy was begun.</param>
/// <param name="CreatedBy">Name and version of the program.</param>
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

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, Json) + "\n");

    /// <summary>Reads the manifest of a backup.</summary>
    /// <exception cref="PosTenancyException">It is not there, is no manifest, or is of an unknown version.</exception>
    public static BackupManifest Read(string backupPath)
    {
        string path = PathFor(backupPath);
        if (!File.Exists(path))
        {
            throw Errors.BackupNotFound(path, "manifest");
        }

        if (new FileInfo(path).Length > MaxLength)
        {
            throw Errors.ManifestInvalid(path, "it is larger than any manifest");
        }

        BackupManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<BackupManifest>(File.ReadAllText(path), Json);
        }
        catch (JsonException exception)
        {
            throw Errors.ManifestInvalid(path, "it is not the JSON that Backup-PosDatabase writes", exception);
        }

        if (manifest is not { Format: FormatName, Sha256: { Length: 64 }, Source: { Length: > 0 }, Length: > 0, PageSize: >= 512 and <= 65536 })
        {
            throw Errors.ManifestInvalid(path, "it is not a manifest of a backup");
        }

        return manifest.Version == CurrentVersion
            ? manifest with { Sha256 = manifest.Sha256.ToLowerInvariant() }
            : throw Errors.ManifestInvalid(path, $"its version is {manifest.Version}, and this release knows version {CurrentVersion}");
    }
}
