using System.Text;
using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Reporting;

/// <summary>
/// Writes the report of an upgrade, and shows a failure as prominently as a success. Measures nothing: every value comes from the result.
/// </summary>
public static class UpgradeReport
{
    /// <summary>Writes the report atomically; replaces an existing one.</summary>
    /// <param name="result">Result of the upgrade.</param>
    /// <param name="path">Path of the report; the extension <c>.md</c>, <c>.html</c> or <c>.json</c> selects the format, and the folder
    /// must exist.</param>
    /// <exception cref="PosTenancyException">The path is not valid for a report, or cannot be written.</exception>
    public static void Write(UpgradeResult result, string path)
    {
        ReportFormat format = RequirePath(path);
        string full = Path.GetFullPath(path);
        ReportWriter.RequireOther(full, result.Path, "the database itself");
        ReportWriter.RequireOther(full, result.Backup?.BackupPath, "the backup");
        ReportWriter.RequireOther(full, result.Backup?.ManifestPath, "the manifest of the backup");

        // The report describes the store, so it gets the database's permissions. An imported result has no database here.
        ReportWriter.Write(
            full,
            Render(result, format),
            (file, length) => File.Exists(result.Path)
                ? DurableFile.CreateAs(result.Path, file, length)
                : DurableFile.Create(file, length));
    }

    /// <summary>Adds the tests and measurements made after the upgrade to a result, so that the report includes them.</summary>
    /// <param name="result">Result of the upgrade.</param>
    /// <param name="isolation">Isolation test results; those of other databases are ignored.</param>
    /// <param name="queries">Measured queries; those of other databases are ignored.</param>
    /// <returns>The extended result; existing values of a kind remain if there are no new ones.</returns>
    public static UpgradeResult With(UpgradeResult result, IEnumerable<IsolationResult> isolation, IEnumerable<QueryMeasurement> queries)
    {
        IsolationResult[] tested = [.. isolation.Where(t => string.Equals(t.Path, result.Path, PathComparison.Kind))];
        QueryMeasurement[] measured = [.. queries.Where(q => string.Equals(q.Path, result.Path, PathComparison.Kind))];
        return result with
        {
            Isolation = tested.Length > 0 ? tested : result.Isolation,
            Queries = measured.Length > 0 ? measured : result.Queries,
        };
    }

    /// <summary>Renders the report as text.</summary>
    /// <param name="result">Result of the upgrade.</param>
    /// <param name="format">Format of the text.</param>
    public static string Render(UpgradeResult result, ReportFormat format) => format switch
    {
        ReportFormat.Markdown => MarkdownRenderer.Render(UpgradeDocument.From(result)),
        ReportFormat.Html => HtmlRenderer.Render(UpgradeDocument.From(result)),
        ReportFormat.Json => JsonReport.Render(result),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, message: null),
    };

    /// <summary>
    /// Reads a JSON report, to render it in another format or to inspect its figures. The content of the file cannot be proved here.
    /// </summary>
    /// <param name="path">Path of the file.</param>
    /// <returns>The result as written, with <see cref="UpgradeResult.ImportedFrom"/> set.</returns>
    /// <exception cref="PosTenancyException">The file cannot be read, is not a report, or was written by a newer release.</exception>
    public static UpgradeResult Read(string path) => ReportReader.Read(Path.GetFullPath(path));

    /// <summary>Reads the text of a JSON report, as it comes from another machine.</summary>
    /// <param name="origin">Where it is from, for errors.</param>
    /// <param name="json">The text.</param>
    /// <exception cref="PosTenancyException">It is not a report, or one of a newer release.</exception>
    public static UpgradeResult Parse(string origin, string json) => ReportReader.Parse(origin, Encoding.UTF8.GetBytes(json));

    /// <summary>Verifies before the upgrade that a report could be written there.</summary>
    /// <param name="path">Path of the report.</param>
    /// <returns>The format that the extension selects.</returns>
    /// <exception cref="PosTenancyException">The extension is not supported, the folder does not exist, or the path is a
    /// folder.</exception>
    public static ReportFormat RequirePath(string path) => RequirePath(path, takesSarif: false);

    /// <summary>The same for a report that also has a format for code scanning.</summary>
    internal static ReportFormat RequirePath(string path, bool takesSarif)
    {
        string full = FullPath(path);
        ReportFormat format = Path.GetExtension(full).ToUpperInvariant() switch
        {
            ".MD" => ReportFormat.Markdown,
            ".HTML" => ReportFormat.Html,
            ".JSON" => ReportFormat.Json,
            ".SARIF" when takesSarif => ReportFormat.Sarif,
            _ => throw Errors.InvalidReportPath(
                full, $"its extension is not {(takesSarif ? ".sarif, .md, .html or .json" : ".md, .html or .json")}"),
        };
        if (Directory.Exists(full))
        {
            throw Errors.InvalidReportPath(full, "it is a folder");
        }

        return Directory.Exists(Path.GetDirectoryName(full))
            ? format
            : throw Errors.InvalidReportPath(full, "its folder does not exist");
    }

    /// <summary>The full path of a report.</summary>
    /// <exception cref="PosTenancyException">The system does not allow such a path.</exception>
    internal static string FullPath(string path)
    {
        try
        {
            return Path.GetFullPath(path);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or PathTooLongException)
        {
            throw Errors.InvalidReportPath(path, exception.Message.TrimEnd('.'));
        }
    }
}
