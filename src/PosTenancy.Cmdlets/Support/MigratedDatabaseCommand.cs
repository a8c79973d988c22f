using System.Management.Automation;

namespace PosTenancy.Commands;

/// <summary>A cmdlet that reads migrated databases, and is told what their migration was told.</summary>
public abstract class MigratedDatabaseCommand : DatabaseCommand
{
    /// <summary>Tables that were left out of the migration, and belong to no tenant. Wildcards are allowed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ExcludeTableCompleter))]
    public string[] ExcludeTable { get; set; } = [];

    /// <summary>Tables that all tenants share, if the history of the database does not record them. Wildcards are allowed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ExcludeTableCompleter))]
    public string[] ReferenceTable { get; set; } = [];

    /// <summary>The tenant column.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string ColumnName { get; set; } = MigrationOptions.DefaultColumnName;

    /// <summary>The project's own table in which the migration was recorded: a migration adds exactly one row to it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? HistoryTable { get; set; }
}
