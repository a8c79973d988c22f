using PosTenancy.Engine.Files;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Reporting;

/// <summary>The file of a report when several databases share one <c>-ReportPath</c>.</summary>
public static class ReportLocation
{
    /// <summary>Whether a path is a folder, or would be one: its name has no extension.</summary>
    public static bool IsFolder(string reportPath) =>
        Directory.Exists(reportPath) || (!File.Exists(reportPath) && Path.GetExtension(FullName(reportPath)).Length == 0);

    /// <summary>Verifies before the upgrade that reports could be written there. Creates nothing.</summary>
    /// <param name="reportPath">
    /// A file that ends in .md, .html or .json, or a folder. A name without an extension is a folder; it need not exist if its parent does.
    /// </param>
    /// <exception cref="PosTenancyException">The path is neither.</exception>
    public static void Require(string reportPath) => Require(reportPath, takesSarif: false);

    /// <summary>Verifies the same for a report of statements, which may also end in .sarif.</summary>
    /// <param name="reportPath">A file or a folder.</param>
    /// <exception cref="PosTenancyException">The path is neither.</exception>
    public static void RequireStatements(string reportPath) => Require(reportPath, takesSarif: true);

    private static void Require(string reportPath, bool takesSarif)
    {
        if (!IsFolder(reportPath))
        {
            _ = UpgradeReport.RequirePath(reportPath, takesSarif);
        }
        else if (!Directory.Exists(reportPath) && !Directory.Exists(Path.GetDirectoryName(FullName(reportPath))))
        {
            throw Errors.InvalidReportPath(reportPath, "the folder does not exist, and neither does its parent");
        }
    }

    /// <summary>Returns the file for one upgrade and creates its folder if it does not exist.</summary>
    /// <param name="result">Result of the upgrade.</param>
    /// <param name="reportPath">A file, or a folder: then the file is named after the database and the time.</param>
    /// <param name="isTaken">Whether the same command already wrote a report there; the next database must not overwrite it.</param>
    /// <returns>The path, with <c>-2</c>, <c>-3</c> … before its extension if the first choice is taken.</returns>
    /// <exception cref="PosTenancyException">The folder cannot be created.</exception>
    public static string Prepare(UpgradeResult result, string reportPath, Func<string, bool> isTaken)
    {
        if (!IsFolder(reportPath))
        {
            return Free(reportPath, isTaken);
        }

        Create(reportPath);
        return InFolder(reportPath, $"{Path.GetFileName(result.Path)}.upgrade", result.StartedAt, isTaken);
    }

    /// <summary>Returns the file for a whole rollout and creates its folder if it does not exist.</summary>
    /// <param name="run">The rollout.</param>
    /// <param name="reportPath">A file, which is returned as it is, or a folder: then the file in it is named after the time.</param>
    /// <returns>The path; in a folder, with <c>-2</c>, <c>-3</c> … before its extension if the first choice is taken.</returns>
    /// <exception cref="PosTenancyException">The folder cannot be created.</exception>
    public static string PrepareFleet(FleetRun run, string reportPath)
    {
        if (!IsFolder(reportPath))
        {
            return reportPath;
        }

        Create(reportPath);
        return InFolder(reportPath, "fleet.upgrade", run.StartedAt, _ => false);
    }

    /// <summary>Returns the file for an import and creates its folder if it does not exist.</summary>
    /// <param name="run">The import.</param>
    /// <param name="reportPath">A file, or a folder: then the file is named after the database and the time.</param>
    /// <param name="isTaken">Whether the same command already wrote a report there; the next database must not overwrite it.</param>
    /// <returns>The path, with <c>-2</c>, <c>-3</c> … before its extension if the first choice is taken.</returns>
    /// <exception cref="PosTenancyException">The folder cannot be created.</exception>
    public static string PrepareImport(TenantImportRun run, string reportPath, Func<string, bool> isTaken)
    {
        if (!IsFolder(reportPath))
        {
            return Free(reportPath, isTaken);
        }

        Create(reportPath);
        return InFolder(reportPath, $"{Path.GetFileName(run.Path)}.import", run.StartedAt, isTaken);
    }

    /// <summary>Returns the file for the statements of an application and creates its folder if it does not exist.</summary>
    /// <param name="run">The test.</param>
    /// <param name="reportPath">A file, or a folder: then the file is named after the database and the time.</param>
    /// <param name="isTaken">Whether the same command already wrote a report there; the next database must not overwrite it.</param>
    /// <returns>The path, with <c>-2</c>, <c>-3</c> … before its extension if the first choice is taken.</returns>
    /// <exception cref="PosTenancyException">The folder cannot be created.</exception>
    public static string PrepareStatements(StatementRun run, string reportPath, Func<string, bool> isTaken)
    {
        if (!IsFolder(reportPath))
        {
            return Free(reportPath, isTaken);
        }

        Create(reportPath);
        return InFolder(reportPath, $"{Path.GetFileName(run.Path)}.statements", run.StartedAt, isTaken);
    }

    /// <summary>Returns the file for a change of a tenant and creates its folder if it does not exist.</summary>
    /// <param name="result">The change.</param>
    /// <param name="reportPath">A file, or a folder: then the file is named after the database and the time.</param>
    /// <param name="isTaken">Whether the same command already wrote a report there; the next database must not overwrite it.</param>
    /// <returns>The path, with <c>-2</c>, <c>-3</c> … before its extension if the first choice is taken.</returns>
    /// <exception cref="PosTenancyException">The folder cannot be created.</exception>
    public static string PrepareChange(TenantChangeResult result, string reportPath, Func<string, bool> isTaken)
    {
        if (!IsFolder(reportPath))
        {
            return Free(reportPath, isTaken);
        }

        Create(reportPath);
        string name = $"{Path.GetFileName(result.Path)}.{ChangeDocument.Noun(result)}";
        return InFolder(reportPath, name, result.StartedAt, isTaken);
    }

    /// <summary>Keeps the manifest of a backup that lies on another machine, in a folder of reports.</summary>
    /// <param name="reportPath">The folder; it is created.</param>
    /// <param name="computerName">The machine.</param>
    /// <param name="backup">The backup.</param>
    /// <param name="manifest">The text of its manifest.</param>
    /// <exception cref="PosTenancyException">It cannot be written.</exception>
    public static void KeepManifest(string reportPath, string computerName, BackupResult backup, string manifest)
    {
        Create(reportPath);
        string name = backup.ManifestPath.Substring(backup.ManifestPath.LastIndexOfAny(['/', '\\']) + 1);
        string path = Path.Combine(reportPath, $"{string.Join("_", computerName.Split(Path.GetInvalidFileNameChars()))}.{name}");
        FileErrors.Guard(path, () => File.WriteAllText(path, manifest));
    }

    private static void Create(string folder)
    {
        Require(folder);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string why = exception.Message.TrimEnd('.');
            throw Errors.InvalidReportPath(folder, $"the folder does not exist and cannot be created: {why}");
        }
    }

    private static string InFolder(string folder, string subject, DateTimeOffset startedAt, Func<string, bool> isTaken) =>
        Free(Path.Combine(folder, $"{subject}-{FileStamp.Format(startedAt)}.md"), p => isTaken(p) || File.Exists(p));

    /// <summary>Full path without a trailing separator, after which the last name would be empty.</summary>
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
