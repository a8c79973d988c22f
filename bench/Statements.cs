using PosTenancy.Engine.Migration;

namespace PosTenancy.Bench;

/// <summary>The statements that our plan would run, as a script for the shell.</summary>
internal static class Statements
{
    public static string Script(string database, MigrationOptions options) =>
        string.Join('\n', ["BEGIN;", .. TenantPlan.Read(database, options).Statements.Select(s => s.Sql + ";"), "COMMIT;"]);
}
