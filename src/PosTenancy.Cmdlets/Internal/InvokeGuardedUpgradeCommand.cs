using System.Management.Automation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Reporting;

namespace PosTenancy.Commands.Internal;

/// <summary>Runs the engine's guarded upgrade for <c>Invoke-PosTenantUpgrade</c>, which asks and reports. Not exported.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "GuardedUpgrade", DefaultParameterSetName = "Path")]
[OutputType(typeof(UpgradeResult), typeof(string))]
public sealed class InvokeGuardedUpgradeCommand : MigrationCommand
{
    /// <summary>The tenant that every existing row is given.</summary>
    [Parameter(Mandatory = true)]
    [AllowNull]
    [AllowEmptyString]
    public string? TenantId { get; set; }

    /// <summary>An existing folder for backup and rehearsal.</summary>
    [Parameter]
    public string? Destination { get; set; }

    /// <summary>Go without the rehearsal.</summary>
    [Parameter]
    public SwitchParameter SkipRehearsal { get; set; }

    /// <summary>How long to wait for others to close the database.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan? LockTimeout { get; set; }

    /// <summary>Where the report will go; looked at before anything is done, written by the caller.</summary>
    [Parameter]
    public string? ReportPath { get; set; }

    /// <summary>Only say what would be done, as a sentence; change nothing.</summary>
    [Parameter]
    public SwitchParameter Preview { get; set; }

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        UpgradeOptions options = new(Options(TenantId))
        {
            Destination = ResolveLocation(Destination),
            SkipRehearsal = SkipRehearsal,
            LockTimeout = LockTimeout,
        };
        if (ResolveLocation(ReportPath) is { } reportPath)
        {
            RequireArgument(nameof(ReportPath), () => ReportLocation.Require(reportPath));
        }

        if (Preview)
        {
            WriteObject(MigrationDescription.Of(GuardedUpgrade.Preview(path, options, Cancellation)));
            return;
        }

        WriteObject(GuardedUpgrade.Run(path, options, ShowProgress(path), Cancellation));
    }
}
