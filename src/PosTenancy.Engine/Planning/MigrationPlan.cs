namespace PosTenancy;

/// <summary>What a migration will do with each table of a database, decided before anything is written.</summary>
/// <param name="Options">What was asked for.</param>
/// <param name="Tables">One plan per table.</param>
/// <param name="History">Where it will be recorded.</param>
public sealed record MigrationPlan(MigrationOptions Options, IReadOnlyList<TablePlan> Tables, HistoryPlan History)
{
    /// <summary>The tables that belong to tenants.</summary>
    public IEnumerable<TablePlan> TenantTables => Tables.Where(t => t.IsTenantTable);

    /// <summary>The tables that the migration changes.</summary>
    public IEnumerable<TablePlan> Changes => Tables.Where(t => t.IsChanged);

    /// <summary>The tables that keep the whole database from being migrated.</summary>
    public IEnumerable<TablePlan> Blocked => Tables.Where(t => t.Action == TableAction.Blocked);

    /// <summary>
    /// Every statement in the order in which it will run: first the columns that are added, then the rest, table by table. After an ADD
    /// COLUMN SQLite reads the whole schema again, so the columns come before the indexes make the schema longer.
    /// </summary>
    public IEnumerable<PlannedStatement> Statements => Changes
        .SelectMany(table => table.Sql.Select((sql, step) => (Late: table.Action != TableAction.AddColumn || step > 0, Statement: new PlannedStatement(sql, table.Table))))
        .OrderBy(s => s.Late)
        .Select(s => s.Statement);

    /// <summary>
    /// Bytes that the file may grow by: an index entry holds the tenant id, a rowid and some bytes of bookkeeping, and pages are not full;
    /// the history has a table of its own. An upper estimate, for the question whether the disk has room.
    /// </summary>
    /// <param name="pageSize">Bytes per page.</param>
    public long EstimateGrowth(int pageSize)
    {
        long entry = System.Text.Encoding.UTF8.GetByteCount(Options.TenantId) + 16;
        return Changes.Sum(t => ((t.Rows ?? 0) * entry * 3 / 2) + (2L * pageSize)) + (2L * pageSize);
    }
}

/// <summary>One statement of a migration.</summary>
/// <param name="Sql">The statement.</param>
/// <param name="Subject">What it is for, as a person would say it: its table, or its line in a script.</param>
public sealed record PlannedStatement(string Sql, string Subject);
