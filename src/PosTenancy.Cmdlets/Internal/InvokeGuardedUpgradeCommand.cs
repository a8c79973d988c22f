using System.Management.Automation;
using PosTenancy.Engine.Migration;

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
        if (Preview)
        {
            WriteObject(MigrationDescription.Of(GuardedUpgrade.Preview(path, options, Cancellation)));
            return;
        }

        WriteObject(GuardedUpgrade.Run(path, options, ShowProgress(path), Cancellation));
    }
}
