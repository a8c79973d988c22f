namespace PosTenancy;

/// <summary>What to do with rows of a backup that no longer fit beside what others did since.</summary>
public enum RestoreConflictAction : long
{
    /// <summary>Refuse the restore, and name them.</summary>
    Refuse,

    /// <summary>Give new values to keys that are only numbers or ids; what references them follows.</summary>
    NewKey,

    /// <summary>Leave these rows out, and list them.</summary>
    Skip,
}

/// <summary>Why a row of a backup does not fit any more.</summary>
public enum RestoreConflictKind : long
{
    /// <summary>Another tenant has its key, or the value of a UNIQUE column, now.</summary>
    Taken,

    /// <summary>It references a row that is gone: of a table that all tenants share, or of another tenant.</summary>
    ReferenceGone,

    /// <summary>It references a key that no row had, and that a row of another tenant has now.</summary>
    ReferenceTaken,

    /// <summary>A row of another tenant, or of a table that all tenants share, references a row that would go.</summary>
    StillReferenced,

    /// <summary>It references a row that would be left out.</summary>
    ReferenceSkipped,
}

/// <summary>A row that does not fit.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="TenantId">The tenant that is restored.</param>
/// <param name="Table">The table of the row.</param>
/// <param name="Key">Its primary key without the tenant, or its rowid; <see langword="null"/> if it has neither.</param>
/// <param name="Kind">Why it does not fit.</param>
/// <param name="Column">The column, or columns separated by commas.</param>
/// <param name="Value">Their values, separated by commas.</param>
/// <param name="OtherTenantId">The other tenant; <see langword="null"/> if there is none.</param>
public sealed record RestoreConflict(
    string Path,
    string TenantId,
    string Table,
    string? Key,
    RestoreConflictKind Kind,
    string Column,
    string? Value,
    string? OtherTenantId)
{
    /// <summary>The table that is referenced; <see langword="null"/> if it is not about a reference.</summary>
    public string? Parent { get; init; }

    /// <summary>The row, and why it does not fit.</summary>
    public override string ToString() => Kind switch
    {
        RestoreConflictKind.Taken => $"{Row}: {Column} {Value} is taken by {Other}",
        RestoreConflictKind.ReferenceGone => $"{Row}: {Column} {Value} references a row of {Parent} that is gone",
        RestoreConflictKind.ReferenceTaken =>
            $"{Row}: {Column} {Value} referenced no row of {Parent}, and would reference one of {Other}",
        RestoreConflictKind.StillReferenced =>
            $"{Row}{(OtherTenantId is null ? "" : $" of {Other}")}: {Column} {Value} references a row of {Parent} that would go",
        _ => $"{Row}: {Column} {Value} references a row of {Parent} that would be left out",
    };

    private string Row => Key is null ? $"{Table}, a row" : $"{Table} {Key}";

    private string Other => OtherTenantId is null ? "a row without a tenant" : $"tenant '{OtherTenantId}'";
}

/// <summary>What became of one table of a restored tenant.</summary>
/// <param name="Table">Name of the table.</param>
/// <param name="Returned">Rows that came back.</param>
/// <param name="Gone">Rows that the source does not have.</param>
/// <param name="Changed">Rows with other values, and the same key.</param>
public sealed record RestoredTable(string Table, long Returned, long Gone, long Changed)
{
    /// <summary>The table and its rows.</summary>
    public override string ToString() => $"{Table} ({string.Join(", ", new[]
    {
        Part(Returned, "back"), Part(Gone, "gone"), Part(Changed, "changed"),
    }.Where(p => p.Length > 0))})";

    private static string Part(long rows, string what) =>
        rows == 0 ? "" : $"{rows.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)} {what}";
}

/// <summary>A key that a row has under another value than in the source, because another tenant has taken it.</summary>
/// <param name="Table">The table whose key it is.</param>
/// <param name="Column">The column.</param>
/// <param name="Key">The key in the source.</param>
/// <param name="NewKey">The key in the database.</param>
public sealed record RestoredKey(string Table, string Column, string Key, string NewKey)
{
    /// <summary>The table and both keys.</summary>
    public override string ToString() => $"{Table}.{Column}: {Key} -> {NewKey}";
}

/// <summary>What became of the restore of one tenant.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="SourcePath">Full path of the backup or export that its rows came from.</param>
/// <param name="Status">How it ended.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Duration">How long it took, with locking, backup, rehearsal and verification.</param>
public sealed record TenantRestoreResult(
    string Path, string TenantId, string SourcePath, TenantChangeStatus Status, DateTimeOffset StartedAt, TimeSpan Duration)
    : TenantChangeResult(Path, TenantId, Status, StartedAt, Duration)
{
    /// <inheritdoc/>
    public override string Path { get; init; } = Path;

    /// <inheritdoc/>
    public override string TenantId { get; init; } = TenantId;

    /// <summary>Full path of the backup or export that its rows came from.</summary>
    public string SourcePath { get; init; } = SourcePath;

    /// <summary>The tenant's name in the source.</summary>
    public string SourceTenantId { get; init; } = TenantId;

    /// <summary>When the source was made; <see langword="null"/> if it could not be read.</summary>
    public DateTimeOffset? SourceCreatedAt { get; init; }

    /// <summary>Rows that came back.</summary>
    public long RowsReturned => Sum(t => t.Returned);

    /// <summary>Rows that went, because the source does not have them.</summary>
    public long RowsGone => Sum(t => t.Gone);

    /// <summary>Rows that have the values of the source again.</summary>
    public long RowsChanged => Sum(t => t.Changed);

    /// <summary>Rows of the source that were left out.</summary>
    public long RowsSkipped { get; init; }

    /// <summary>The tables in which rows differ, or differed before; also of a restore that did not succeed.</summary>
    public IReadOnlyList<RestoredTable> Restored { get; init => field = ResultList.From(value); } = ResultList.From<RestoredTable>([]);

    /// <summary>Keys that got new values.</summary>
    public IReadOnlyList<RestoredKey> NewKeys { get; init => field = ResultList.From(value); } = ResultList.From<RestoredKey>([]);

    /// <summary>The rows that did not fit: why it was refused, or what was decided about. Of a refused restore the first 1,000.</summary>
    public IReadOnlyList<RestoreConflict> Conflicts { get; init => field = ResultList.From(value); } =
        ResultList.From<RestoreConflict>([]);

    private long Sum(Func<RestoredTable, long> rows) => Status == TenantChangeStatus.Succeeded ? Restored.Sum(rows) : 0;
}
