using System.Text.Json;
using System.Text.Json.Nodes;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Reporting;

/// <summary>
/// Writes the report of a change of one tenant: what was done, how it was proved, and where the backup is. Measures nothing: every value
/// comes from the result.
/// </summary>
public static class ChangeReport
{
    private const string SchemaName = "PosTenancy.ChangeReport";

    /// <summary>Writes the report atomically; replaces an existing one.</summary>
    /// <param name="result">The change.</param>
    /// <param name="path">Path of the report; the extension <c>.md</c>, <c>.html</c> or <c>.json</c> selects the format, and the folder
    /// must exist.</param>
    /// <exception cref="PosTenancyException">The path is not valid for a report, or cannot be written.</exception>
    public static void Write(TenantChangeResult result, string path)
    {
        ReportFormat format = UpgradeReport.RequirePath(path);
        string full = Path.GetFullPath(path);
        ReportWriter.RequireOther(full, result.Path, "the database itself");
        ReportWriter.RequireOther(full, result.Backup?.BackupPath, "the backup");
        ReportWriter.RequireOther(full, result.Backup?.ManifestPath, "the manifest of the backup");

        // A message may quote keys, so the report is not more readable than the database.
        ReportWriter.Write(
            full,
            Render(result, format),
            (file, length) => File.Exists(result.Path)
                ? DurableFile.CreateAs(result.Path, file, length)
                : DurableFile.Create(file, length));
    }

    /// <summary>Renders the report as text.</summary>
    /// <param name="result">The change.</param>
    /// <param name="format">Format of the text.</param>
    public static string Render(TenantChangeResult result, ReportFormat format) => format switch
    {
        ReportFormat.Markdown => MarkdownRenderer.Render(ChangeDocument.From(result)),
        ReportFormat.Html => HtmlRenderer.Render(ChangeDocument.From(result)),
        ReportFormat.Json => Json(result),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, message: null),
    };

    /// <summary>The change for programs, as docs/change.schema.json describes it.</summary>
    private static string Json(TenantChangeResult result)
    {
        JsonObject report = new()
        {
            ["schema"] = SchemaName,
            ["version"] = 1,
            ["change"] = ChangeDocument.Noun(result),
            ["productVersion"] = ProductVersion.Name,
            ["sqliteVersion"] = ProductVersion.Sqlite,
            ["result"] = JsonSerializer.SerializeToNode(result, result.GetType(), JsonReport.Options),
        };
        return JsonReport.Text(report.ToJsonString(JsonReport.Options));
    }
}
