using System.Text.Json;
using System.Text.RegularExpressions;

namespace PosTenancy.Tests.Faults.Promise;

/// <summary>The files of a folder that have the final name of a backup.</summary>
internal static partial class Backups
{
    /// <summary>Full paths of the backups, the oldest first.</summary>
    public static IEnumerable<string> In(string folder) =>
        Directory.EnumerateFiles(folder).Where(p => FinalName().IsMatch(Path.GetFileName(p))).Order(StringComparer.Ordinal);

    /// <summary>The files that a restore set aside.</summary>
    public static IEnumerable<string> ReplacedIn(string folder) =>
        Directory.EnumerateFiles(folder).Where(p => ReplacedName().IsMatch(Path.GetFileName(p))).Order(StringComparer.Ordinal);

    public static string Manifest(string backup) => backup + ".json";

    /// <summary>Why a backup is not complete; <see langword="null"/> if it is.</summary>
    public static string? Problem(string backup)
    {
        if (!File.Exists(Manifest(backup)))
        {
            return "it has no manifest";
        }

        try
        {
            using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(Manifest(backup)));
            return manifest.RootElement.GetProperty("sha256").GetString() == Store.Sha256(backup)
                ? null
                : "its bytes are not those of its manifest";
        }
        catch (JsonException exception)
        {
            return $"its manifest cannot be read: {exception.Message}";
        }
    }

    [GeneratedRegex(@"^pos\.db\.backup-\d{8}-\d{6}(-\d+)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex FinalName();

    [GeneratedRegex(@"^pos\.db\.replaced-\d{8}-\d{6}(-\d+)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex ReplacedName();
}
