using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Migration;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Isolation;

/// <summary>The guard of a connection, tried on the copy.</summary>
public sealed class GuardTests : IsolationFolder
{
    private IReadOnlyList<IsolationResult> TryGuard(string? sql = null, string tenant = Tenant)
    {
        if (sql is not null)
        {
            Shell.Sql(Database, sql);
        }

        return
        [
            .. TenantIsolation.Test(Database, new TenantExpectation(tenant, "tenant_id", []), withGuard: true).Results
                .Where(r => r.Operation == IsolationOperation.Guard),
        ];
    }

    [Fact]
    public void Guard_of_the_sample_store_aborts_every_write_across_tenants()
    {
        CreateSampleStore();
        TenantMigration.Migrate(Database, new MigrationOptions(Tenant));
        string before = Snapshot();

        IReadOnlyList<IsolationResult> results = TryGuard();

        results.Count.ShouldBe(32);
        results.ShouldAllBe(r => r.Actual == r.Expected && r.Status != CheckStatus.Failed, NotPassed(results));

        // The audit of the sample store leaves the tenant of its row to the DEFAULT, so the guard is right to abort it.
        IsolationResult users = results.Single(r => r.Status != CheckStatus.Passed);
        users.Table.ShouldBe("users");
        users.Detail.ShouldBe(
            "UPDATE of an own row of 'postenancy-canary' differs with the guard: PosTenancy guard: INSERT into audit_log for another " +
            "tenant than that of this connection instead of success");
        IsolationResult products = results.Single(r => r.Table == "products");
        products.Actual.ShouldBe(products.Expected);
        products.Expected!.Value.ShouldBeGreaterThan(12);
        products.Leaked!.Value.ShouldBeGreaterThan(8, "without the guard nearly all of them reach the other tenant");
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Without_the_parameter_no_result_is_of_the_guard()
    {
        IReadOnlyList<IsolationResult> results = Test(
            $"CREATE TABLE t(id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL DEFAULT {Own}); INSERT INTO t DEFAULT VALUES");
        results.ShouldNotContain(r => r.Operation == IsolationOperation.Guard);
    }

    [Theory]
    [InlineData("id INTEGER PRIMARY KEY, a TEXT UNIQUE, tenant_id TEXT NOT NULL DEFAULT 'caps-automotive')")]
    [InlineData("id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, tenant_id TEXT NOT NULL, UNIQUE (tenant_id, a)) STRICT")]
    [InlineData("id TEXT, a TEXT, tenant_id TEXT NOT NULL, PRIMARY KEY (tenant_id, id)) WITHOUT ROWID")]
    [InlineData("id TEXT PRIMARY KEY, a TEXT, b AS (upper(a)) STORED, c AS (a || 1), tenant_id TEXT COLLATE NOCASE)")]
    [InlineData("a TEXT, tenant_id TEXT)")]
    [InlineData("\"we \"\"ird\" TEXT DEFAULT 'x', tenant_id TEXT CHECK (tenant_id <> ''))")]
    public void Tables_of_all_kinds_pass(string table)
    {
        Shell.Sql(Database, $"CREATE TABLE t({table}; CREATE INDEX i ON t(tenant_id);");
        string columns = table.StartsWith('"') ? "" : table.StartsWith("a ", StringComparison.Ordinal) ? "a, " : "id, a, ";
        string values = columns switch { "" => "", "a, " => "'x', ", _ => "1, 'x', " };
        Shell.Sql(Database, $"INSERT INTO t({columns}tenant_id) VALUES ({values}{Own})");

        IsolationResult result = TryGuard().Single();

        result.Status.ShouldBe(CheckStatus.Passed, result.Detail);
        result.Actual.ShouldBe(result.Expected);
    }

    [Fact]
    public void Trigger_that_fires_itself_is_a_warning_that_names_the_write()
    {
        IsolationResult result = TryGuard(
            """
            CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER DEFAULT 0, tenant_id TEXT NOT NULL DEFAULT 'caps-automotive');
            INSERT INTO t(n) VALUES (1);
            CREATE TRIGGER counts AFTER UPDATE ON t BEGIN UPDATE t SET n = n + 1 WHERE id = NEW.id; END;
            """).Single();

        result.Status.ShouldBe(CheckStatus.Warning, result.Detail);
        result.Detail.ShouldContain(
            "UPDATE of an own row of 'caps-automotive' differs with the guard: too many levels of trigger recursion");
    }

    [Fact]
    public void Trigger_for_deletions_that_a_replace_now_fires_is_a_warning()
    {
        IsolationResult result = TryGuard(
            """
            CREATE TABLE t(id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL DEFAULT 'caps-automotive');
            CREATE TABLE log(n INTEGER, tenant_id TEXT NOT NULL DEFAULT 'caps-automotive');
            INSERT INTO t DEFAULT VALUES; INSERT INTO log VALUES (1, 'caps-automotive');
            CREATE TRIGGER deleted AFTER DELETE ON t BEGIN INSERT INTO log VALUES (OLD.id, OLD.tenant_id); END;
            """).Single(r => r.Table == "t");

        result.Status.ShouldBe(CheckStatus.Warning, result.Detail);
        result.Detail.ShouldStartWith("REPLACE of an own row of 'caps-automotive' differs with the guard");
    }

    [Fact]
    public void Table_without_a_row_of_another_tenant_is_not_checked()
    {
        IsolationResult result = TryGuard(
            """
            CREATE TABLE t(id INTEGER PRIMARY KEY CHECK (id = 1), tenant_id TEXT NOT NULL DEFAULT 'caps-automotive');
            INSERT INTO t DEFAULT VALUES;
            """).Single();

        result.Status.ShouldBe(CheckStatus.NotChecked);
        result.Detail.ShouldContain("no row of another tenant");
    }
}
