using System.Globalization;

namespace PosTenancy;

/// <summary>How tenants are laid out in PostgreSQL.</summary>
public enum CopyLayout : long
{
    /// <summary>One table for all tenants, with the tenant first in every key.</summary>
    Plain,

    /// <summary>Same, in hash partitions by tenant.</summary>
    Partitioned,

    /// <summary>A schema for each tenant, with the keys that the store has.</summary>
    Schema,

    /// <summary>Tables distributed by tenant over the nodes of a Citus cluster, and reference tables for what all tenants share.</summary>
    Citus,
}

/// <summary>What becomes of dates and times, which SQLite stores as text.</summary>
public enum DateTimeColumns : long
{
    /// <summary>They stay text.</summary>
    Text,

    /// <summary>
    /// A column whose values all have the form <c>2026-01-31</c> or <c>2026-01-31 23:59:59</c> becomes <c>date</c> or <c>timestamp</c>.
    /// </summary>
    Timestamp,
}

/// <summary>What becomes of rows whose reference names no row; SQLite has them where the application does not enforce foreign keys.</summary>
public enum DanglingReferences : long
{
    /// <summary>They refuse the copy.</summary>
    Refuse,

    /// <summary>They are copied, and their foreign key is not validated, or left out where PostgreSQL cannot have such a key.</summary>
    Keep,
}

/// <summary>How to carry a column for which no type holds all values exactly.</summary>
public enum ValueConversion : long
{
    /// <summary>Numbers as their decimal text, beside texts.</summary>
    Text,

    /// <summary>Texts as their bytes, beside blobs; also a text with a NUL or with invalid UTF-8.</summary>
    Bytea,
}

/// <summary>What happens to the values of a column.</summary>
public enum ColumnConversionKind : long
{
    /// <summary>The PostgreSQL type holds the values as SQLite does.</summary>
    Unchanged,

    /// <summary>The values have another type in PostgreSQL, by a rule that loses nothing or that was chosen.</summary>
    Converted,

    /// <summary>No type holds all values, so the copy is refused.</summary>
    Refused,
}

/// <summary>A line of the conversion ledger.</summary>
/// <param name="Table">The table.</param>
/// <param name="Column">The column.</param>
/// <param name="DeclaredType">Its declared type in SQLite; may be empty.</param>
/// <param name="TargetType">Its type in PostgreSQL; empty if the column is refused.</param>
/// <param name="Kind">What happens to its values.</param>
/// <param name="Rule">The rule of docs/postgres-types.md, or why it is refused.</param>
public sealed record ColumnConversion(
    string Table, string Column, string DeclaredType, string TargetType, ColumnConversionKind Kind, string Rule)
{
    /// <summary>The column, its type and the rule.</summary>
    public override string ToString() =>
        Kind == ColumnConversionKind.Refused ? $"{Table}.{Column}: refused, {Rule}" : $"{Table}.{Column}: {TargetType} ({Rule})";
}

/// <summary>A tenant that was brought to PostgreSQL, or why it was not.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="Destination">Host, port, database and user; never a password.</param>
/// <param name="Layout">How tenants are laid out there.</param>
/// <param name="Status">How it ended. Tenants of one run are committed together.</param>
/// <param name="Tables">Number of tables that have rows of the tenant.</param>
/// <param name="Rows">Its rows in all of them; rows of tables that all tenants share are not counted.</param>
/// <param name="StartedAt">When the run began.</param>
/// <param name="Duration">How long the run took.</param>
public sealed record TenantCopyResult(
    string Path,
    string TenantId,
    string Destination,
    CopyLayout Layout,
    TenantChangeStatus Status,
    int Tables,
    long Rows,
    DateTimeOffset StartedAt,
    TimeSpan Duration)
{
    /// <summary>Rows of tables that all tenants share.</summary>
    public long RowsShared { get; init; }

    /// <summary>The ledger: what happens to the values of each column.</summary>
    public IReadOnlyList<ColumnConversion> Conversions { get; init => field = ResultList.From(value); } =
        ResultList.From<ColumnConversion>([]);

    /// <summary>What was proved before COMMIT.</summary>
    public IReadOnlyList<CheckResult> Checks { get; init => field = ResultList.From(value); } = ResultList.From<CheckResult>([]);

    /// <summary>What PostgreSQL has instead of what the database has, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>Why it did not succeed; <see langword="null"/> if it did.</summary>
    public Failure? Error { get; init; }

    /// <summary>The tenant, the status and the number of rows.</summary>
    public override string ToString() => string.Format(CultureInfo.InvariantCulture, "{0}: {1}, {2:N0} rows", TenantId, Status, Rows);
}
