using System.Management.Automation;
using PosTenancy.Engine.Reporting;

namespace PosTenancy.Commands.Internal;

/// <summary>Writes the reports of statements for <c>Export-PosTenantReport</c>, one for each database, and returns their paths. Not
/// exported.</summary>
[Cmdlet(VerbsCommunications.Write, "StatementReport")]
[OutputType(typeof(string))]
public sealed class WriteStatementReportCommand : PSCmdlet
{
    /// <summary>The results.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public StatementResult[] Statement { get; set; } = [];

    /// <summary>A file that ends in .sarif, .md, .html or .json, or a folder: then the file is named after the database.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public string ReportPath { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string path = SessionState.Path.GetUnresolvedProviderPathFromPSPath(ReportPath);
        HashSet<string> written = [];
        foreach (IGrouping<string, StatementResult> database in Statement.GroupBy(s => s.Path, StringComparer.Ordinal))
        {
            try
            {
                ReportLocation.RequireStatements(path);
                StatementRun run = new(database.Key, [.. database], DateTimeOffset.Now, TimeSpan.Zero);
                string file = ReportLocation.PrepareStatements(run, path, written.Contains);
                StatementReport.Write(run, file);
                _ = written.Add(file);
                WriteObject(file);
            }
            catch (PosTenancyException exception)
            {
                WriteError(ErrorRecords.From(exception, ReportPath));
            }
        }
    }
}
