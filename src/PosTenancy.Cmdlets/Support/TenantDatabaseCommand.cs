using System.Management.Automation;

namespace PosTenancy.Commands;

/// <summary>A cmdlet that works on databases with tenants.</summary>
public abstract class TenantDatabaseCommand : DatabaseCommand
{
    /// <summary>Tables that all tenants share, if the history of the database does not record them. Wildcards are allowed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ExcludeTableCompleter))]
    public string[] ReferenceTable { get; set; } = [];

    /// <summary>The tenant column.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string ColumnName { get; set; } = MigrationOptions.DefaultColumnName;
}
