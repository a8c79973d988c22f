
namespace PosTenancy.Engine.Reporting;

/// <summary>Where a report goes, when several databases share one <c>-ReportPath</c>.</summary>
public static class ReportLocation
{
    /// <summary>Says whether reports could go there: worth knowing before the upgrade, not after it.</summary>
    /// <param name="reportPath">A file that ends in .md, .html or .json, or an existing folder.</param>
    /// <exception cref="PosTenancyException">It is neither.</exception>
    public static void Require(string reportPath)
    {
        if (!Directory.Exists(reportPath))
        {
            UpgradeReport.RequirePath(reportPath);
        }
    }

    /// <summary>The file for one upgrade.</summary>
    /// <param name="result">The upgrade.</param>
    /// <param name="reportPath">A file, or an existing folder: then the file is named after the database and the time.</param>
    /// <param name="isTaken">Whether the same command wrote a report there already; the next database must not overwrite it.</param>
    /// <returns>The path, with <c>-2</c>, <c>-3</c> … before its ending if the first choice is taken.</returns>
    public static string Find(UpgradeResult result, string reportPath, Func<string, bool> isTaken)
    {
        if (!Directory.Exists(reportPath))
        {
            return Free(reportPath, isTaken);
        }

        string time = FileStamp.Of(result.StartedAt);
        return Free(Path.Combine(reportPath, $"{Path.GetFileName(result.Path)}.upgrade-{time}.md"), p => isTaken(p) || File.Exists(p));
    }

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
