using System.Runtime.InteropServices;
using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Reporting;

/// <summary>
/// Writes the report of a whole rollout: which stores are done, which are not, and where every backup is. Measures nothing: every value
/// comes from the results of the stores.
/// </summary>
public static class FleetReport
{
    /// <summary>Writes the report atomically; replaces an existing one.</summary>
    /// <param name="run">The rollout.</param>
    /// <param name="path">Path of the report; the extension <c>.md</c>, <c>.html</c> or <c>.json</c> selects the format, and the folder
    /// must exist.</param>
    /// <exception cref="PosTenancyException">The path is not valid for a report, or cannot be written.</exception>
    public static void Write(FleetRun run, string path)
    {
        ReportFormat format = UpgradeReport.RequirePath(path);
        string full = Path.GetFullPath(path);
        foreach (FleetResult store in run.Results)
        {
            RequireOther(full, store);
        }

        ReportWriter.Write(full, Render(run, format), Create);
    }

    /// <summary>Renders the report as text.</summary>
    /// <param name="run">The rollout.</param>
    /// <param name="format">Format of the text.</param>
    public static string Render(FleetRun run, ReportFormat format) => format switch
    {
        ReportFormat.Markdown => MarkdownRenderer.Render(FleetDocument.From(run)),
        ReportFormat.Html => HtmlRenderer.Render(FleetDocument.From(run)),
        ReportFormat.Json => FleetJson.Render(run),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, message: null),
    };

    /// <summary>
    /// Refuses to overwrite a file of a store. Only files of the same name are examined: the share of a machine that is off would block
    /// for minutes, and a link is replaced, not followed.
    /// </summary>
    private static void RequireOther(string path, FleetResult store)
    {
        if (store.ComputerName is null)
        {
            Require(store.Path, "the database of a store");
            Require(store.BackupPath, "the backup of a store");
            Require(store.Upgrade?.Backup?.ManifestPath, "the manifest of a backup");
        }

        Require(store.ReportPath, "the report of a store");

        void Require(string? taken, string what)
        {
            if (taken is not null && string.Equals(Path.GetFileName(taken), Path.GetFileName(path), StringComparison.OrdinalIgnoreCase))
            {
                ReportWriter.RequireOther(path, taken, what);
            }
        }
    }

    /// <summary>Creates a file that others may read as far as the umask allows: the report has no rows of a store.</summary>
    private static FileStream Create(string path, long length)
    {
#if NET
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
        {
            FileSizeLimit.FailsAsAnError();
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            });
        }
#endif
        return DurableFile.Create(path, length);
    }
}
