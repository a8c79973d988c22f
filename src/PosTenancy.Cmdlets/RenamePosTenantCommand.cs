using System.Management.Automation;
using PosTenancy.Engine.Tenants;

namespace PosTenancy.Commands;

/// <summary>Gives a tenant of a database another name, in a guarded run.</summary>
[Cmdlet(
    VerbsCommon.Rename,
    "PosTenant",
    DefaultParameterSetName = "Path",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High
)]
[OutputType(typeof(TenantRenameResult))]
public sealed class RenamePosTenantCommand : TenantChangeCommand<TenantRenameResult>
{
    /// <summary>The tenant.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(TenantIdCompleter))]
    public string TenantId { get; set; } = "";

    /// <summary>The name that it gets.</summary>
    [Parameter(Mandatory = true, Position = 2, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string NewName { get; set; } = "";

    /// <inheritdoc/>
    protected override string Doing => "renaming in";

    /// <inheritdoc/>
    protected override string Parameter(string errorId) => errorId == ErrorIds.InvalidNewName ? nameof(NewName) : nameof(TenantId);

    /// <inheritdoc/>
    protected override GuardedTenantChange<TenantRenameResult> Prepare(string path) => new TenantRename(
        path,
        new TenantRenameOptions(TenantId, NewName)
        {
            ColumnName = ColumnName,
            ReferenceTable = ReferenceTable,
            Destination = ResolveLocation(Destination),
            SkipRehearsal = SkipRehearsal,
            LockTimeout = LockTimeout,
        });
}
