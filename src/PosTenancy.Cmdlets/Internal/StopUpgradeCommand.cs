using System.Management.Automation;

namespace PosTenancy.Commands.Internal;

/// <summary>Undoes an upgrade that was interrupted by Ctrl+C, and shows how it ended. Does nothing after a result. Not exported.</summary>
[Cmdlet(VerbsLifecycle.Stop, "Upgrade")]
public sealed class StopUpgradeCommand : UpgradeCommand
{
    /// <inheritdoc/>
    /// <remarks>The caller receives no result: only the screen and the report can show it.</remarks>
    protected override void ProcessRecord()
    {
        if (!Upgrade.IsOpen)
        {
            return;
        }

        UpgradeResult result = Upgrade.Complete(this, out PosTenancyException? reportFailure);
        string end = result.Status == UpgradeStatus.Cancelled
            ? result.Error!.Message
            : $"The upgrade of '{result.Path}' finished before it could be cancelled: {result.Status}. {result.Error?.Message}".TrimEnd();
        end += reportFailure is not null ? $" {reportFailure.Message}"
            : result.ReportPath is { } report ? $" The report is '{report}'."
            : "";
        Tell(end);
        Upgrade.Close();
    }
}
