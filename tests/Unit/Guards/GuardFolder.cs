using PosTenancy.Engine.Guards;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Guards;

/// <summary>A database, and connections of the sqlite3 shell that run a guard first.</summary>
public abstract class GuardFolder : TestFolder
{
    protected const string Refused = "another tenant than that of this connection";

    protected TenantGuardScript Guard(string? readViewPrefix = null, string column = "tenant_id", params string[] shared) =>
        TenantGuard.Write(
            Database,
            new TenantExpectation(TenantId: null, column, []) { ReferenceTable = shared },
            new TenantGuardOptions(ReadViewPrefix: readViewPrefix));

    /// <summary>Opens a connection with the guard and a tenant, runs statements, and returns what the shell printed.</summary>
    protected string As(string? tenant, string sql, string column = "tenant_id", string? guard = null)
    {
        string context = tenant is null ? "" : $"UPDATE temp.postenancy_context SET tenant_id = {tenant};\n";
        (_, string output, string error) = Shell.Run(
            "sqlite3", (guard ?? Guard(column: column).Sql) + context + sql + ";", "-batch", "-bail", Database);
        return (output + error).Trim();
    }
}
