using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Planning;

/// <summary>The audit of a database: what a migration would do with each table.</summary>
public static class TenantPlan
{
    /// <summary>Reads the schema and plans; changes nothing, and works while the store is open.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="options">What would be done.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="PosTenancyException">The database cannot be read, or has no table of the name that was given for the history.</exception>
    public static MigrationPlan Read(string path, MigrationOptions options, CancellationToken cancellation = default)
    {
        DatabaseSchema schema = DatabaseReader.Read(path, SchemaReader.Read, cancellation);
        MigrationPlan plan = MigrationPlanner.Plan(schema, options);
        return options.HistoryTable is null || plan.History.IsListed || plan.History.Problem is not { } problem
            ? plan
            : throw Errors.HistoryTableUnusable(schema.Path, plan.History.Table, problem);
    }
}
