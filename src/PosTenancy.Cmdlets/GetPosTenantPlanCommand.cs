using System.Management.Automation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Progress;

namespace PosTenancy.Commands;

/// <summary>Shows what a migration would do with each table, and changes nothing.</summary>
[Cmdlet(VerbsCommon.Get, "PosTenantPlan", DefaultParameterSetName = "Path")]
[OutputType(typeof(TablePlan))]
public sealed class GetPosTenantPlanCommand : MigrationCommand
{
    /// <summary>The tenant that the rows would be given; without it the plan names none.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(TenantIdCompleter))]
    public string? TenantId { get; set; }

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        MigrationOptions options = MyInvocation.BoundParameters.ContainsKey(nameof(TenantId))
            ? Options(TenantId)
            : Options("<tenant>") with { AcceptsAnyTenant = true };
        MigrationPlan plan = Watch(path, CommandParts.Plan, _ => TenantPlan.Read(path, options, Cancellation));
        WriteObject(plan.Listing, enumerateCollection: true);
    }
}
