using System.Collections;
using System.Management.Automation;
using PosTenancy.Engine.Reporting;

namespace PosTenancy.Commands.Internal;

/// <summary>Writes a report for <c>Export-PosTenantReport</c>, and returns its path. Not exported.</summary>
[Cmdlet(VerbsCommunications.Write, "UpgradeReport")]
[OutputType(typeof(string))]
public sealed class WriteUpgradeReportCommand : PSCmdlet
{
    /// <summary>The upgrade.</summary>
    [Parameter(Mandatory = true)]
    public UpgradeResult InputObject { get; set; } = null!;

    /// <summary>A file that ends in .md, .html or .json, or a folder: then the file is named after the database.</summary>
    [Parameter(Mandatory = true)]
    public string ReportPath { get; set; } = "";

    /// <summary>Tests of isolation to add; those of other databases are left out.</summary>
    [Parameter]
    public IsolationResult[] Isolation { get; set; } = [];

    /// <summary>Measured queries to add; those of other databases are left out.</summary>
    [Parameter]
    public QueryMeasurement[] Query { get; set; } = [];

    /// <summary>The reports that the same command wrote already: the second database does not overwrite the first one's.</summary>
    [Parameter(Mandatory = true)]
    public Hashtable Written { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        UpgradeResult result = UpgradeReport.With(InputObject, Isolation, Query);
        try
        {
            result = ReportFile.Write(result, SessionState.Path.GetUnresolvedProviderPathFromPSPath(ReportPath), Written);
        }
        catch (PosTenancyException exception)
        {
            WriteError(ErrorRecords.From(exception, ReportPath));
        }

        if (result.ReportPath is { } written)
        {
            WriteObject(written);
        }
    }
}
