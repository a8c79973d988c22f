namespace PosTenancy.Engine.Tenants;

/// <summary>How a tenant is changed.</summary>
public abstract record TenantChangeOptions
{
    /// <summary>The tenant column.</summary>
    public string ColumnName { get; init; } = MigrationOptions.DefaultColumnName;

    /// <summary>Names or patterns of tables that all tenants share, beside those that the history of the database names.</summary>
    public IReadOnlyList<string> ReferenceTable { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>An existing folder for the backup and the rehearsal; <see langword="null"/> for the folder of the database.</summary>
    public string? Destination { get; init; }

    /// <summary>Whether to go without the rehearsal on a copy.</summary>
    public bool SkipRehearsal { get; init; }

    /// <summary>How long to wait for others to close the database.</summary>
    public TimeSpan? LockTimeout { get; init; }
}
