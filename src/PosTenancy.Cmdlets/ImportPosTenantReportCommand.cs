using System.Management.Automation;
using PosTenancy.Engine.Reporting;

namespace PosTenancy.Commands;

/// <summary>Reads JSON reports back, so that they can be made again in another format. No database is touched.</summary>
[Cmdlet(VerbsData.Import, "PosTenantReport", DefaultParameterSetName = "ReportPath")]
[OutputType(typeof(UpgradeResult))]
public sealed class ImportPosTenantReportCommand : PSCmdlet
{
    private bool _isTyped;

    /// <summary>A report that ends in .json. Wildcards are allowed.</summary>
    [Parameter(
        Mandatory = true,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true,
        ParameterSetName = "ReportPath"
    )]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] ReportPath { get; set; } = [];

    /// <summary>A report, each character taken as it is.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc/>
    /// <remarks>What is bound now was typed; what is bound later came through the pipeline.</remarks>
    protected override void BeginProcessing() => _isTyped = MyInvocation.BoundParameters.ContainsKey(nameof(ReportPath));

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        FilePaths paths = new(this);
        foreach (string path in ReportPath.SelectMany(p => paths.Resolve(p, _isTyped)).Concat(LiteralPath.SelectMany(paths.ResolveLiteral)))
        {
            try
            {
                WriteObject(UpgradeReport.Read(path));
            }
            catch (PosTenancyException exception)
            {
                WriteError(ErrorRecords.From(exception, path));
            }
            catch (Exception exception) when (exception is not RuntimeException)
            {
                // As with databases: a defect on one file must not keep the next ones from their turn.
                WriteError(ErrorRecords.Unexpected(exception, path));
            }
        }
    }
}
