namespace PosTenancy.Engine.Queries;

/// <summary>Options of a measurement.</summary>
public sealed record MeasurementOptions
{
    /// <summary>The tenant to query; <see langword="null"/> for the only one of the database.</summary>
    public string? TenantId { get; init; }

    /// <summary>Name of the tenant column.</summary>
    public string ColumnName { get; init; } = MigrationOptions.DefaultColumnName;

    /// <summary>The queries to run; <see langword="null"/> to derive them from tables, indexes and foreign keys.</summary>
    public QueryFile? Queries { get; init; }

    /// <summary>Selects the tables to derive queries from; <see langword="null"/> for all.</summary>
    public Func<string, bool>? IncludeTable { get; init; }

    /// <summary>Number of connections that read concurrently after each query was measured alone; 1 for no concurrent reading.</summary>
    public int Readers { get; init; } = 1;

    /// <summary>How long to repeat a query on both databases together; a slow query still runs three times on each.</summary>
    public TimeSpan TimePerQuery { get; init; } = TimeSpan.FromMilliseconds(250);
}
