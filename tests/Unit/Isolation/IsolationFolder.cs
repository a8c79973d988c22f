using PosTenancy.Engine.Isolation;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Isolation;

/// <summary>A migrated database created with the shell, and its isolation results.</summary>
public abstract class IsolationFolder : TestFolder
{
    protected const string Own = "'caps-automotive'";

    protected IReadOnlyList<IsolationResult> Test(string? sql = null, string tenant = Tenant, params string[] exclude)
    {
        if (sql is not null)
        {
            Shell.Sql(Database, sql);
        }

        return TenantIsolation.Test(Database, new TenantExpectation(tenant, "tenant_id", exclude)).Results;
    }

    protected static IsolationResult Find(IReadOnlyList<IsolationResult> results, string table, IsolationOperation operation) =>
        results.Single(r => r.Table == table && r.Operation == operation);

    /// <summary>The results other than Passed, for the message of a test that expects none.</summary>
    protected static string NotPassed(IEnumerable<IsolationResult> results) =>
        string.Join(
            '\n',
            results.Where(r => r.Status != CheckStatus.Passed).Select(r => $"{r.Table} {r.Operation} {r.Status}: {r.Detail}"));
}
