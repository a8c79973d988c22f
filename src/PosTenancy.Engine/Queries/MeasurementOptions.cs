namespace PosTenancy.Engine.Queries;

/// <summary>What to measure.</summary>
public sealed record MeasurementOptions
{
    /// <summary>The tenant to ask for; <see langword="null"/> for the only one of the database.</summary>
    public string? TenantId { get; init; }

    /// <summary>The tenant column.</summary>
    public string ColumnName { get; init; } = MigrationOptions.DefaultColumnName;

    /// <summary>The queries to run; <see langword="null"/> for those that follow from tables, indexes and foreign keys.</summary>
    public QueryFile? Queries { get; init; }

    /// <summary>Which tables to derive queries from; <see langword="null"/> for all.</summary>
    public Func<string, bool>? IncludeTable { get; init; }

    /// <summary>How many connections to read with at the same time, after each query was measured by itself; 1 for none besides.</summary>
    public int Readers { get; init; } = 1;

    /// <summary>How long to repeat a query on both databases together; a slow one is run three times on each all the same.</summary>
    public TimeSpan TimePerQuery { get; init; } = TimeSpan.FromMilliseconds(250);
}
