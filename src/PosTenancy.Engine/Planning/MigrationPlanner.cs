using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>Computes a plan from a schema and the options. Pure: touches no file.</summary>
internal sealed class MigrationPlanner
{
    /// <summary>SQLITE_MAX_COLUMN of every common build (sqlite.org/limits.html).</summary>
    private const int MaxColumns = 2000;

    /// <summary>Maximum number of tenants named in one reason.</summary>
    private const int MaxTenants = 5;

    private static readonly HashSet<string> NoTenants = new(StringComparer.Ordinal);

    private readonly DatabaseSchema _schema;
    private readonly MigrationOptions _options;
    private readonly TenantExpectation _expectation;
    private readonly ILookup<string, string> _otherTenants;
    private readonly bool _isOfOthers;
    private readonly SeveralTenants? _several;
    private readonly TenantKeys _keys;
    private readonly FreeNames _names;
    private readonly HashSet<string> _converted;
    private readonly ILookup<string, SchemaObject> _objects;

    private MigrationPlanner(
        DatabaseSchema schema, MigrationOptions options, ILookup<string, string> otherTenants, bool isOfOthers, SeveralTenants? several)
    {
        _schema = schema;
        _options = options;
        _expectation = TenantExpectation.From(options);
        _otherTenants = otherTenants;
        _isOfOthers = isOfOthers;
        _several = several;
        _keys = new TenantKeys(schema, options);
        _names = new FreeNames(schema);
        _objects = schema.Objects.ToLookup(o => o.Table, Identifier.Comparer);
        _converted = new HashSet<string>(
            schema.Tables.Where(t => SkipReason(t) is null && _keys.Converts(t)).Select(t => t.Name),
            Identifier.Comparer);
    }

    /// <summary>Plans each table.</summary>
    /// <param name="schema">Schema of the database.</param>
    /// <param name="options">Options of the migration.</param>
    /// <param name="otherTenants">For each table, the tenants in it other than that of the options.</param>
    /// <param name="isOfOthers">Whether the database has tenants, and that of the options is none of them.</param>
    /// <param name="several">The tenants of a database of several, of which the options name one; otherwise <see langword="null"/>.</param>
    public static MigrationPlan Plan(
        DatabaseSchema schema,
        MigrationOptions options,
        ILookup<string, string> otherTenants,
        bool isOfOthers = false,
        SeveralTenants? several = null)
    {
        MigrationPlanner planner = new(schema, options, otherTenants, isOfOthers, several);
        HistoryPlan history = HistoryPlanner.Plan(schema, options);

        // Arrays, here and wherever a script may index with [0]: PowerShell cannot index the list that the compiler creates for [.. x].
        return new MigrationPlan(
            options,
            schema.Tables.Select(table => Warned(ScriptedTable.Plan(planner.Plan(table), table, options), history)).ToArray(),
            history)
        {
            Tenants = planner.Tenants,
            IsOfOthers = isOfOthers,
        };
    }

    /// <summary>The tenants of a database of several.</summary>
    private ISet<string> Tenants => _several?.Tenants ?? NoTenants;

    /// <summary>Adds warnings to the audit about conditions that would refuse the migration later.</summary>
    private static TablePlan Warned(TablePlan plan, HistoryPlan history) =>
        history is { IsListed: true, Problem: { } problem } && plan.Table == history.Table
            ? plan with
            {
                Warnings = plan.Warnings.Append($"The migration cannot be recorded here: {problem}.").ToArray(),
            }
            : plan;

    private string? SkipReason(TableSchema table) => SkippedTables.Reason(table, _expectation);

    private TablePlan Plan(TableSchema table)
    {
        if (SkipReason(table) is { } skipReason)
        {
            return _keys.BrokenBy(table, _converted).FirstOrDefault() is { } broken
                ? Decide(
                    table,
                    TableAction.Blocked,
                    $"has no tenant, but its foreign key references a key of {broken.Parent} that would be unique per tenant")
                : SkippedTables.IsShared(table, _expectation) ? Decide(table, TableAction.Share, SharedReason(table, skipReason))
                : Decide(table, TableAction.Skip, skipReason);
        }

        ColumnSchema? existing = table.FindColumn(_options.ColumnName);
        TableDefinition? definition = TableDefinitionReader.Read(table, _objects[table.Name]);
        TableChange change = new(
            table,
            definition,
            AddsColumn: existing is null,
            FixesColumn: existing is not null && !TenantColumn.IsComplete(existing, table, _options, Tenants),
            _keys.KeysOf(table, definition),
            _keys.IndexesOf(table),
            _keys.ReferencesOf(definition, _converted))
        {
            Redundant = _keys.RedundantOf(table),
            AddsWithoutDefault = existing is null && _options.WithoutDefault,
        };
        TableOwners? owners = _several?.Tables.TryGetValue(table.Name, out TableOwners? found) == true ? found : null;
        if (BlockReason(table, existing, change, owners) is { } blockReason)
        {
            return Decide(table, TableAction.Blocked, blockReason) with
            {
                OtherTenants = IsOfOthers(table, change) ? _otherTenants[table.Name].ToArray() : [],
                AsksForTenant = owners?.AsksForTenant == true,
            };
        }

        // An index that is prefixed with the tenant finds the rows of a tenant as well as one on the tenant alone, if it covers every row.
        IndexSchema? index = change.Redundant is null ? table.FindIndexLedBy(_options.ColumnName) : null;
        index ??= change.Extended.FirstOrDefault(i => !i.IsPartial);
        string? newIndex = index is null ? _names.Take(TenantColumn.IndexName(table, _options)) : null;
        if (newIndex is null && !change.NeedsRebuild && change.Indexes.Count == 0)
        {
            return Decide(table, TableAction.None, "has the column and an index that begins with it", index!.Name, change);
        }

        TableStatements statements = new(
            _schema,
            [.. _objects[table.Name]],
            change,
            _options,
            newIndex,
            _names.Take($"_postenancy_copy_of_{table.Name}"),
            owners);
        string? tenantFrom = owners is null ? null : TenantFrom(owners);
        (int Place, string Sql)[] run = [.. statements.Run()];
        return Decide(table, Action(change), Reason(change, existing, newIndex, tenantFrom), newIndex ?? index!.Name, change) with
        {
            TenantFrom = tenantFrom,
            AddsColumn = change.AddsColumn,
            AddsIndex = newIndex is not null,
            ReplacedIndexes = change.Indexes.Select(i => i.Name).ToArray(),
            IsRebuilt = change.NeedsRebuild,
            Sql = run.Select(s => s.Sql).ToArray(),
            Places = owners is null ? [] : run.Select(s => s.Place).ToArray(),
            After = statements.After().ToArray(),
        };
    }

    private string SharedReason(TableSchema table, string reason) => table.FindColumn(_options.ColumnName) is { } column
        ? $"{reason}{TablePlan.Joint}its column {column.Name} stays as it is"
        : reason;

    private static TableAction Action(TableChange change)
    {
        if (change.Keys.Count > 0 || change.References.Count > 0 || change.AddsWithoutDefault)
        {
            return TableAction.Rebuild;
        }

        return change.AddsColumn ? TableAction.AddColumn : TableAction.Backfill;
    }

    /// <summary>Whether rows of other tenants block a table: the options name the wrong tenant, or its column must change.</summary>
    private bool IsOfOthers(TableSchema table, TableChange change) =>
        _several is null && !_options.AcceptsAnyTenant && (change.FixesColumn || _isOfOthers) && _otherTenants[table.Name].Any();

    /// <summary>What decides the tenant of the rows that have none.</summary>
    private static string TenantFrom(TableOwners owners) => (owners.Path, owners.Tenant) switch
    {
        ({ } path, { } tenant) => $"{path}, otherwise '{tenant}' as -TenantFor says",
        ({ } path, null) => path,
        (_, { } tenant) => $"-TenantFor: '{tenant}'",
        _ => "",
    };

    private string Reason(TableChange change, ColumnSchema? existing, string? newIndex, string? tenantFrom)
    {
        List<string> reasons = [];
        if (change.AddsColumn)
        {
            reasons.Add("business table without the column");
            if (change.AddsWithoutDefault)
            {
                reasons.Add("the column gets no DEFAULT, as this database has none any more");
            }
        }
        else if (change.FixesColumn)
        {
            reasons.Add($"has the column, but it {TenantColumn.Lacks(existing!, change.Table, _options, Tenants)}");
        }

        if (tenantFrom is not null)
        {
            reasons.Add($"tenant from {tenantFrom}");
        }

        if (!change.AddsColumn && newIndex is not null)
        {
            reasons.Add("has the column, but no index that begins with it");
        }

        if (change.KeyColumns.Any())
        {
            reasons.Add($"becomes unique per tenant: {string.Join(", ", change.KeyColumns.Select(k => $"({TenantKeys.Text(k)})"))}");
        }

        if (change.Extended.Any())
        {
            reasons.Add($"its indexes are prefixed with {_options.ColumnName}: {string.Join(", ", change.Extended.Select(i => i.Name))}");
        }

        if (change.Redundant is { } redundant)
        {
            reasons.Add($"{redundant.Name} becomes redundant");
        }

        if (change.References.Count > 0)
        {
            reasons.Add(
                "its foreign key references a key that becomes unique per tenant: " +
                $"{string.Join(", ", change.References.Select(r => r.Reference!.Parent))}"
            );
        }

        return string.Join(TablePlan.Joint, reasons);
    }

    /// <summary>Why a table cannot be migrated, or <see langword="null"/>.</summary>
    private string? BlockReason(TableSchema table, ColumnSchema? existing, TableChange change, TableOwners? owners)
    {
        if (table.Unreadable is { } problem)
        {
            return $"cannot be read without the application: {problem}";
        }

        if (existing is null)
        {
            if (table.Columns.Count >= MaxColumns)
            {
                return $"has {table.Columns.Count} columns; SQLite allows at most {MaxColumns}";
            }
        }
        else if (existing.Visibility != ColumnVisibility.Ordinary)
        {
            return $"has a computed column '{existing.Name}', which cannot store a tenant";
        }
        else if (IsOfOthers(table, change))
        {
            return $"has rows of another tenant ({ShortList.Join([.. _otherTenants[table.Name]], MaxTenants)})" +
                (change.FixesColumn
                    ? $", and a column '{existing.Name}' that {TenantColumn.Lacks(existing, table, _options, Tenants)}"
                    : "");
        }

        if (owners?.Problem is { } whose)
        {
            return whose;
        }

        if ((change.NeedsRebuild || _keys.Converts(table)) && change.Definition is null)
        {
            return "must be rebuilt, but the text of its CREATE TABLE cannot be parsed";
        }

        if (change.NeedsRebuild && !table.IsWithoutRowId && !table.HasRowIdKey && TableStatements.RowIdName(table) is null)
        {
            return "must be rebuilt, but its columns hide all three names of the rowid, so the rowids could not be preserved";
        }

        // SET NULL would also set the tenant to NULL, and SET DEFAULT would set it to the first tenant.
        return change.References.FirstOrDefault(r => TenantKeys.Sets(table, r)) is { } reference
            ? $"has a foreign key to {reference.Reference!.Parent} with SET NULL or SET DEFAULT; the key that it references becomes " +
                "unique per tenant, and the action would then change the child's tenant"
            : null;
    }

    private TablePlan Decide(TableSchema table, TableAction action, string reason, string? index = null, TableChange? change = null) =>
        new(
            _schema.Path,
            table.Name,
            table.Kind,
            action,
            reason,
            table.Rows,
            index,
            action is TableAction.Skip or TableAction.Share ? [] : PlanWarnings.Find(table, change, _options, index),
            []);
}
