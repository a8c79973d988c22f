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
        RequireTenants(connection, schema, options);
        options = options with { WithoutDefault = IsCompleted(connection, options.ColumnName) };
        MigrationPlan plan = Plan(options) with { RecordedSharedTables = sharedTables };
        return (
            schema,
            plan with
            {
                Warnings = ScriptWarnings(connection, plan),
                Advice = plan.Blocked.Any() ? AdviceSearch.Find(plan, Plan) : null,
            });

        MigrationPlan Plan(MigrationOptions options)
        {
            TenantExpectation expectation = TenantExpectation.From(options);
            DatabaseTenants tenants = DatabaseTenants.Read(
                connection, schema, options.AcceptsAnyTenant ? expectation with { TenantId = null } : expectation);
            SeveralTenants? several = !tenants.AreSeveral ? null
                : options.Script is null ? OwnerSearch.Run(connection, schema, options, tenants.All)
                : new SeveralTenants(tenants.All, new Dictionary<string, TableOwners>(Identifier.Comparer));
            ILookup<string, string> others = tenants.ByTable
                .SelectMany(t => t.Where(id => id != options.TenantId).Select(id => (Table: t.Key, Tenant: id)))
                .ToLookup(t => t.Table, t => t.Tenant, Identifier.Comparer);
            MigrationPlan planned = SchemaPreview.Judge(
                schema, MigrationPlanner.Plan(schema, options, others, tenants.AreOthers, several), cancellation);
            planned = TenantRegistry.Warn(connection, schema, planned, tenants.All);
            return several is null || options.Script is not null
                ? planned
                : planned with { PlannedDistribution = PlannedDistribution.Read(connection, schema, planned, several) };
        }
    }

    /// <summary>Whether the history records that the column lost its DEFAULT, so that the next release must not bring it back.</summary>
    private static bool IsCompleted(DatabaseConnection connection, string columnName) => TenantHistory
        .Read(connection, connection.Path, historyTable: null)
        .Any(e => e.Kind == nameof(HistoryKind.Complete) && e.ColumnName is { } name && Identifier.Comparer.Equals(name, columnName));

    /// <summary>Refuses a tenant that was named for a table and cannot be its rows'.</summary>
    private static void RequireTenants(DatabaseConnection connection, DatabaseSchema schema, MigrationOptions options)
    {
        if (options.TenantFor.Count == 0)
        {
            return;
        }

        DatabaseTenants tenants = DatabaseTenants.Read(connection, schema, TenantExpectation.From(options));
        foreach (TableTenant named in options.TenantFor)
        {
            string? problem = schema.FindTable(named.Table) is { } table
                ? SkippedTables.Reason(table, TenantExpectation.From(options))
                : "there is no such table";
            if (problem is not null)
            {
                throw Errors.TenantForNoTable(schema.Path, named.Table, problem);
            }

            if (named.TenantId != options.TenantId && !tenants.All.Contains(named.TenantId))
            {
                throw Errors.TenantForUnknown(
                    schema.Path, named.Table, named.TenantId, ShortList.Join([.. tenants.All.DefaultIfEmpty("no tenant")], most: 5));
            }
        }
    }

    private static string[] ScriptWarnings(DatabaseConnection connection, MigrationPlan plan) =>
        plan is { Options.Script: { } script, History.Problem: null } &&
        ScriptHistory.Warning(TenantHistory.Read(connection, connection.Path, plan.Options.HistoryTable), script.Name, script.Sha256)
            is { } warning
            ? [warning]
            : [];
}
