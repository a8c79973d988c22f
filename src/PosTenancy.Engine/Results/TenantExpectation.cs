namespace PosTenancy;

/// <summary>What a migrated database should look like.</summary>
/// <param name="TenantId">The tenant that every row should have; <see langword="null"/> if any will do.</param>
/// <param name="ColumnName">The tenant column.</param>
/// <param name="ExcludeTable">Tables that were left out on request.</param>
public sealed record TenantExpectation(string? TenantId, string ColumnName, IReadOnlyList<string> ExcludeTable)
{
    /// <summary>
    /// Tables that all tenants share: names or patterns. Those that the history of the database records need not be named.
    /// </summary>
    public IReadOnlyList<string> ReferenceTable { get; init; } = [];

    /// <summary>
    /// The project's own table in which the migration was recorded: it has exactly one row more; <see langword="null"/> for PosTenancy's.
    /// </summary>
    public string? HistoryTable { get; init => field = HistoryPlan.ForeignTable(value); }

    /// <summary>
    /// Whether only PosTenancy's own plan can have written since the baseline. Otherwise a script may have recorded itself in the
    /// application's history, or its tenants in their registry.
    /// </summary>
    internal bool OnlyOurStatements { get; init; }

    /// <summary>
    /// How far a UNIQUE key should reach; a key that reaches over all tenants is a failure only where it was asked to be changed.
    /// </summary>
    public UniqueScope UniqueScope { get; init; }

    /// <summary>The tenants of a database of several, whose rows are expected beside those of the tenant; otherwise none.</summary>
    internal ISet<string> Tenants { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>The rows that each tenant should have; <see langword="null"/> if that is not known.</summary>
    internal IReadOnlyList<TenantDistribution>? Distribution { get; init; }

    /// <summary>What a plan promises.</summary>
    internal static TenantExpectation From(MigrationPlan plan) => From(plan.Options) with
    {
        Tenants = plan.Tenants,
        Distribution = plan.PlannedDistribution,
    };

    /// <summary>What a migration with these options promises.</summary>
    /// <param name="options">The options of the migration.</param>
    public static TenantExpectation From(MigrationOptions options) => new(options.TenantId, options.ColumnName, options.ExcludeTable)
    {
        ReferenceTable = options.ReferenceTable,
        HistoryTable = options.HistoryTable,
        OnlyOurStatements = options.Script is null,
        UniqueScope = options.UniqueScope,
    };
}
