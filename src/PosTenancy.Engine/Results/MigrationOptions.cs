namespace PosTenancy;

/// <summary>How far a UNIQUE key reaches after the migration.</summary>
public enum UniqueScope : long
{
    /// <summary>Keys stay as they are: unique over all tenants of the database.</summary>
    Database,

    /// <summary>UNIQUE keys and indexes become unique within each tenant; primary keys stay as they are.</summary>
    Tenant,

    /// <summary>
    /// Primary keys become unique within each tenant as well, with the foreign keys that point at them. One that is the rowid stays: SQLite
    /// assigns it, and would not any more if it had a second column.
    /// </summary>
    TenantAndPrimaryKey,
}

/// <summary>How a query for one tenant finds its rows after the migration.</summary>
public enum IndexStrategy : long
{
    /// <summary>Each table gets one index on the tenant alone, beside its others, which stay as they are.</summary>
    Separate,

    /// <summary>
    /// The existing indexes of a table, except those of keys, are prefixed with the tenant column, so that each serves the query it was
    /// created for, within the tenant. A table without any index gets one on the tenant alone.
    /// </summary>
    Composite,
}

/// <summary>What a migration is to do.</summary>
public sealed record MigrationOptions
{
    /// <summary>The name of the column that a migration adds, unless another is asked for.</summary>
    public const string DefaultColumnName = "tenant_id";

    /// <summary>Checks the values, so that no later stage has to.</summary>
    /// <param name="tenantId">The tenant that every existing row is given; 1 to 255 characters, none of them a control character.</param>
    /// <param name="columnName">The column to add; <see langword="null"/> for <see cref="DefaultColumnName"/>.</param>
    /// <exception cref="PosTenancyException">The tenant id or the column name cannot be used.</exception>
    public MigrationOptions(string? tenantId, string? columnName = null)
    {
        TenantId = TenantIdRules.Require(tenantId);
        ColumnName = ColumnNameRules.Require(columnName ?? DefaultColumnName);
    }

    /// <summary>The tenant that every existing row is given, stored exactly as it is here.</summary>
    public string TenantId { get; private init; }

    /// <summary>The column to add.</summary>
    public string ColumnName { get; private init; }

    /// <summary>Tables to leave alone: names, or patterns with <c>*</c>, <c>?</c> and <c>[a-z]</c>.</summary>
    public IReadOnlyList<string> ExcludeTable { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>
    /// Tables that all tenants share, such as tax rates: names, or patterns as in <see cref="ExcludeTable"/>. They get no tenant column,
    /// and the history records them, so that later runs know them.
    /// </summary>
    public IReadOnlyList<string> ReferenceTable { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>
    /// In a database of several tenants: the tenant of the rows of a table that no foreign key leads to a tenant.
    /// </summary>
    public IReadOnlyList<TableTenant> TenantFor { get; init => field = ResultList.From(value); } = ResultList.From<TableTenant>([]);

    /// <summary>The project's own table to record the migration in; <see langword="null"/> for PosTenancy's.</summary>
    public string? HistoryTable { get; init => field = HistoryPlan.ForeignTable(value); }

    /// <summary>For an audit that names no tenant: a table that has the column counts as migrated, whichever tenant it was for.</summary>
    public bool AcceptsAnyTenant { get; init; }

    /// <summary>Whether the DEFAULT of the tenant column was dropped from this database, so that no new column gets one.</summary>
    internal bool WithoutDefault { get; init; }

    /// <summary>How far a UNIQUE key reaches afterwards.</summary>
    /// <exception cref="PosTenancyException">There is a script, which decides this.</exception>
    public UniqueScope UniqueScope { get; init => field = Agreed(value, Script).Scope; }

    /// <summary>How a query for one tenant finds its rows.</summary>
    /// <exception cref="PosTenancyException">There is a script, which decides this.</exception>
    public IndexStrategy IndexStrategy { get; init => field = Agreed(value, Script).Strategy; }

    /// <summary>A script to run in place of the statements that the plan would make; <see langword="null"/> for those.</summary>
    /// <exception cref="PosTenancyException">A unique scope or an index strategy was asked for, which only our own statements
    /// make.</exception>
    public MigrationScript? Script { get; init => field = Agreed(IndexStrategy, Agreed(UniqueScope, value).Script).Script; }

    /// <summary>The column and the tenant.</summary>
    public override string ToString() => $"{ColumnName} = {TenantId}";

    /// <summary>The same for another tenant.</summary>
    internal MigrationOptions ForTenant(string tenantId) => this with { TenantId = TenantIdRules.Require(tenantId) };

    /// <summary>The same with another column.</summary>
    internal MigrationOptions ForColumn(string columnName) =>
        this with
        {
            ColumnName = ColumnNameRules.Require(columnName),
        };

    private static (UniqueScope Scope, MigrationScript? Script) Agreed(UniqueScope scope, MigrationScript? script) =>
        script is null || scope == UniqueScope.Database ? (scope, script) : throw Errors.ScriptAndUniqueScope(script.Path);

    private static (IndexStrategy Strategy, MigrationScript? Script) Agreed(IndexStrategy strategy, MigrationScript? script) =>
        script is null || strategy == IndexStrategy.Separate ? (strategy, script) : throw Errors.ScriptAndIndexStrategy(script.Path);
}
