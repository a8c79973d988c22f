using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Reporting;

/// <summary>
/// Writes the report of an import: which sources are in the database, how their rows and the committed file were proved, and where the
/// backup and the key maps are. Measures nothing: every value comes from the results.
/// </summary>
public static class ImportReport
{
    /// <summary>Writes the report atomically; replaces an existing one.</summary>
    /// <param name="run">The import.</param>
    /// <param name="path">Path of the report; the extension <c>.md</c>, <c>.html</c> or <c>.json</c> selects the format, and the folder
    /// must exist.</param>
    /// <exception cref="PosTenancyException">The path is not valid for a report, or cannot be written.</exception>
    public static void Write(TenantImportRun run, string path)
    {
        ReportFormat format = UpgradeReport.RequirePath(path);
        string full = Path.GetFullPath(path);
        ReportWriter.RequireOther(full, run.Path, "the database itself");
        ReportWriter.RequireOther(full, run.Backup()?.BackupPath, "the backup");
        ReportWriter.RequireOther(full, run.Backup()?.ManifestPath, "the manifest of the backup");
        foreach (TenantImportResult result in run.Results)
        {
            ReportWriter.RequireOther(full, result.SourcePath, "a source");
            ReportWriter.RequireOther(full, result.KeyMapPath, "the key map of a tenant");
        }

        // A message may quote keys, so the report is not more readable than the database.
        ReportWriter.Write(
            full,
            Render(run, format),
            (file, length) => File.Exists(run.Path) ? DurableFile.CreateAs(run.Path, file, length) : DurableFile.Create(file, length));
    }

    /// <summary>Renders the report as text.</summary>
    /// <param name="run">The import.</param>
    /// <param name="format">Format of the text.</param>
    public static string Render(TenantImportRun run, ReportFormat format) => format switch
    {
        ReportFormat.Markdown => MarkdownRenderer.Render(ImportDocument.From(run)),
        ReportFormat.Html => HtmlRenderer.Render(ImportDocument.From(run)),
        ReportFormat.Json => ImportJson.Render(run),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, message: null),
    };
}
