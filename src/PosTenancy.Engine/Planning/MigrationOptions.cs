namespace PosTenancy;

/// <summary>How far a UNIQUE key reaches after the migration.</summary>
public enum UniqueScope
{
    /// <summary>Keys stay as they are: unique over all tenants of the database.</summary>
    Database,

    /// <summary>Keys become unique within each tenant.</summary>
    Tenant,
}

/// <summary>What a migration is to do.</summary>
public sealed record MigrationOptions
{
    /// <summary>The name of the column that a migration adds, unless another is asked for.</summary>
    public const string DefaultColumnName = "tenant_id";

    /// <summary>Checks the values, so that no later stage has to.</summary>
    /// <param name="tenantId">The tenant that every existing row is given; 1 to 255 characters, none of them a control character.</param>
    /// <param name="columnName">The column to add; <see langword="null"/> for <see cref="DefaultColumnName"/>.</param>
    /// <exception cref="PosTenancyException">The tenant id or the column name cannot be used.</exception>
    public MigrationOptions(string? tenantId, string? columnName = null)
    {
        TenantId = Engine.Planning.TenantIdRules.Require(tenantId);
        ColumnName = Engine.Planning.ColumnNameRules.Require(columnName ?? DefaultColumnName);
    }

    /// <summary>The tenant that every existing row is given, stored exactly as it is here.</summary>
    public string TenantId { get; }

    /// <summary>The column to add.</summary>
    public string ColumnName { get; }

    /// <summary>Tables to leave alone: names, or patterns with <c>*</c>, <c>?</c> and <c>[a-z]</c>.</summary>
    public IReadOnlyList<string> ExcludeTable { get; init; } = [];

    /// <summary>The project's own table to record the migration in; <see langword="null"/> for ours.</summary>
    public string? HistoryTable { get; init => field = Engine.Schema.DatabaseSchema.ForeignHistory(value); }

    /// <summary>For an audit that names no tenant: a table that has the column counts as migrated, whichever tenant it was for.</summary>
    public bool AcceptsAnyTenant { get; init; }

    /// <summary>How far a UNIQUE key reaches afterwards.</summary>
    public UniqueScope UniqueScope { get; init; }
}
