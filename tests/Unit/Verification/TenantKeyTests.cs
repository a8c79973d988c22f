using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Verification;

/// <summary>Two checks of keys: unique within a tenant, and referencing within a tenant.</summary>
public sealed class TenantKeyTests : TestFolder
{
    [Theory]
    [InlineData("id INTEGER PRIMARY KEY, sku UNIQUE", UniqueScope.Database, CheckStatus.Warning, "t: UNIQUE (sku)")]
    [InlineData("id INTEGER PRIMARY KEY, sku UNIQUE", UniqueScope.Tenant, CheckStatus.Failed, "t: UNIQUE (sku)")]
    [InlineData("id TEXT PRIMARY KEY", UniqueScope.Tenant, CheckStatus.Warning, "t: PRIMARY KEY (id)")]
    [InlineData("id TEXT PRIMARY KEY", UniqueScope.TenantAndPrimaryKey, CheckStatus.Failed, "t: PRIMARY KEY (id)")]
    [InlineData("id INTEGER PRIMARY KEY, sku", UniqueScope.TenantAndPrimaryKey, CheckStatus.Passed, "")]
    [InlineData("id INTEGER PRIMARY KEY, sku, UNIQUE(sku, tenant_id)", UniqueScope.Tenant, CheckStatus.Passed, "")]
    public void Key_over_all_tenants_is_warned_of_and_fails_where_it_was_to_be_changed(
        string columns,
        UniqueScope scope,
        CheckStatus status,
        string named)
    {
        int comma = columns.IndexOf(", UNIQUE(", StringComparison.Ordinal);
        string tenant = ", tenant_id VARCHAR(255) NOT NULL DEFAULT 'caps-automotive'";
        Shell.Sql(
            Database,
            $"CREATE TABLE t({(comma < 0 ? columns + tenant : columns.Insert(comma, tenant))}); CREATE INDEX i ON t(tenant_id)");
        CheckResult check = TenantIntegrity
            .Test(Database, new TenantExpectation(Tenant, "tenant_id", []) { UniqueScope = scope })
            .Single(c => c.Name == "UniqueKeysPerTenant");
        (check.Status, check.Detail).ShouldBe((status, named));
    }

    /// <summary>A parent is matched as in SQLite: with the affinity and the collation of its column.</summary>
    [Theory]
    [InlineData(
        "CREATE TABLE p(k INTEGER PRIMARY KEY, @); CREATE TABLE c(id INTEGER PRIMARY KEY, p TEXT REFERENCES p, @)",
        "5",
        "'5'",
        true
    )]
    [InlineData(
        "CREATE TABLE p(k TEXT PRIMARY KEY, @); CREATE TABLE c(id INTEGER PRIMARY KEY, p INTEGER REFERENCES p(k), @)",
        "'5'",
        "5",
        true
    )]
    [InlineData(
        "CREATE TABLE p(k TEXT PRIMARY KEY COLLATE NOCASE, @); CREATE TABLE c(id INTEGER PRIMARY KEY, p TEXT REFERENCES p(k), @)",
        "'A'",
        "'a'",
        true
    )]
    [InlineData(
        "CREATE TABLE p(k TEXT PRIMARY KEY, @); CREATE TABLE c(id INTEGER PRIMARY KEY, p TEXT COLLATE NOCASE REFERENCES p(k), @)",
        "'A'",
        "'a'",
        false
    )]
    [InlineData(
        "CREATE TABLE p(k TEXT PRIMARY KEY, @) WITHOUT ROWID; CREATE TABLE c(id TEXT, p TEXT REFERENCES p(k), @, PRIMARY KEY (id, p)) " +
        "WITHOUT ROWID",
        "'A'",
        "'A'",
        true
    )]
    [InlineData(
        "CREATE TABLE p(k TEXT, @, UNIQUE (k, tenant_id)); CREATE TABLE c(id INTEGER PRIMARY KEY, p TEXT, @, FOREIGN KEY (p, tenant_id) " +
        "REFERENCES p(k, tenant_id))",
        "'A'",
        "'A'",
        false
    )]
    public void Row_that_points_at_another_tenants_row_is_found(string schema, string parent, string child, bool crosses)
    {
        Shell.Sql(Database, schema.Replace("@", "tenant_id TEXT NOT NULL", StringComparison.Ordinal));
        Shell.Sql(
            Database,
            $"INSERT INTO p(k, tenant_id) VALUES({parent}, 'one'), ('Z', 'two')".Replace(
                "'Z'",
                parent == "5" ? "6" : "'Z'",
                StringComparison.Ordinal));
        Shell.Sql(
            Database,
            $"INSERT INTO c(id, p, tenant_id) VALUES(1, {child}, 'one'), (2, NULL, 'two')".Replace(
                "NULL",
                schema.Contains("(id, p)", StringComparison.Ordinal) ? "'none'" : "NULL",
                StringComparison.Ordinal));
        References().ShouldBe((CheckStatus.Passed, ""));

        Shell.Sql(Database, "UPDATE c SET tenant_id = 'two' WHERE id = 1");
        (CheckStatus status, string detail) = References();
        status.ShouldBe(crosses ? CheckStatus.Failed : CheckStatus.Passed, detail);
        detail.ShouldBe(crosses ? $"c to p: 1, the first {(schema.Contains("(id, p)", StringComparison.Ordinal) ? "'1', 'A'" : "1")}" : "");
    }

    [Theory]
    [InlineData("INSERT INTO p VALUES(1, 'one'), (2, NULL); INSERT INTO c VALUES(1, 2, 'one')", CheckStatus.Failed)]
    [InlineData("INSERT INTO p VALUES(1, 'one'); INSERT INTO c VALUES(1, 1, NULL), (2, 1, 'one')", CheckStatus.Failed)]
    [InlineData("INSERT INTO p VALUES(1, 'one'); INSERT INTO c VALUES(1, 1, 'ONE')", CheckStatus.Failed)]
    [InlineData("INSERT INTO p VALUES(1, 'one'); INSERT INTO c VALUES(1, 1, x'6f6e65')", CheckStatus.Failed)]
    [InlineData(
        "INSERT INTO p VALUES(1, 'one'), (2, 'two'); INSERT INTO c VALUES(1, 1, 'one'), (2, 2, 'two'), (3, 7, 'two')",
        CheckStatus.Passed
    )]
    [InlineData("INSERT INTO c VALUES(1, 1, 'one')", CheckStatus.Passed)]
    public void Tenants_are_compared_by_their_bytes(string rows, CheckStatus status)
    {
        Shell.Sql(
            Database,
            "CREATE TABLE p(id INTEGER PRIMARY KEY, tenant_id TEXT COLLATE NOCASE); CREATE TABLE c(id INTEGER PRIMARY KEY, p INTEGER " +
            $"REFERENCES p, tenant_id); {rows}"
        );
        References().Status.ShouldBe(status);
    }

    [Fact]
    public void Key_that_cannot_be_followed_is_not_checked()
    {
        Shell.Sql(
            Database,
            "CREATE TABLE p(id INTEGER PRIMARY KEY, k, tenant_id); CREATE TABLE c(p REFERENCES p(gone), tenant_id); INSERT INTO c " +
            "VALUES(1, 'a'); INSERT INTO p VALUES(1, 1, 'b')"
        );
        (CheckStatus status, string detail) = References();
        status.ShouldBe(CheckStatus.NotChecked);
        detail.ShouldStartWith("c to p: ");
    }

    private (CheckStatus Status, string Detail) References()
    {
        CheckResult check = TenantIntegrity
            .Test(Database, new TenantExpectation(TenantId: null, "tenant_id", []))
            .Single(c => c.Name == "TenantReferencesConsistent");
        return (check.Status, check.Detail);
    }
}
