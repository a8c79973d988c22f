using System.Management.Automation;

namespace PosTenancy.Commands.Internal;

/// <summary>A part of <c>Invoke-PosTenantUpgrade</c> that works on an upgrade. None of these cmdlets is exported.</summary>
public abstract class UpgradeCommand : ConsoleCommand
{
    /// <summary>The upgrade, as the part before returned it.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public Upgrade Upgrade { get; set; } = null!;
}
