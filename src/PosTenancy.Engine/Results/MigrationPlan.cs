namespace PosTenancy;

/// <summary>What a migration will do with each table of a database, decided before anything is written.</summary>
/// <param name="Options">What was asked for.</param>
/// <param name="Tables">One plan per table.</param>
/// <param name="History">Where it will be recorded.</param>
public sealed record MigrationPlan(MigrationOptions Options, IReadOnlyList<TablePlan> Tables, HistoryPlan History)
{
    /// <summary>One plan per table.</summary>
    public IReadOnlyList<TablePlan> Tables { get; init => field = ResultList.From(value); } = ResultList.From(Tables);

    /// <summary>What there is to say before it is run, that belongs to no single table.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>The tenants of a database of several, of which the options name one; otherwise none.</summary>
    internal ISet<string> Tenants { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Whether the database has tenants, and that of the options is none of them.</summary>
    internal bool IsOfOthers { get; init; }

    /// <summary>The rows that each tenant will have, in a database of several tenants; <see langword="null"/> if it is not known.</summary>
    internal IReadOnlyList<TenantDistribution>? PlannedDistribution { get; init; }

    /// <summary>
    /// Options under which a blocked database could be migrated; <see langword="null"/> if none were found, or nothing is blocked.
    /// </summary>
    internal PlanAdvice? Advice { get; init; }

    /// <summary>
    /// Every table that all tenants share, if the history must record them; <see langword="null"/> if they are what it records.
    /// </summary>
    public IReadOnlyList<string>? RecordedSharedTables { get; init => field = value is null ? null : ResultList.From(value); }

    /// <summary>Whether there is anything to write: tables to change, or shared tables to record.</summary>
    public bool HasChanges => Changes.Any() || RecordedSharedTables is not null;

    /// <summary>The tables that belong to tenants.</summary>
    public IEnumerable<TablePlan> TenantTables => Tables.Where(t => t.IsTenantTable);

    /// <summary>The tables that the migration changes.</summary>
    public IEnumerable<TablePlan> Changes => Tables.Where(t => t.IsChanged);

    /// <summary>The tables that keep the whole database from being migrated.</summary>
    public IEnumerable<TablePlan> Blocked => Tables.Where(t => t.Action == TableAction.Blocked);

    /// <summary>
    /// The tables as a person reads them: those of one action and reason together, what is left alone first and what is blocked last, so
    /// that it stands above the prompt.
    /// </summary>
    public IEnumerable<TablePlan> Listing => PlanSummary.List(this);

    /// <summary>
    /// Every statement in the order in which it will run: first the columns that are added, then what finds the tenants of rows, then the
    /// rest, table by table. After an ADD COLUMN SQLite reads the whole schema again, so the columns come before the indexes make the
    /// schema longer. A script's statements run in its own order, and not at all if there is nothing to change.
    /// </summary>
    public IEnumerable<PlannedStatement> Statements =>
        Options.Script is { } script
            ? (Changes.Any() ? script.Planned : [])
            : Changes
                .SelectMany(table =>
                    table.Sql.Select((sql, step) => (Place: table.Place(step), Statement: new PlannedStatement(sql, table.Table))))
                .OrderBy(s => s.Place)
                .Select(s => s.Statement);

    /// <summary>How many tables there are for each action, how many warnings, and, if a table is blocked, what to do.</summary>
    public string GetSummary() => PlanSummary.Describe(this);

    /// <summary>The summary.</summary>
    public override string ToString() => GetSummary();

    /// <summary>
    /// Bytes that the file may grow by: an index entry holds the tenant id, a rowid and some bytes of bookkeeping, and pages are not full;
    /// the history has a table of its own. An index that is prefixed with the tenant grows as much. A rebuilt table exists twice for a
    /// while, its rows with the tenant in them; a script may rebuild any. An upper estimate, for the question whether the disk has room.
    /// </summary>
    /// <param name="pageSize">Bytes per page.</param>
    /// <param name="length">Bytes of the file now.</param>
    public long EstimateGrowth(int pageSize, long length)
    {
        long entry = System.Text.Encoding.UTF8.GetByteCount(Options.TenantId) + 16;
        bool rebuilds = Options.Script is not null || Changes.Any(t => t.IsRebuilt || t.TenantFrom is not null);
        return Changes.Sum(t =>
                ((t.Rows ?? 0) * entry * (rebuilds ? 4 : 3) / 2 * Math.Max(1, t.ReplacedIndexes.Count + (t.AddsIndex ? 1 : 0))) +
                (2L * pageSize)) +
            (2L * pageSize) +
            (rebuilds ? length : 0);
    }
}

/// <summary>One statement of a migration.</summary>
/// <param name="Sql">The statement.</param>
/// <param name="Subject">What it is for, as a person would say it: its table, or its line in a script.</param>
public sealed record PlannedStatement(string Sql, string Subject)
{
    /// <summary>Its line in a script; <see langword="null"/> for a statement that the planner made.</summary>
    public int? Line { get; init; }

    /// <summary>
    /// Whether it is a proof of the planner's, which changes nothing and must give 1: otherwise the migration is rolled back.
    /// </summary>
    public bool IsProof => Line is null && Sql.StartsWith("SELECT ", StringComparison.Ordinal);

    /// <summary>The statement.</summary>
    public override string ToString() => Sql;
}
