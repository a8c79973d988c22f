using System.Text;
using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Reporting;

/// <summary>
/// Writes down an upgrade, a failed one as visibly as one that succeeded. Measures nothing: every value is one of the result.
/// </summary>
public static class UpgradeReport
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes the report; one that is there already is replaced, and a reader never sees half of one.</summary>
    /// <param name="result">The upgrade.</param>
    /// <param name="path">Where to; the ending <c>.md</c>, <c>.html</c> or <c>.json</c> chooses the format, and the folder must be
    /// there.</param>
    /// <exception cref="PosTenancyException">The path cannot be one of a report, or cannot be written.</exception>
    public static void Write(UpgradeResult result, string path)
    {
        ReportFormat format = RequirePath(path);
        string full = Path.GetFullPath(path);
        RequireOther(full, result.Path, "the database itself");
        RequireOther(full, result.Backup?.BackupPath, "the backup");
        RequireOther(full, result.Backup?.ManifestPath, "the manifest of the backup");

        byte[] content = Utf8.GetBytes(Render(result, format));
        string partial = $"{full}.{Guid.NewGuid():N}.partial";
        try
        {
            DurableFile.WriteNew(partial, content);

            // What it says of the shop may be read by whom the database may be read by. One that was imported has no database here.
            if (File.Exists(result.Path))
            {
                DurableFile.CopyPermissions(result.Path, partial);
            }

            MomentaryHold.Outlast(() => MoveOver(partial, full));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Errors.InvalidReportPath(full, exception.Message.TrimEnd('.'));
        }
        finally
        {
            MomentaryHold.Outlast(() => File.Delete(partial));
        }
    }

    /// <summary>Adds to a result what was tested and measured after the upgrade, so that the report has it.</summary>
    /// <param name="result">The upgrade.</param>
    /// <param name="isolation">Tests of isolation; those of other databases are left out.</param>
    /// <param name="queries">Measured queries; those of other databases are left out.</param>
    /// <returns>The result with them; what it had of a kind stays if there is nothing new.</returns>
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

    /// <summary>The report as text.</summary>
    /// <param name="result">The upgrade.</param>
    /// <param name="format">What to write it as.</param>
    public static string Render(UpgradeResult result, ReportFormat format) => format switch
    {
        ReportFormat.Markdown => MarkdownRenderer.Render(UpgradeDocument.From(result)),
        ReportFormat.Html => HtmlRenderer.Render(UpgradeDocument.From(result)),
        ReportFormat.Json => JsonReport.Render(result),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, message: null),
    };

    /// <summary>
    /// Reads a JSON report, to make it again in another format or to look at its figures. What the file says cannot be proved here.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <returns>The result that was written, with <see cref="UpgradeResult.ImportedFrom"/> set.</returns>
    /// <exception cref="PosTenancyException">It cannot be read, is no report, or is one of a newer release.</exception>
    public static UpgradeResult Read(string path) => ReportReader.Read(Path.GetFullPath(path));

    /// <summary>Says whether a report could go there: worth knowing before the upgrade, not after it.</summary>
    /// <param name="path">Where the report is to go.</param>
    /// <returns>The format that the ending chooses.</returns>
    /// <exception cref="PosTenancyException">The ending is another one, the folder is not there, or the path is a folder.</exception>
    public static ReportFormat RequirePath(string path)
    {
        string full = FullPath(path);
        ReportFormat format = Path.GetExtension(full).ToUpperInvariant() switch
        {
            ".MD" => ReportFormat.Markdown,
            ".HTML" => ReportFormat.Html,
            ".JSON" => ReportFormat.Json,
            _ => throw Errors.InvalidReportPath(full, "its ending is none of .md, .html and .json"),
        };
        if (Directory.Exists(full))
        {
            throw Errors.InvalidReportPath(full, "it is a folder");
        }

        return Directory.Exists(Path.GetDirectoryName(full))
            ? format
            : throw Errors.InvalidReportPath(full, "its folder is not there");
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

    /// <summary>A manifest ends in .json as well, and a database may be called anything.</summary>
    private static void RequireOther(string path, string? taken, string what)
    {
        if (taken is not null && (string.Equals(path, taken, StringComparison.OrdinalIgnoreCase) || FileIdentity.IsSameFile(path, taken)))
        {
            throw Errors.InvalidReportPath(path, $"it is {what}");
        }
    }

    private static void MoveOver(string partial, string path)
    {
#if NET
        File.Move(partial, path, overwrite: true);
#else
        if (File.Exists(path))
        {
            File.Replace(partial, path, destinationBackupFileName: null);
        }
        else
        {
            File.Move(partial, path);
        }
#endif
    }
}
