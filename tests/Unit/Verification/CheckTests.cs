using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Verification;

/// <summary>A migrated database altered with the shell: the named check must not pass.</summary>
public sealed class CheckTests : TestFolder
{
    /// <summary>A schema that was edited by hand declares what its rows do not keep.</summary>
    private const string DeclaredNotNull =
        "CREATE TABLE extra(x, tenant_id); INSERT INTO extra VALUES(1, NULL), (2, 'a'), (3, NULL); PRAGMA writable_schema = ON; " +
        "UPDATE sqlite_schema SET sql = 'CREATE TABLE extra(x, tenant_id NOT NULL)' WHERE name = 'extra'; " +
        "PRAGMA writable_schema = RESET; ";

    [Theory]
    [InlineData("UPDATE products SET price_cents = price_cents + 1 WHERE rowid = 3", "DataUnchanged", CheckStatus.Failed)]
    [InlineData("UPDATE products SET name = CAST(name AS BLOB) WHERE rowid = 3", "DataUnchanged", CheckStatus.Failed)]
    [InlineData("UPDATE users SET username = username || x'00' WHERE rowid = 1", "DataUnchanged", CheckStatus.Failed)]
    [InlineData("DELETE FROM vehicle_fitment WHERE rowid = 2", "DataUnchanged", CheckStatus.Failed)]
    [InlineData("DELETE FROM vehicle_fitment WHERE rowid = 2", "RowCountsMatch", CheckStatus.Failed)]
    [InlineData("UPDATE vehicle_fitment SET tenant_id = 'other' WHERE rowid = 1", "TenantReferencesConsistent", CheckStatus.Failed)]
    [InlineData("UPDATE stores SET tenant_id = 'other'", "TenantReferencesConsistent", CheckStatus.Failed)]
    [InlineData(
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'username', 'user_name') WHERE name = 'users'",
        "DataUnchanged",
        CheckStatus.Failed
    )]
    [InlineData(
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'stores') " +
        "WHERE name = 'stations'",
        "FileIntegrity",
        CheckStatus.Failed
    )]
    [InlineData(
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX idx_users_tenant_id ON users(role)' WHERE name = " +
        "'idx_users_tenant_id'",
        "FileIntegrity",
        CheckStatus.Failed
    )]
    [InlineData(
        "DROP INDEX idx_users_tenant_id; CREATE INDEX idx_users_tenant_id ON users(role)",
        "TenantIndexesExist",
        CheckStatus.Failed
    )]
    [InlineData(
        "DROP INDEX idx_users_tenant_id; CREATE INDEX idx_users_tenant_id ON users(role)",
        "TenantFilterUsesIndex",
        CheckStatus.Failed
    )]
    [InlineData("UPDATE products SET tenant_id = 'other' WHERE rowid = 1", "TenantDistribution", CheckStatus.Failed)]
    [InlineData("UPDATE products SET tenant_id = upper(tenant_id) WHERE rowid = 1", "TenantDistribution", CheckStatus.Failed)]
    [InlineData("UPDATE products SET tenant_id = tenant_id || ' ' WHERE rowid = 1", "TenantDistribution", CheckStatus.Failed)]
    [InlineData("UPDATE products SET tenant_id = CAST(tenant_id AS BLOB) WHERE rowid = 1", "TenantDistribution", CheckStatus.Failed)]
    [InlineData(
        "DROP INDEX idx_users_tenant_id; CREATE INDEX idx_users_tenant_id ON users(tenant_id COLLATE NOCASE)",
        "TenantFilterUsesIndex",
        CheckStatus.Failed
    )]
    [InlineData("CREATE TABLE extra(tenant_id TEXT PRIMARY KEY)", "TablesHaveTenantColumn", CheckStatus.Failed)]
    [InlineData(
        "CREATE VIEW two AS SELECT id, role FROM users; CREATE TRIGGER bad INSTEAD OF INSERT ON two BEGIN INSERT INTO users VALUES " +
        "(new.id, new.role); END",
        "SchemaObjectsCompile",
        CheckStatus.Failed
    )]
    [InlineData("CREATE TABLE extra(x /* tenant_id */)", "TablesHaveTenantColumn", CheckStatus.Failed)]
    [InlineData("CREATE TABLE extra(x /* tenant_id */)", "NoNullTenantIds", CheckStatus.NotChecked)]
    [InlineData("CREATE TABLE extra(x, tenant_id AS (x))", "TablesHaveTenantColumn", CheckStatus.Failed)]
    [InlineData("CREATE TABLE extra(x, tenant_id); INSERT INTO extra VALUES(1, NULL)", "NoNullTenantIds", CheckStatus.Failed)]
    [InlineData(DeclaredNotNull, "NoNullTenantIds", CheckStatus.Failed)]
    [InlineData(DeclaredNotNull + "CREATE INDEX extra_tenant ON extra(tenant_id)", "NoNullTenantIds", CheckStatus.Failed)]
    [InlineData("DROP TABLE maintenance_schedules", "TablesHaveTenantColumn", CheckStatus.Failed)]
    [InlineData("UPDATE vehicle_fitment SET product_id = 'nobody' WHERE rowid = 1", "ForeignKeysIntact", CheckStatus.Failed)]
    [InlineData(
        "CREATE TRIGGER bad AFTER INSERT ON users BEGIN INSERT INTO sessions SELECT * FROM users; END",
        "SchemaObjectsCompile",
        CheckStatus.Failed
    )]
    [InlineData("CREATE VIEW own AS SELECT only_the_application_has_this(id) FROM users", "SchemaObjectsCompile", CheckStatus.Failed)]
    [InlineData("DROP INDEX idx_sessions_user_id", "SchemaObjectsCompile", CheckStatus.Warning)]
    [InlineData("ANALYZE", "TenantFilterUsesIndex", CheckStatus.Warning)]
    public void Lie_is_found_by_the_named_check(string lie, string check, CheckStatus status)
    {
        CreateSampleStore();
        BackupResult backup = DatabaseBackup.Create(Database);
        TenantMigration.Migrate(Database, new MigrationOptions(Tenant), backup.BackupPath);
        Checks(backup).ShouldHavePassed();

        Shell.Sql(Database, lie);

        CheckResult result = Checks(backup).Single(c => c.Name == check);
        result.Status.ShouldBe(status, $"expected {result.Expected}, found {result.Actual} ({result.Detail})");
        result.Detail.ShouldNotBeEmpty();
    }

    [Fact]
    public void Checks_come_in_the_order_of_the_report()
    {
        CreateSampleStore();
        TenantIntegrity
            .Test(Database, new TenantExpectation(Tenant, "tenant_id", []))
            .Select(c => c.Name)
            .ShouldBe([
                "TablesHaveTenantColumn",
                "NoNullTenantIds",
                "TenantDistribution",
                "RowCountsMatch",
                "TenantIndexesExist",
                "TenantFilterUsesIndex",
                "ForeignKeysIntact",
                "DataUnchanged",
                "SchemaObjectsCompile",
                "FileIntegrity",
                "TenantReferencesConsistent",
                "UniqueKeysPerTenant",
            ]);
    }

    [Fact]
    public void What_could_not_run_is_not_passed()
    {
        CreateSampleStore();
        TenantMigration.Migrate(Database, new MigrationOptions(Tenant));
        IReadOnlyList<CheckResult> checks = TenantIntegrity.Test(Database, new TenantExpectation(TenantId: null, "tenant_id", []));
        checks
            .Where(c => c.Status == CheckStatus.NotChecked)
            .Select(c => c.Name)
            .ShouldBe(["TenantDistribution", "RowCountsMatch", "DataUnchanged"]);
        checks.Where(c => c.Status == CheckStatus.NotChecked).ShouldAllBe(c => c.Detail.Length > 0);
    }

    [Fact]
    public void What_was_broken_before_is_reported_and_not_blamed()
    {
        CreateSampleStore();
        Shell.Sql(Database, """
            UPDATE vehicle_fitment SET product_id = 'nobody' WHERE rowid = 1;
            CREATE VIEW broken AS SELECT * FROM nowhere;
            """);
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));
        result.Status.ShouldBe(UpgradeStatus.Succeeded);
        result.Checks.Single(c => c.Name == "ForeignKeysIntact").Status.ShouldBe(CheckStatus.Warning);
        result.Checks.Single(c => c.Name == "SchemaObjectsCompile").Status.ShouldBe(CheckStatus.Warning);
        result.Checks.Single(c => c.Name == "SchemaObjectsCompile").Detail.ShouldContain("nowhere");
    }

    [Fact]
    public void What_only_the_application_can_compile_is_not_checked()
    {
        CreateSampleStore();
        Shell.Sql(Database, "CREATE VIEW own AS SELECT unicase_sort(username) FROM users");
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));
        result.Status.ShouldBe(UpgradeStatus.Succeeded);
        result.Checks.Single(c => c.Name == "SchemaObjectsCompile").Status.ShouldBe(CheckStatus.NotChecked);
    }

    [Theory]
    [InlineData(
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO log SELECT s.*, 'now' FROM a AS s WHERE s.id = new.id; END",
        CheckStatus.Failed
    )]
    [InlineData(
        "CREATE VIEW v AS SELECT a.*, 'now' FROM a; CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO log SELECT * FROM v; END",
        CheckStatus.Failed
    )]
    [InlineData("CREATE VIEW v AS SELECT b.*, a.total FROM a JOIN b", CheckStatus.Warning)]
    [InlineData("CREATE VIEW v AS SELECT a.total FROM a NATURAL JOIN b", CheckStatus.Warning)]
    [InlineData(
        "CREATE TABLE tenants(tenant_id, name); CREATE VIEW v AS SELECT a.total FROM a NATURAL LEFT JOIN tenants",
        CheckStatus.Failed
    )]
    [InlineData(
        "CREATE TABLE archive(id, total); CREATE TRIGGER t BEFORE DELETE ON a BEGIN INSERT OR REPLACE INTO archive SELECT * FROM a WHERE " +
        "id = old.id; END",
        CheckStatus.Warning
    )]
    [InlineData(
        "CREATE TABLE archive(id, total, at); CREATE TRIGGER t BEFORE DELETE ON a BEGIN INSERT INTO archive SELECT *, CASE WHEN old.id > " +
        "0 THEN 1 END FROM a; END",
        CheckStatus.Failed
    )]
    [InlineData(
        "CREATE TABLE archive(id, total); CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO archive VALUES (new.id, new.total); END",
        CheckStatus.Failed
    )]
    [InlineData("CREATE TABLE other(tenant_id); CREATE VIEW v AS SELECT total FROM a JOIN other WHERE tenant_id > 1", CheckStatus.Failed)]
    [InlineData("CREATE VIEW v AS SELECT * FROM a UNION SELECT id, name FROM b", CheckStatus.Failed)]
    [InlineData(
        "CREATE VIEW v AS SELECT id, total FROM a; CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO log(id, total, at) SELECT id, " +
        "total, 'now' FROM v; END",
        CheckStatus.Passed
    )]
    [InlineData(
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM log WHERE id IN (SELECT id FROM a); END; CREATE VIEW t2 AS SELECT count(*) " +
        "AS n FROM a",
        CheckStatus.Passed
    )]
    public void Star_that_grows_in_a_trigger_or_a_view_is_noticed(string sql, CheckStatus status)
    {
        Shell.Sql(
            Database,
            "CREATE TABLE a(id INTEGER PRIMARY KEY, total REAL); CREATE TABLE b(id INTEGER PRIMARY KEY, name); CREATE TABLE log(id, " +
            "total, at);"
                + sql);
        string before = Sha256(Database);

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));

        if (status == CheckStatus.Failed)
        {
            result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.PlanBlocked);
            Sha256(Database).ShouldBe(before);
            return;
        }

        result.Error?.Message.ShouldBeNull();
        CheckResult check = result.Checks.Single(c => c.Name == "SchemaObjectsCompile");
        check.Status.ShouldBe(status, check.Detail);
        result
            .Plan!.Changes.Any(t => t.Warnings.Any(w => w.Contains("tenant_id", StringComparison.Ordinal)))
            .ShouldBe(status == CheckStatus.Warning);
    }

    [Fact]
    public void Trigger_that_was_taught_the_tenant_after_the_migration_is_not_blamed()
    {
        Shell.Sql(
            Database,
            "CREATE TABLE a(id, total); CREATE TABLE log(id, total); CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO log(id, total) " +
            "VALUES (new.id, new.total); END"
        );
        BackupResult backup = DatabaseBackup.Create(Database);
        TenantMigration.Migrate(Database, new MigrationOptions(Tenant), backup.BackupPath).Status.ShouldBe(MigrationStatus.Migrated);
        Shell.Sql(
            Database,
            "DROP TRIGGER t; CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO log(id, total, tenant_id) VALUES (new.id, new.total, " +
            "new.tenant_id); END"
        );
        Checks(backup).ShouldHavePassed();
    }

    [Fact]
    public void Distribution_tells_tenants_apart_by_their_bytes()
    {
        Shell.Sql(
            Database,
            "CREATE TABLE t(tenant_id TEXT COLLATE NOCASE NOT NULL); CREATE INDEX i ON t(tenant_id); CREATE TABLE empty(tenant_id); " +
            "INSERT INTO t VALUES('a'),('A'),('A'),('b')"
        );
        TenantIntegrity
            .Distribution(Database, "TENANT_ID", _ => true)
            .Select(d => (d.Table, d.TenantId, d.Rows))
            .ShouldBe([("t", "A", 2), ("t", "a", 1), ("t", "b", 1), ("empty", null, 0)]);
    }

    private IReadOnlyList<CheckResult> Checks(BackupResult backup) =>
        TenantIntegrity.Test(Database, new TenantExpectation(Tenant, "tenant_id", []), backup.BackupPath);
}
