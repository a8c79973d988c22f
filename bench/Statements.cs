using PosTenancy.Engine.Migration;

namespace PosTenancy.Bench;

/// <summary>The statements of PosTenancy's plan, as a script for the shell.</summary>
internal static class Statements
{
    public static string Script(string database, MigrationOptions options) =>
        Script(TenantPlan.Read(database, options).Statements);

    public static string Script(IEnumerable<PlannedStatement> statements) =>
        string.Join('\n', ["BEGIN;", .. statements.Select(s => s.Sql + ";"), "COMMIT;"]);
}
