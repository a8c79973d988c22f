using System.Management.Automation;
using PosTenancy.Engine.Tenants;

namespace PosTenancy.Commands;

/// <summary>Removes or erases a tenant of a database, in a guarded run.</summary>
[Cmdlet(
    VerbsCommon.Remove,
    "PosTenant",
    DefaultParameterSetName = "Path",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High
)]
[OutputType(typeof(TenantRemovalResult))]
public sealed class RemovePosTenantCommand : TenantChangeCommand<TenantRemovalResult>
{
    /// <summary>The tenant.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(TenantIdCompleter))]
    public string TenantId { get; set; } = "";

    /// <summary>Whether to remove its bytes as well as its rows.</summary>
    [Parameter]
    public SwitchParameter Erase { get; set; }

    /// <summary>Whether to go without the export that is made first.</summary>
    [Parameter]
    public SwitchParameter SkipExport { get; set; }

    /// <summary>Whether the last tenant of the database may be removed.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override string Doing => Erase ? "erasing from" : "removing from";

    /// <inheritdoc/>
    protected override string Parameter(string errorId) => nameof(TenantId);

    /// <inheritdoc/>
    protected override GuardedTenantChange<TenantRemovalResult> Prepare(string path) => new TenantRemoval(
        path,
        new TenantRemovalOptions(TenantId)
        {
            Erase = Erase,
            SkipExport = SkipExport,
            Force = Force,
            ColumnName = ColumnName,
            ReferenceTable = ReferenceTable,
            Destination = ResolveLocation(Destination),
            SkipRehearsal = SkipRehearsal,
            LockTimeout = LockTimeout,
        });
}
