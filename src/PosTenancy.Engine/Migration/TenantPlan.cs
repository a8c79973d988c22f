using PosTenancy.Engine.History;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Scripts;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Migration;

/// <summary>The audit of a database: what a migration would do with each table.</summary>
public static class TenantPlan
{
    /// <summary>Reads the schema and plans; changes nothing, and works while the store is open.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="options">What would be done.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PosTenancyException">The database cannot be read, or has no table of the name that was given for the
    /// history.</exception>
    public static MigrationPlan Read(string path, MigrationOptions options, CancellationToken cancellation = default)
    {
        (DatabaseSchema schema, MigrationPlan plan) = DatabaseReader.Read(
            path,
            reader => Make(reader, options, cancellation),
            cancellation);
        return options.HistoryTable is null || plan.History.IsListed || plan.History.Problem is not { } problem
            ? plan
            : throw Errors.HistoryTableUnusable(schema.Path, plan.History.Table, problem);
    }

    /// <summary>
    /// Plans on an open database: reads its schema, and the tenants of a column that must be changed, and tries the outcome without rows.
    /// </summary>
    internal static (DatabaseSchema Schema, MigrationPlan Plan) Make(
        DatabaseConnection connection,
        MigrationOptions options,
        CancellationToken cancellation)
    {
        DatabaseSchema schema = SchemaReader.Read(connection);
        (options, IReadOnlyList<string>? sharedTables) = ReferenceTables.Resolve(schema, options, SharedTables.Read(connection));
        MigrationPlan plan = Plan(options) with { RecordedSharedTables = sharedTables };
        return (
            schema,
            plan with
            {
                Warnings = ScriptWarnings(connection, plan),
                Advice = plan.Blocked.Any() ? AdviceSearch.Find(plan, Plan) : null,
            });

        MigrationPlan Plan(MigrationOptions options) =>
            SchemaPreview.Judge(schema, MigrationPlanner.Plan(schema, options, OtherTenants(connection, schema, options)), cancellation);
    }

    private static string[] ScriptWarnings(DatabaseConnection connection, MigrationPlan plan) =>
        plan is { Options.Script: { } script, History.Problem: null } &&
        ScriptHistory.Warning(TenantHistory.Read(connection, connection.Path, plan.Options.HistoryTable), script.Name, script.Sha256)
            is { } warning
            ? [warning]
            : [];

    private static ILookup<string, string> OtherTenants(DatabaseConnection connection, DatabaseSchema schema, MigrationOptions options) => (
        from table in options.AcceptsAnyTenant ? [] : schema.CountedTables
        let column = table.FindColumn(options.ColumnName)
        where column is { Visibility: ColumnVisibility.Ordinary } && !TenantColumn.IsComplete(column, table, options)
        from share in DistributionReader.Read(connection, schema.Path, table, column)
        where share.TenantId is { } tenant && tenant != options.TenantId
        select (table.Name, share.TenantId)).ToLookup(t => t.Name, t => t.TenantId!, Identifier.Comparer);
}
