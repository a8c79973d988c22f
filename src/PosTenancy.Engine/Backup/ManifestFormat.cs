using System.Text.Json;
using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Backup;

/// <summary>Tells which manifest lies beside a file, if any: a JSON file of the same name may be of another program.</summary>
internal static class ManifestFormat
{
    private const long MaxLength = 1 << 20;

    /// <summary>The format that the manifest of a file names; <see langword="null"/> if it has none.</summary>
    /// <param name="path">Full path of the file.</param>
    public static string? Read(string path)
    {
        FileInfo file = new(BackupManifest.PathFor(path));
        if (!file.Exists || file.Length > MaxLength || FileIdentity.Read(file.FullName) is { IsRegularFile: false })
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file.FullName));
            return document.RootElement.ValueKind == JsonValueKind.Object &&
                document.RootElement.TryGetProperty("format", out JsonElement format) && format.ValueKind == JsonValueKind.String
                    ? format.GetString()
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
