namespace PosTenancy;

/// <summary>What became of dropping the DEFAULT of the tenant column.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="TenantId">
/// The tenant of the DEFAULT; of several, that of most tables. If there is none any more, the one that was dropped before; empty if that is
/// not known.
/// </param>
/// <param name="Status">How it ended.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Duration">How long it took, with locking, backup, rehearsal and verification.</param>
public sealed record CompletionResult(
    string Path, string TenantId, TenantChangeStatus Status, DateTimeOffset StartedAt, TimeSpan Duration)
    : TenantChangeResult(Path, TenantId, Status, StartedAt, Duration)
{
    /// <inheritdoc/>
    public override string Path { get; init; } = Path;

    /// <inheritdoc/>
    public override string TenantId { get; init; } = TenantId;

    /// <summary>The columns that were changed, or would have been; empty if there was nothing to do.</summary>
    public IReadOnlyList<CompletedColumn> Columns { get; init => field = ResultList.From(value); } =
        ResultList.From<CompletedColumn>([]);

    /// <summary>What in the database counts on the DEFAULT, and fails without it.</summary>
    public IReadOnlyList<AffectedStatement> Affected { get; init => field = ResultList.From(value); } =
        ResultList.From<AffectedStatement>([]);
}

/// <summary>A tenant column that loses its DEFAULT.</summary>
/// <param name="Table">Name of the table.</param>
/// <param name="TenantId">The tenant of its DEFAULT; <see langword="null"/> if it only allowed NULL.</param>
/// <param name="RowsStored">
/// Number of rows that were written so that they store their tenant: those that are older than the column, and others between them.
/// </param>
/// <param name="AllowedNull">Whether it allowed NULL, and is NOT NULL now.</param>
public sealed record CompletedColumn(string Table, string? TenantId, long RowsStored, bool AllowedNull)
{
    /// <summary>The table and the tenant.</summary>
    public override string ToString() => TenantId is null ? Table : $"{Table}: {TenantId}";
}

/// <summary>A trigger or foreign key that writes no tenant, and counts on the DEFAULT.</summary>
/// <param name="Name">What it is, such as <c>trigger log_sale</c>.</param>
/// <param name="On">The table or view that it belongs to.</param>
/// <param name="Table">The table that it writes to without a tenant.</param>
/// <param name="Message">SQLite's message if it was tried, or what its text says.</param>
/// <param name="IsTried">
/// Whether it failed on a copy without the DEFAULT. Otherwise no row made it run, and its text was read.
/// </param>
public sealed record AffectedStatement(string Name, string On, string Table, string Message, bool IsTried)
{
    /// <summary>What it is, and why it fails.</summary>
    public override string ToString() => $"{Name} on {On}: {Message}{(IsTried ? "" : " (not tried)")}";
}
