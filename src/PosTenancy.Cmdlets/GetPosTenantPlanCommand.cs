using System.Collections;
using System.Management.Automation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Progress;
using PosTenancy.Postgres;

namespace PosTenancy.Commands;

/// <summary>Shows what a migration, or a copy to PostgreSQL, would do with each table, and changes nothing.</summary>
[Cmdlet(VerbsCommon.Get, "PosTenantPlan", DefaultParameterSetName = "Path")]
[OutputType(typeof(TablePlan), typeof(CopyTablePlan))]
public sealed class GetPosTenantPlanCommand : MigrationCommand
{
    /// <summary>The tenant that the rows would be given; without it the plan names none.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(TenantIdCompleter))]
    public string? TenantId { get; set; }

    /// <summary>The PostgreSQL database to which the tenant would be copied.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>How tenants would be laid out there.</summary>
    [Parameter]
    public CopyLayout Layout { get; set; }

    /// <summary>The schema of the tables there.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string SchemaName { get; set; } = "public";

    /// <summary>What would become of dates there.</summary>
    [Parameter]
    public DateTimeColumns DateTime { get; set; }

    /// <summary>How to carry columns for which no type holds all values: @{ 'table.column' = 'Text' }.</summary>
    [Parameter]
    public IDictionary? Conversion { get; set; }

    /// <summary>What would become of rows whose reference names no row.</summary>
    [Parameter]
    public DanglingReferences DanglingReference { get; set; }

    /// <summary>User and password there.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        if (Destination is not null)
        {
            WriteObject(CopyPlan(path, Destination), enumerateCollection: true);
            return;
        }

        MigrationOptions options = MyInvocation.BoundParameters.ContainsKey(nameof(TenantId))
            ? Options(TenantId)
            : Options("<tenant>") with { AcceptsAnyTenant = true };
        MigrationPlan plan = Watch(path, CommandParts.Plan, _ => TenantPlan.Read(path, options, Cancellation));
        WriteObject(plan.Listing, enumerateCollection: true);
    }

    private IReadOnlyList<CopyTablePlan> CopyPlan(string path, string destination)
    {
        string tenant = TenantId ?? TenantCopyOptions.AllTenants;
        TenantCopyOptions options = RequireArgument(static _ => nameof(TenantId), () => new TenantCopyOptions(tenant, destination)
        {
            Credential = Credential?.GetNetworkCredential(),
            Layout = Layout,
            Schema = SchemaName,
            DateTime = DateTime,
            Conversion = PostgresParameters.Conversions(Conversion),
            DanglingReference = DanglingReference,
            ReferenceTable = ReferenceTable,
            ColumnName = ColumnName,
        });
        return Watch(path, CommandParts.Transfer, progress => TenantCopy.Plan(path, options, progress, Cancellation));
    }
}
