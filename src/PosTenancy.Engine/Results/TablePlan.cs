namespace PosTenancy;

/// <summary>What the migration will do with a table.</summary>
public enum TableAction : long
{
    /// <summary>Add the column and its index. Rewrites no row.</summary>
    AddColumn,

    /// <summary>Rebuild the table with the tenant in its keys, or with a column that has no DEFAULT, and copy its rows.</summary>
    Rebuild,

    /// <summary>The column exists; add what is missing: NOT NULL and the default, the rows without a tenant, the index.</summary>
    Backfill,

    /// <summary>Column and index are there already.</summary>
    None,

    /// <summary>Not a business table, or excluded: it is left alone.</summary>
    Skip,

    /// <summary>All tenants share it: it gets no tenant column, and one that it has stays.</summary>
    Share,

    /// <summary>It cannot be migrated; the whole database is refused.</summary>
    Blocked,
}

/// <summary>The plan for one table.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="Table">Name of the table.</param>
/// <param name="Kind">What SQLite says that it is.</param>
/// <param name="Action">What will be done.</param>
/// <param name="Reason">Why.</param>
/// <param name="Rows">Number of rows now; <see langword="null"/> where they cannot be counted.</param>
/// <param name="IndexName">The tenant index that will be created or exists; <see langword="null"/> where none belongs.</param>
/// <param name="Warnings">What the owner of the data should know before saying yes.</param>
/// <param name="Sql">The statements, in the order in which they will run. A SELECT is a proof: what follows it only runs if it gives
/// 1.</param>
public sealed record TablePlan(
    string Path,
    string Table,
    TableKind Kind,
    TableAction Action,
    string Reason,
    long? Rows,
    string? IndexName,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Sql)
{
    /// <summary>What stands between two parts of a reason.</summary>
    internal const string Joint = "; ";

    /// <summary>The statements that would have made the table and its indexes as they will be; none if they stay as they are.</summary>
    internal IReadOnlyList<string> After { get; init; } = [];

    /// <summary>Whether a tenant must be named for the table with -TenantFor.</summary>
    internal bool AsksForTenant { get; init; }

    /// <summary>On the last table of a listing: the whole plan in words.</summary>
    internal string? Summary { get; init; }

    /// <summary>Where rows of other tenants block the table: those tenants.</summary>
    internal IReadOnlyList<string> OtherTenants { get; init; } = [];

    /// <summary>What the owner of the data should know before saying yes.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = ResultList.From(value); } = ResultList.From(Warnings);

    /// <summary>
    /// The statements, in the order in which they will run. A SELECT is a proof: what follows it only runs if it gives 1.
    /// </summary>
    public IReadOnlyList<string> Sql { get; init => field = ResultList.From(value); } = ResultList.From(Sql);

    /// <summary>
    /// In a database of several tenants, what decides the tenant of the rows that have none: the foreign keys that are followed, such as
    /// <c>order_id -> orders</c>, and the tenant that was named. <see langword="null"/> if all rows get the same tenant, or need none.
    /// </summary>
    public string? TenantFrom { get; init; }

    /// <summary>
    /// With <see cref="TenantFrom"/>, the place of each statement among those of all tables: the rows of a parent need their tenant first.
    /// Empty where the statements of a table depend on no other table.
    /// </summary>
    public IReadOnlyList<int> Places { get; init => field = ResultList.From(value); } = ResultList.From<int>([]);

    /// <summary>Whether the table has no tenant column yet.</summary>
    public bool AddsColumn { get; init; }

    /// <summary>Whether <see cref="IndexName"/> is an index that will be created.</summary>
    public bool AddsIndex { get; init; }

    /// <summary>The indexes that will be dropped and created again under the same name, prefixed with the tenant column.</summary>
    public IReadOnlyList<string> ReplacedIndexes { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>Whether the table will be rebuilt.</summary>
    public bool IsRebuilt { get; init; }

    /// <summary>Whether the table will have, or has, the tenant column.</summary>
    public bool IsTenantTable => Action is TableAction.AddColumn or TableAction.Rebuild or TableAction.Backfill or TableAction.None;

    /// <summary>Whether the migration will change the table.</summary>
    public bool IsChanged => Action is TableAction.AddColumn or TableAction.Rebuild or TableAction.Backfill;

    /// <summary>
    /// The part of the reason that other tables are likely to share, so that a display can say it of all of them at once. A method, as the
    /// others here are that only a display needs: a property would be part of every CSV and JSON file.
    /// </summary>
    public string GetSharedReason() => Action != TableAction.Blocked && Reason.IndexOf(Joint, StringComparison.Ordinal) is > 0 and int end
        ? Reason.Substring(0, end)
        : Reason;

    /// <summary>The rest of the reason; empty if there is none.</summary>
    public string GetOwnReason() =>
        Reason.Length > GetSharedReason().Length ? Reason.Substring(GetSharedReason().Length + Joint.Length) : "";

    /// <summary>On the last table of a <see cref="MigrationPlan.Listing"/> the whole plan in words; else empty.</summary>
    public string GetSummary() => Summary ?? "";

    /// <summary>
    /// The place of a statement among those of all tables: 0 for a column that is added, the last for what is done table by table.
    /// </summary>
    internal int Place(int step) => step < Places.Count ? Places[step]
        : AddsColumn && !IsRebuilt && step == 0 ? 0
        : int.MaxValue;

    /// <summary>The table and the action.</summary>
    public override string ToString() => $"{Table}: {Action}";
}
