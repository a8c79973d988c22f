using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Planning;

/// <summary>Turns a schema and the options into a plan. Pure: touches no file.</summary>
internal static class MigrationPlanner
{
    /// <summary>SQLITE_MAX_COLUMN of every common build (sqlite.org/limits.html).</summary>
    private const int MaxColumns = 2000;

    private static readonly string[] NothingToRun = [];

    public static MigrationPlan Plan(DatabaseSchema schema, MigrationOptions options)
    {
        IndexNames names = new(schema);
        HistoryPlan history = HistoryPlanner.Plan(schema, options);
        return new MigrationPlan(options, [.. schema.Tables.Select(table => Warned(Plan(schema.Path, table, options, names), history))], history);
    }

    /// <summary>The audit names what would refuse the migration later.</summary>
    private static TablePlan Warned(TablePlan plan, HistoryPlan history) => history is { IsListed: true, Problem: { } problem } && plan.Table == history.Table
        ? plan with { Warnings = [.. plan.Warnings, $"The migration cannot be recorded here: {problem}."] }
        : plan;

    private static TablePlan Plan(string path, TableSchema table, MigrationOptions options, IndexNames names)
    {
        TablePlan Decide(TableAction action, string reason, string? index, params string[] sql) => new(
            path, table.Name, table.Kind, action, reason, table.Rows, index, action is TableAction.Skip ? NothingToRun : Warnings(table, options, action, index), sql);

        if (SkippedTables.Reason(table, options.ExcludeTable, options.HistoryTable) is { } skipReason)
        {
            return Decide(TableAction.Skip, skipReason, null);
        }

        if (table.Unreadable is { } problem)
        {
            return Decide(TableAction.Blocked, $"cannot be read without the application: {problem}", null);
        }

        if (table.FindColumn(options.ColumnName) is { } existing)
        {
            return BlockReason(existing, options) is { } blockReason
                ? Decide(TableAction.Blocked, blockReason, null)
                : table.FindIndexLedBy(options.ColumnName) is { } index
                    ? Decide(TableAction.None, "has the column and an index that begins with it", index.Name)
                    : AddIndex(names.Take(table.Name, options.ColumnName));
        }

        if (options.UniqueScope == UniqueScope.Tenant && table.Indexes.Any(i => i is { IsUnique: true, Origin: not "pk" }))
        {
            return Decide(TableAction.Blocked, "a UNIQUE key can only be made per tenant by rebuilding the table, which this version does not do", null);
        }

        if (table.Columns.Count >= MaxColumns)
        {
            return Decide(TableAction.Blocked, $"has {table.Columns.Count} columns, and SQLite allows {MaxColumns}", null);
        }

        string name = names.Take(table.Name, options.ColumnName);
        return Decide(TableAction.AddColumn, "business table without the column", name, AddColumnSql(table, options), CreateIndexSql(table, options, name));

        TablePlan AddIndex(string indexName) =>
            Decide(TableAction.Backfill, "has the column, but no index that begins with it", indexName, CreateIndexSql(table, options, indexName));
    }

    /// <summary>
    /// ADD COLUMN with a constant default rewrites no row and fires no trigger: the rows read the default from the schema
    /// (sqlite.org/lang_altertable.html, 4).
    /// </summary>
    private static string AddColumnSql(TableSchema table, MigrationOptions options) =>
        $"ALTER TABLE {Identifier.Quote(table.Name)} ADD COLUMN {Identifier.Quote(options.ColumnName)} " +
        $"{(table.IsStrict ? "TEXT" : "VARCHAR(255)")} NOT NULL DEFAULT {Identifier.Literal(options.TenantId)}";

    private static string CreateIndexSql(TableSchema table, MigrationOptions options, string name) =>
        $"CREATE INDEX {Identifier.Quote(name)} ON {Identifier.Quote(table.Name)} ({Identifier.Quote(options.ColumnName)})";

    private static string? BlockReason(ColumnSchema existing, MigrationOptions options)
    {
        if (existing.Visibility != ColumnVisibility.Ordinary)
        {
            return $"has a generated or hidden column '{existing.Name}', which cannot hold a tenant";
        }

        if (!existing.IsNotNull)
        {
            return $"has a column '{existing.Name}' that allows NULL, and completing such a column is not something this version does";
        }

        return options.AcceptsAnyTenant || existing.DefaultSql == Identifier.Literal(options.TenantId)
            ? null
            : $"has a column '{existing.Name}' whose default is {existing.DefaultSql ?? "missing"}, not {Identifier.Literal(options.TenantId)}: " +
              "the database was migrated for another tenant, or by another tool";
    }

    private static List<string> Warnings(TableSchema table, MigrationOptions options, TableAction action, string? index)
    {
        List<string> warnings = [];
        string keys = string.Join(", ", table.Indexes
            .Where(i => i.IsUnique && !i.Columns.Any(c => c is not null && Identifier.Comparer.Equals(c, options.ColumnName)))
            .Select(i => (i.Origin == "pk" ? "PRIMARY KEY (" : "UNIQUE (") + string.Join(", ", i.Columns.Select(c => c ?? "expression")) + ")"));
        if (keys.Length > 0)
        {
            warnings.Add($"Unique over all tenants: {keys}. A second tenant cannot use a value of the first, and INSERT OR REPLACE would overwrite its row.");
        }

        if (action == TableAction.AddColumn && table.IsStrict)
        {
            warnings.Add("STRICT table: SQLite reads every row once while adding the column.");
        }

        if (index is not null && action is TableAction.AddColumn or TableAction.Backfill && index != $"idx_{table.Name}_{options.ColumnName}")
        {
            warnings.Add($"The name idx_{table.Name}_{options.ColumnName} is taken by something else in this database; the index is called {index}.");
        }

        return warnings;
    }
}
