using System.Globalization;

namespace PosTenancy;

/// <summary>How a migration ended.</summary>
public enum MigrationStatus : long
{
    /// <summary>Committed, and every check passed on the committed file.</summary>
    Migrated,

    /// <summary>There was nothing to do, and nothing was written.</summary>
    AlreadyMigrated,

    /// <summary>It did not succeed, and the file has the bytes that it had before.</summary>
    RolledBack,
}

/// <summary>What proved that a committed migration is good.</summary>
public enum ProvedBy : long
{
    /// <summary>Every check ran on the committed file.</summary>
    Checks,

    /// <summary>
    /// Every check ran on the rehearsed copy, and the committed file equals that copy byte for byte: the results of the checks are those of
    /// the copy.
    /// </summary>
    Twin,
}

/// <summary>What a migration did to a table, measured before and after.</summary>
/// <param name="Table">Name of the table.</param>
/// <param name="Action">What was done.</param>
/// <param name="RowsBefore">Rows before.</param>
/// <param name="RowsAfter">Rows after; <see langword="null"/> if the table is gone.</param>
/// <param name="NullTenantIds">Rows without a tenant after; <see langword="null"/> if there is no column to look into.</param>
/// <param name="IndexName">The index that begins with the tenant, as it was found after; <see langword="null"/> if there is none.</param>
public sealed record TableMigration(
    string Table, TableAction Action, long RowsBefore, long? RowsAfter, long? NullTenantIds, string? IndexName)
{
    /// <summary>The table and what was done.</summary>
    public override string ToString() => $"{Table}: {Action}";
}

/// <summary>What a migration measured. Counts are of the tables that belong to tenants.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="BackupPath">The backup that the file was proved to be before the first change; <see langword="null"/> if nothing had to be
/// changed.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="ColumnName">The tenant column.</param>
/// <param name="ExcludeTable">Tables left out on request.</param>
/// <param name="Status">How it ended.</param>
/// <param name="TablesSkipped">Tables that belong to no tenant.</param>
/// <param name="IndexesCreated">Indexes that are there after and were not before.</param>
/// <param name="Tables">Each table that belongs to tenants.</param>
/// <param name="SizeBefore">Size of the file before, in bytes.</param>
/// <param name="SizeAfter">Size of the file after, in bytes.</param>
/// <param name="StartedAt">When the transaction began.</param>
/// <param name="Duration">From the first statement to COMMIT or ROLLBACK, the checks between included.</param>
/// <param name="Checks">The checks on the committed file; those before COMMIT if it was rolled back.</param>
/// <param name="Error">Why it was rolled back; <see langword="null"/> if it was not.</param>
public sealed record MigrationResult(
    string Path,
    string? BackupPath,
    string TenantId,
    string ColumnName,
    IReadOnlyList<string> ExcludeTable,
    MigrationStatus Status,
    int TablesSkipped,
    int IndexesCreated,
    IReadOnlyList<TableMigration> Tables,
    long SizeBefore,
    long SizeAfter,
    DateTimeOffset StartedAt,
    TimeSpan Duration,
    IReadOnlyList<CheckResult> Checks,
    Failure? Error)
{
    /// <summary>Tables left out on request.</summary>
    public IReadOnlyList<string> ExcludeTable { get; init => field = ResultList.From(value); } = ResultList.From(ExcludeTable);

    /// <summary>Each table that belongs to tenants.</summary>
    public IReadOnlyList<TableMigration> Tables { get; init => field = ResultList.From(value); } = ResultList.From(Tables);

    /// <summary>The checks on the committed file; those before COMMIT if it was rolled back.</summary>
    public IReadOnlyList<CheckResult> Checks { get; init => field = ResultList.From(value); } = ResultList.From(Checks);

    /// <summary>Indexes that were rebuilt with the tenant column as their prefix.</summary>
    public int IndexesReplaced { get; init; }

    /// <summary>What the statements of a script gave, in their order; empty without a script.</summary>
    public IReadOnlyList<ScriptOutput> ScriptOutput { get; init => field = ResultList.From(value); } = ResultList.From<ScriptOutput>([]);

    /// <summary>What there is to say that is no failure: a script that was applied before and has changed since.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>
    /// The rows of each table and tenant, as the last check of them read them; a table without rows is one entry with 0. Empty if they
    /// could not be read, and after a rollback.
    /// </summary>
    public IReadOnlyList<TenantDistribution> Distribution { get; init => field = ResultList.From(value); } =
        ResultList.From<TenantDistribution>([]);

    /// <summary>What proved it; <see langword="null"/> if nothing was committed.</summary>
    public ProvedBy? ProvedBy { get; init; }

    /// <summary>Tables that all tenants share, those included that the history recorded before.</summary>
    public IReadOnlyList<string> ReferenceTable { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>The project's own table in which the migration is recorded; <see langword="null"/> for PosTenancy's.</summary>
    public string? HistoryTable { get; init; }

    /// <summary>Tables that belong to tenants.</summary>
    public int TablesTotal => Tables.Count;

    /// <summary>Tables that were changed and have column and index now.</summary>
    public int TablesUpdated => Status == MigrationStatus.Migrated
        ? Tables.Count(t => t.Action is not TableAction.None && t.NullTenantIds is not null && t.IndexName is not null)
        : 0;

    /// <summary>Rows before.</summary>
    public long RowsBefore => Tables.Sum(t => t.RowsBefore);

    /// <summary>Rows after.</summary>
    public long RowsAfter => Tables.Sum(t => t.RowsAfter ?? 0);

    /// <summary>Rows without a tenant after; <see langword="null"/> if the column of a table could not be looked into.</summary>
    public long? NullTenantIds => Tables.All(t => t.NullTenantIds is not null) ? Tables.Sum(t => t.NullTenantIds) : null;

    /// <summary>How it ended, and for how many tables and rows.</summary>
    public override string ToString() =>
        string.Format(
            CultureInfo.InvariantCulture,
            "{0}: {1:N0} of {2:N0} tables, {3:N0} rows",
            Status,
            TablesUpdated,
            TablesTotal,
            RowsAfter);
}
