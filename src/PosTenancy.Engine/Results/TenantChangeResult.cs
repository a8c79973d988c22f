using System.Globalization;

namespace PosTenancy;

/// <summary>What became of one guarded change of a tenant.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="Status">How it ended.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Duration">How long it took, with locking, backup, rehearsal and verification.</param>
public abstract record TenantChangeResult(
    string Path, string TenantId, TenantChangeStatus Status, DateTimeOffset StartedAt, TimeSpan Duration)
{
    /// <summary>Full path of the live database.</summary>
    /// <remarks>
    /// Each result overrides it and the tenant: reflection lists what a type declares before what it inherits, and they come first.
    /// </remarks>
    public virtual string Path { get; init; } = Path;

    /// <summary>The tenant.</summary>
    public virtual string TenantId { get; init; } = TenantId;

    /// <summary>The backup; <see langword="null"/> if it came to none.</summary>
    public BackupResult? Backup { get; init; }

    /// <summary>The rehearsal on a copy; <see langword="null"/> if it was skipped or not reached.</summary>
    public ChangeRehearsal? Rehearsal { get; init; }

    /// <summary>Number of the tenant's rows that the change is about.</summary>
    public long Rows => Tables.Sum(t => Math.Max(t.RowsBefore, t.RowsAfter));

    /// <summary>The tenant's rows, table by table; tables without are left out.</summary>
    public IReadOnlyList<ChangedTable> Tables { get; init => field = ResultList.From(value); } = ResultList.From<ChangedTable>([]);

    /// <summary>What there is to say that stopped nothing.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>What was proved.</summary>
    public IReadOnlyList<CheckResult> Checks { get; init => field = ResultList.From(value); } = ResultList.From<CheckResult>([]);

    /// <summary>How the committed file was proved; <see langword="null"/> if nothing was committed.</summary>
    public ProvedBy? ProvedBy { get; init; }

    /// <summary>What an interrupted run had left, and what was done about it; <see langword="null"/> if there was none.</summary>
    public string? Recovery { get; init; }

    /// <summary>Full path of the report; <see langword="null"/> if none was written.</summary>
    public string? ReportPath { get; init; }

    /// <summary>Why it did not succeed; <see langword="null"/> if it did.</summary>
    public Failure? Error { get; init; }

    /// <summary>The tenant, the status and the number of rows.</summary>
    public sealed override string ToString() => $"{TenantId}: {Status}, {Rows.ToString("N0", CultureInfo.InvariantCulture)} rows";
}

/// <summary>The rows of a tenant in one table, before and after a change.</summary>
/// <param name="Table">Name of the table.</param>
/// <param name="RowsBefore">Number of its rows before.</param>
/// <param name="RowsAfter">Number of its rows after.</param>
public sealed record ChangedTable(string Table, long RowsBefore, long RowsAfter)
{
    /// <summary>The table and its rows.</summary>
    public override string ToString() => RowsBefore == RowsAfter
        ? $"{Table} {Count(RowsBefore)}"
        : $"{Table} {Count(RowsBefore)} -> {Count(RowsAfter)}";

    private static string Count(long rows) => rows.ToString("N0", CultureInfo.InvariantCulture);
}
