namespace PosTenancy;

/// <summary>What an application does with a table, and what must stay within one tenant.</summary>
public enum IsolationOperation : long
{
    /// <summary>A row of a new tenant is put in.</summary>
    Insert,

    /// <summary>A tenant reads its rows.</summary>
    Select,

    /// <summary>A tenant updates all of its rows.</summary>
    Update,

    /// <summary>A tenant deletes all of its rows.</summary>
    Delete,

    /// <summary>A tenant follows a foreign key from its rows to their parents, and back.</summary>
    Join,

    /// <summary>A tenant that has no rows reads.</summary>
    UnknownTenant,

    /// <summary>Each tenant writes rows of its own and of the other, on a connection with the guard.</summary>
    Guard,
}

/// <summary>What one operation on one table saw or touched, measured on a copy of the database.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="Table">The table, or the view.</param>
/// <param name="Operation">What was tried.</param>
/// <param name="Related">For a Join, the parent table; else <see langword="null"/>.</param>
/// <param name="TenantId">The tenant that was tested. The canary tenant is tested the other way round in the same object.</param>
/// <param name="Expected">Rows of the tenant, found without its filter (for a Join: pairs of rows); <see langword="null"/> if that could
/// not be measured. For a Guard: writes that it must abort.</param>
/// <param name="Actual">Rows that the statement with the filter saw or touched; <see langword="null"/> if it could not run. For a Guard:
/// writes that it aborted.</param>
/// <param name="Leaked">Rows of others that the same statement without the filter would see or touch; <see langword="null"/> if that could
/// not be measured. For a Guard: writes that reach another tenant without it.</param>
/// <param name="Status">Whether the tenants stayed apart. Never Passed if nothing could be measured.</param>
/// <param name="Detail">What crossed from one tenant to another and where, or why it could not be measured; empty if there is nothing to
/// say.</param>
/// <param name="Statement">The statement that was run for the tenant.</param>
/// <param name="Duration">How long it took.</param>
public sealed record IsolationResult(
    string Path,
    string Table,
    IsolationOperation Operation,
    string? Related,
    string TenantId,
    long? Expected,
    long? Actual,
    long? Leaked,
    CheckStatus Status,
    string Detail,
    string Statement,
    TimeSpan Duration)
{
    /// <summary>The tenant that was made up for the test.</summary>
    public string CanaryId { get; init; } = "";

    /// <summary>Rows of the canary tenant in the table; 0 if none could be put in.</summary>
    public long CanaryRows { get; init; }

    /// <summary>For a Join, the columns of the foreign key, separated by a comma; else <see langword="null"/>.</summary>
    public string? Columns { get; init; }

    /// <summary>The table, the operation and the status.</summary>
    public override string ToString() => $"{Table}, {Operation}: {Status}";
}

/// <summary>The whole test of one database.</summary>
/// <param name="Results">One result per table and operation.</param>
/// <param name="Warning">What there is to say of the test itself; <see langword="null"/> if nothing.</param>
public sealed record IsolationReading(IReadOnlyList<IsolationResult> Results, string? Warning);
