using System.Management.Automation;
using PosTenancy.Engine.Tenants;

namespace PosTenancy.Commands;

/// <summary>
/// Drops the DEFAULT of the tenant column in every table, so that an INSERT without a tenant fails instead of landing with the first one.
/// </summary>
[Cmdlet(
    VerbsLifecycle.Complete,
    "PosTenantMigration",
    DefaultParameterSetName = "Path",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High
)]
[OutputType(typeof(CompletionResult))]
public sealed class CompletePosTenantMigrationCommand : TenantChangeCommand<CompletionResult>
{
    /// <summary>Whether to drop it although triggers or foreign keys of the database count on it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override string Doing => "completing";

    /// <inheritdoc/>
    protected override string Parameter(string errorId) => nameof(ColumnName);

    /// <inheritdoc/>
    protected override GuardedTenantChange<CompletionResult> Prepare(string path) => new TenantCompletion(
        path,
        new TenantCompletionOptions
        {
            ColumnName = ColumnName,
            ReferenceTable = ReferenceTable,
            Destination = ResolveLocation(Destination),
            SkipRehearsal = SkipRehearsal,
            LockTimeout = LockTimeout,
            Force = Force,
        });
}
