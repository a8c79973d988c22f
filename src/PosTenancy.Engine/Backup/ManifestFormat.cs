using System.Text.Json;
using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Backup;

/// <summary>What the manifest beside a file says that it is; a JSON file of that name may be of another program.</summary>
/// <param name="Name">The format.</param>
/// <param name="Sha256">SHA-256 that the file should have; <see langword="null"/> if the manifest names none.</param>
internal sealed record ManifestFormat(string Name, string? Sha256)
{
    private const long MaxLength = 1 << 20;

    /// <summary>Reads the manifest of a file.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <returns><see langword="null"/> if it has none.</returns>
    public static ManifestFormat? Read(string path)
    {
        try
        {
            FileInfo file = new(BackupManifest.PathFor(path));
            if (!file.Exists || file.Length > MaxLength || FileIdentity.Read(file.FullName) is { IsRegularFile: false })
            {
                return null;
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file.FullName));
            return Text(document.RootElement, "format") is { } format
                ? new ManifestFormat(format, Text(document.RootElement, "sha256"))
                : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value) &&
        value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
