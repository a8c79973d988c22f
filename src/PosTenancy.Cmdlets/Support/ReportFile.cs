using System.Collections;
using PosTenancy.Engine.Reporting;

namespace PosTenancy.Commands;

/// <summary>Writes the report of an upgrade, one file for each database of a command.</summary>
internal static class ReportFile
{
    /// <summary>Writes the report.</summary>
    /// <param name="result">The upgrade.</param>
    /// <param name="reportPath">Full path of a file that ends in .md, .html or .json, or of a folder.</param>
    /// <param name="written">The reports that the command wrote already; the new one is added.</param>
    /// <returns>The result with the path of its report.</returns>
    /// <exception cref="PosTenancyException">The report cannot be written.</exception>
    public static UpgradeResult Write(UpgradeResult result, string reportPath, Hashtable written)
    {
        string path = ReportLocation.Prepare(result, reportPath, written.ContainsKey);
        UpgradeReport.Write(result, path);
        written[path] = true;
        return result with { ReportPath = path };
    }
}
