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
        static errorId => errorId == ErrorIds.InvalidColumnName ? nameof(ColumnName) : "TenantId",
        () => new MigrationOptions(tenantId, ColumnName)
        {
            ExcludeTable = ExcludeTable,
            UniqueScope = UniqueScope,
            IndexStrategy = IndexStrategy,
            HistoryTable = HistoryTable,
        });
}
