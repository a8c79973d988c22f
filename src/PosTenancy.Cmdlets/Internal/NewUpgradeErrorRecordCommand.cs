using System.Management.Automation;

namespace PosTenancy.Commands.Internal;

/// <summary>Makes the error record of a failed upgrade in the one factory, for the function that writes it. Not exported.</summary>
[Cmdlet(VerbsCommon.New, "UpgradeErrorRecord")]
[OutputType(typeof(ErrorRecord))]
public sealed class NewUpgradeErrorRecordCommand : PSCmdlet
{
    /// <summary>A result that has an error.</summary>
    [Parameter(Mandatory = true)]
    public UpgradeResult InputObject { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(ErrorRecords.From(InputObject.Error!, InputObject.Path));
}
