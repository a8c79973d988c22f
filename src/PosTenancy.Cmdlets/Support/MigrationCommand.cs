using System.Collections;
using System.Management.Automation;

namespace PosTenancy.Commands;

/// <summary>The parameters that every command has which plans or runs a migration.</summary>
public abstract class MigrationCommand : DatabaseCommand
{
    /// <summary>Tables to leave alone. Wildcards are allowed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ExcludeTableCompleter))]
    public string[] ExcludeTable { get; set; } = [];

    /// <summary>Tables that all tenants share. Wildcards are allowed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ExcludeTableCompleter))]
    public string[] ReferenceTable { get; set; } = [];

    /// <summary>The tenant of the rows of a table that no foreign key leads to a tenant, by table.</summary>
    [Parameter]
    public Hashtable TenantFor { get; set; } = [];

    /// <summary>How far a UNIQUE key reaches afterwards.</summary>
    [Parameter]
    public UniqueScope UniqueScope { get; set; }

    /// <summary>How a query for one tenant finds its rows afterwards.</summary>
    [Parameter]
    public IndexStrategy IndexStrategy { get; set; }

    /// <summary>The column to add.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string ColumnName { get; set; } = MigrationOptions.DefaultColumnName;

    /// <summary>The project's own table to record the migration in, instead of PosTenancy's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? HistoryTable { get; set; }

    /// <summary>The options of the engine for a tenant.</summary>
    protected MigrationOptions Options(string? tenantId) => RequireArgument(
        static errorId => errorId switch
        {
            ErrorIds.InvalidColumnName => nameof(ColumnName),
            ErrorIds.InvalidTenantFor => nameof(TenantFor),
            _ => "TenantId",
        },
        () => new MigrationOptions(tenantId, ColumnName)
        {
            ExcludeTable = ExcludeTable,
            ReferenceTable = ReferenceTable,
            TenantFor = TableTenants.From(TenantFor),
            UniqueScope = UniqueScope,
            IndexStrategy = IndexStrategy,
            HistoryTable = HistoryTable,
        });
}
