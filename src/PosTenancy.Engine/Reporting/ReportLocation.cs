using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Reporting;

/// <summary>Where a report goes, when several databases share one <c>-ReportPath</c>.</summary>
public static class ReportLocation
{
    /// <summary>Says whether reports could go there: worth knowing before the upgrade, not after it. Creates nothing.</summary>
    /// <param name="reportPath">
    /// A file that ends in .md, .html or .json, or a folder. A name without an ending is a folder; it need not exist if the one above does.
    /// </param>
    /// <exception cref="PosTenancyException">It is neither.</exception>
    public static void Require(string reportPath)
    {
        if (!IsFolder(reportPath))
        {
            UpgradeReport.RequirePath(reportPath);
        }
        else if (!Directory.Exists(reportPath) && !Directory.Exists(Path.GetDirectoryName(FullName(reportPath))))
        {
            throw Errors.InvalidReportPath(reportPath, "there is no such folder, and the one above it does not exist either");
        }
    }

    /// <summary>Gives the file for one upgrade, and creates its folder if that does not exist.</summary>
    /// <param name="result">The upgrade.</param>
    /// <param name="reportPath">A file, or a folder: then the file is named after the database and the time.</param>
    /// <param name="isTaken">Whether the same command wrote a report there already; the next database must not overwrite it.</param>
    /// <returns>The path, with <c>-2</c>, <c>-3</c> … before its ending if the first choice is taken.</returns>
    /// <exception cref="PosTenancyException">The folder cannot be created.</exception>
    public static string Prepare(UpgradeResult result, string reportPath, Func<string, bool> isTaken)
    {
        if (!IsFolder(reportPath))
        {
            return Free(reportPath, isTaken);
        }

        Require(reportPath);
        try
        {
            Directory.CreateDirectory(reportPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string why = exception.Message.TrimEnd('.');
            throw Errors.InvalidReportPath(reportPath, $"there is no such folder, and it cannot be created: {why}");
        }

        string time = FileStamp.Format(result.StartedAt);
        return Free(Path.Combine(reportPath, $"{Path.GetFileName(result.Path)}.upgrade-{time}.md"), p => isTaken(p) || File.Exists(p));
    }

    private static bool IsFolder(string reportPath) =>
        Directory.Exists(reportPath) || (!File.Exists(reportPath) && Path.GetExtension(FullName(reportPath)).Length == 0);

    /// <summary>Full path without a separator at its end, behind which the last name would be empty.</summary>
    private static string FullName(string path) =>
        UpgradeReport.FullPath(path).TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);

    private static string Free(string path, Func<string, bool> isTaken)
    {
        string ending = Path.GetExtension(path);
        string stem = path.Substring(0, path.Length - ending.Length);
        string free = path;
        for (int n = 2; isTaken(free); n++)
        {
            free = $"{stem}-{n}{ending}";
        }

        return free;
    }
}
