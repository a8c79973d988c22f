namespace PosTenancy;

/// <summary>How a change of a tenant's rows ended.</summary>
public enum TenantChangeStatus : long
{
    /// <summary>It was committed and verified.</summary>
    Succeeded,

    /// <summary>The same rows are there already: nothing was written.</summary>
    AlreadyImported,

    /// <summary>It was refused before the live file was changed.</summary>
    Refused,

    /// <summary>It was begun and rolled back; the file is byte for byte what it was.</summary>
    RolledBack,

    /// <summary>It failed, and the file could not be brought back by itself.</summary>
    Failed,

    /// <summary>It was cancelled; what was begun was undone.</summary>
    Cancelled,
}

/// <summary>What to do with rows of a shared table that differ between a source and the database.</summary>
public enum SharedRowsAction : long
{
    /// <summary>Refuse the source, and name them.</summary>
    Refuse,

    /// <summary>The rows of the database hold; those that it lacks are added.</summary>
    KeepExisting,
}

/// <summary>What became of one source of an import.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="SourcePath">Full path of the source.</param>
/// <param name="TenantId">The tenant that its rows belong to.</param>
/// <param name="Status">How it ended.</param>
/// <param name="StartedAt">When the run began.</param>
/// <param name="Duration">How long this source took; locking, backup and verification belong to the whole run and are not in it.</param>
public sealed record TenantImportResult(
    string Path, string SourcePath, string TenantId, TenantChangeStatus Status, DateTimeOffset StartedAt, TimeSpan Duration)
{
    /// <summary>The backup of the run; <see langword="null"/> if it came to none.</summary>
    public BackupResult? Backup { get; init; }

    /// <summary>The rehearsal on a copy; <see langword="null"/> if it was skipped or not reached.</summary>
    public ChangeRehearsal? Rehearsal { get; init; }

    /// <summary>Rows that were imported into tables of tenants.</summary>
    public long RowsImported { get; init; }

    /// <summary>Rows of shared tables that were recognized as the same.</summary>
    public long RowsShared { get; init; }

    /// <summary>Rows that shared tables lacked and got, which needs <see cref="SharedRowsAction.KeepExisting"/>.</summary>
    public long RowsAdded { get; init; }

    /// <summary>Keys that got new values.</summary>
    public long KeysMapped { get; init; }

    /// <summary>The file that maps them back; <see langword="null"/> if nothing was imported.</summary>
    public string? KeyMapPath { get; init; }

    /// <summary>Size of that file in bytes.</summary>
    public long KeyMapLength { get; init; }

    /// <summary>What was moved, table by table.</summary>
    public IReadOnlyList<ImportedTable> Tables { get; init => field = ResultList.From(value); } = ResultList.From<ImportedTable>([]);

    /// <summary>What there is to say that stopped nothing.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>What was proved of this source, and of the whole run.</summary>
    public IReadOnlyList<CheckResult> Checks { get; init => field = ResultList.From(value); } = ResultList.From<CheckResult>([]);

    /// <summary>Those of <see cref="Checks"/> that are about the whole run; every source of it has them.</summary>
    public IReadOnlyList<CheckResult> RunChecks { get; init => field = ResultList.From(value); } = ResultList.From<CheckResult>([]);

    /// <summary>How the committed file was proved; <see langword="null"/> if nothing was committed.</summary>
    public ProvedBy? ProvedBy { get; init; }

    /// <summary>What an interrupted run had left, and what was done about it; <see langword="null"/> if there was none.</summary>
    public string? Recovery { get; init; }

    /// <summary>Full path of the report of the run; <see langword="null"/> if none was written.</summary>
    public string? ReportPath { get; init; }

    /// <summary>Why it did not succeed; <see langword="null"/> if it did.</summary>
    public Failure? Error { get; init; }

    /// <summary>Whether nothing is left to do.</summary>
    public bool IsDone => Status is TenantChangeStatus.Succeeded or TenantChangeStatus.AlreadyImported;

    /// <summary>The tenant, the status and the number of rows.</summary>
    public override string ToString() =>
        $"{TenantId}: {Status}, {RowsImported.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)} rows";
}

/// <summary>A whole import, for its report.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="Results">One result per source, in their order.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Duration">How long it took, with locking, backup, rehearsal and verification.</param>
public sealed record TenantImportRun(string Path, IReadOnlyList<TenantImportResult> Results, DateTimeOffset StartedAt, TimeSpan Duration)
{
    /// <summary>One result per source, in their order.</summary>
    public IReadOnlyList<TenantImportResult> Results { get; init => field = ResultList.From(value); } = ResultList.From(Results);

    /// <summary>Version of PosTenancy.</summary>
    public string ProductVersion { get; init; } = Engine.Text.ProductVersion.Name;

    /// <summary>Version of SQLite.</summary>
    public string SqliteVersion { get; init; } = Engine.Text.ProductVersion.Sqlite;

    /// <summary>How many sources there are, and how many of them are in the database.</summary>
    public override string ToString() => $"{Results.Count(r => r.IsDone)} of {Results.Count} sources imported";
}

/// <summary>The rows of one table that an import moves.</summary>
/// <param name="Table">Name of the table.</param>
/// <param name="Rows">Rows of the source.</param>
/// <param name="KeysMapped">Keys of the table that get new values.</param>
/// <param name="Rule">How they change; empty if they do not.</param>
public sealed record ImportedTable(string Table, long Rows, long KeysMapped, string Rule)
{
    /// <summary>The table and its rows.</summary>
    public override string ToString() =>
        $"{Table} {Rows.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)}{(Rule.Length == 0 ? "" : $" (keys {Rule})")}";
}

/// <summary>The rehearsal of a change on a copy.</summary>
/// <param name="Duration">How long it took, with the copy and the checks.</param>
/// <param name="Checks">What was checked on the copy.</param>
public sealed record ChangeRehearsal(TimeSpan Duration, IReadOnlyList<CheckResult> Checks)
{
    /// <summary>What was checked on the copy.</summary>
    public IReadOnlyList<CheckResult> Checks { get; init => field = ResultList.From(value); } = ResultList.From(Checks);

    /// <summary>The checks by their status.</summary>
    public override string ToString() =>
        $"{Checks.Count} checks, {Checks.Count(c => c.Status == CheckStatus.Failed)} failed";
}
