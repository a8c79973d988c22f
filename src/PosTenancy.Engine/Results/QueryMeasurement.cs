namespace PosTenancy;

/// <summary>One query on the backup and on the migrated database: how long it takes, and how SQLite answers it.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="BackupPath">Full path of the backup.</param>
/// <param name="TenantId">The tenant whose rows were asked for; empty if the database has no row.</param>
/// <param name="Table">The table that the query was derived from; <see langword="null"/> for a query of the user's.</param>
/// <param name="Name">What it asks, or its line in the user's file.</param>
/// <param name="Status">
/// Passed: not slower, or by less than can be told apart. Warning: slower by more than 10 %. Failed: another number of rows, or a reader
/// met an error. NotChecked: it could not be measured.
/// </param>
public sealed record QueryMeasurement(string Path, string BackupPath, string TenantId, string? Table, string Name, CheckStatus Status)
{
    /// <summary>The query before: as it ran on the backup.</summary>
    public string SqlBefore { get; init; } = "";

    /// <summary>The query after: with the tenant, as it ran on the live database.</summary>
    public string SqlAfter { get; init; } = "";

    /// <summary>The values of its parameters <c>?1</c>, <c>?2</c> …, taken from a row of the backup.</summary>
    public IReadOnlyList<string?> Parameters { get; init => field = ResultList.From(value); } = ResultList.From<string?>([]);

    /// <summary>Median of the runs before; <see langword="null"/> if it could not be measured.</summary>
    public TimeSpan? BeforeMedian { get; init; }

    /// <summary>95 % of the runs before took no longer.</summary>
    public TimeSpan? BeforeP95 { get; init; }

    /// <summary>Median of the runs after.</summary>
    public TimeSpan? AfterMedian { get; init; }

    /// <summary>95 % of the runs after took no longer.</summary>
    public TimeSpan? AfterP95 { get; init; }

    /// <summary>
    /// Median after by median before: 2 is twice as slow. <see langword="null"/> if both are below 0.02 ms, too short to be compared.
    /// </summary>
    public double? Ratio { get; init; }

    /// <summary>Rows of the answer before.</summary>
    public long? RowsBefore { get; init; }

    /// <summary>Rows of the answer after.</summary>
    public long? RowsAfter { get; init; }

    /// <summary>The indexes that SQLite uses before; empty if it reads tables from end to end.</summary>
    public string IndexBefore { get; init; } = "";

    /// <summary>The indexes that SQLite uses after.</summary>
    public string IndexAfter { get; init; } = "";

    /// <summary>SQLite's plan before, its steps separated by semicolons.</summary>
    public string PlanBefore { get; init; } = "";

    /// <summary>SQLite's plan after.</summary>
    public string PlanAfter { get; init; } = "";

    /// <summary>Why it is slower, wrong or was not measured; empty if there is nothing to say.</summary>
    public string Cause { get; init; } = "";

    /// <summary>What to do about it; empty if there is nothing to do.</summary>
    public string Cure { get; init; } = "";

    /// <summary>How many connections read the live database at the same time; 0 if that was not tried.</summary>
    public int Readers { get; init; }

    /// <summary>How many of their runs of this query ended with an error.</summary>
    public int ReaderErrors { get; init; }

    /// <summary>Median of one run while all of them were reading.</summary>
    public TimeSpan? ReadersMedian { get; init; }

    /// <summary>95 % of the runs took no longer while all of them were reading.</summary>
    public TimeSpan? ReadersP95 { get; init; }

    /// <summary>The query and its status.</summary>
    public override string ToString() => Table is null ? $"{Name}: {Status}" : $"{Table}, {Name}: {Status}";
}
