using System.Management.Automation;

namespace PosTenancy.Commands;

/// <summary>A cmdlet that reads migrated databases, and is told what their migration was told.</summary>
public abstract class MigratedDatabaseCommand : TenantDatabaseCommand
{
    /// <summary>Tables that were left out of the migration, and belong to no tenant. Wildcards are allowed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ExcludeTableCompleter))]
    public string[] ExcludeTable { get; set; } = [];

    /// <summary>The project's own table in which the migration was recorded: a migration adds exactly one row to it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? HistoryTable { get; set; }
}
