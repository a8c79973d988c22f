using System.Management.Automation;

namespace PosTenancy.Commands.Internal;

/// <summary>Ends an upgrade, writes its report, and returns its result. Not exported.</summary>
[Cmdlet(VerbsLifecycle.Complete, "Upgrade")]
[OutputType(typeof(UpgradeResult))]
public sealed class CompleteUpgradeCommand : UpgradeCommand
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        UpgradeResult result = Upgrade.Complete(this, out PosTenancyException? reportFailure);
        ShowOutput(result.Migration);
        if (result is { TargetRequested: true, MeetsTarget: false })
        {
            WriteWarning(MigrationDescription.Slow(result));
        }

        if (reportFailure is not null)
        {
            WriteError(ErrorRecords.From(reportFailure, Upgrade.ReportPath));
        }

        WriteObject(result);
        Upgrade.Close();
    }
}
