using PosTenancy.Engine.Migration;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Planning;

/// <summary>Indexes that are prefixed with the tenant column instead of a separate index on it.</summary>
public sealed class CompositeIndexTests : TestFolder
{
    private const string Indexes = "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name";

    private static readonly MigrationOptions Composite = new(Tenant) { IndexStrategy = IndexStrategy.Composite };

    [Fact]
    public void Existing_indexes_get_the_tenant_in_front_and_stay_what_they_are_otherwise()
    {
        Shell.Sql(Database, """
            CREATE TABLE sales(id INTEGER PRIMARY KEY, status TEXT, sold_at TEXT, cents INTEGER);
            CREATE INDEX by_status ON sales ( status COLLATE NOCASE, sold_at DESC ); -- newest first
            CREATE INDEX "by (month)" ON sales(substr(sold_at, 1, 7)) WHERE cents > 0;
            INSERT INTO sales VALUES (1, 'open', '2026-01-01', 5);
            """);
        MigrationResult result = Migrate(Composite);

        Shell.Sql(Database, Indexes).ShouldBe("""
            CREATE INDEX "by (month)" ON sales("tenant_id", substr(sold_at, 1, 7)) WHERE cents > 0
            CREATE INDEX by_status ON sales ("tenant_id",  status COLLATE NOCASE, sold_at DESC )
            """);
        (result.IndexesCreated, result.IndexesReplaced).ShouldBe((0, 2));
        result.Tables.ShouldHaveSingleItem().IndexName.ShouldBe("by_status");
        result.Checks.ShouldAllBe(c => c.Status == CheckStatus.Passed);
        Shell
            .Sql(
                Database,
                "EXPLAIN QUERY PLAN SELECT * FROM sales WHERE tenant_id = 'x' AND status = 'open' COLLATE NOCASE ORDER BY sold_at DESC")
            .ShouldContain("SEARCH sales USING INDEX by_status (tenant_id=? AND status=?)");
    }

    [Theory]
    [InlineData("")]
    [InlineData("CREATE INDEX only_some ON sales(cents) WHERE cents > 0")]
    [InlineData("CREATE UNIQUE INDEX receipts ON sales(cents)")]
    public void Table_whose_indexes_do_not_lead_to_every_row_of_a_tenant_gets_one_of_its_own(string sql)
    {
        Shell.Sql(Database, $"CREATE TABLE sales(id INTEGER PRIMARY KEY, cents INTEGER); {sql}");
        MigrationResult result = Migrate(Composite);
        result.IndexesCreated.ShouldBe(1);
        Shell
            .Sql(Database, "SELECT sql FROM sqlite_schema WHERE name = 'idx_sales_tenant_id'")
            .ShouldBe("CREATE INDEX \"idx_sales_tenant_id\" ON \"sales\" (\"tenant_id\")");
    }

    [Fact]
    public void Unique_index_stays_over_all_tenants_unless_that_is_asked_for_as_well()
    {
        Shell.Sql(
            Database,
            "CREATE TABLE sales(id INTEGER PRIMARY KEY, receipt, till); CREATE UNIQUE INDEX receipts ON sales(receipt); CREATE INDEX " +
            "tills ON sales(till)"
        );
        TenantPlan.Read(Database, Composite).Changes.ShouldHaveSingleItem().ReplacedIndexes.ShouldBe(["tills"]);

        TablePlan both = TenantPlan.Read(Database, Composite with { UniqueScope = UniqueScope.Tenant }).Changes.ShouldHaveSingleItem();
        both.ReplacedIndexes.ShouldBe(["receipts", "tills"], ignoreOrder: true);
        both.Warnings.ShouldContain(
            w => w.StartsWith("The application's ON CONFLICT (receipt) ", StringComparison.Ordinal),
            "an index that is no key is named by no upsert");
    }

    [Fact]
    public void Plan_warns_of_the_queries_that_lose_their_index()
    {
        Shell.Sql(Database, "CREATE TABLE sales(id INTEGER PRIMARY KEY, status); CREATE INDEX by_status ON sales(status)");
        TablePlan plan = TenantPlan.Read(Database, Composite).Changes.ShouldHaveSingleItem();
        plan.Warnings.ShouldHaveSingleItem().ShouldContain("does not name tenant_id can no longer search by_status;");
        plan.Reason.ShouldBe("business table without the column; its indexes are prefixed with tenant_id: by_status");
        (plan.IndexName, plan.AddsIndex).ShouldBe(("by_status", false));
        TenantPlan.Read(Database, new MigrationOptions(Tenant)).Changes.ShouldHaveSingleItem().Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Second_migration_finds_nothing_to_do()
    {
        CreateSampleStore();
        Migrate(Composite).Status.ShouldBe(MigrationStatus.Migrated);
        TenantMigration.Migrate(Database, Composite).Status.ShouldBe(MigrationStatus.AlreadyMigrated);
        TenantMigration.Migrate(Database, new MigrationOptions(Tenant)).Status.ShouldBe(MigrationStatus.AlreadyMigrated);
    }

    [Fact]
    public void Database_with_an_index_on_the_tenant_alone_ends_like_one_that_never_had_it()
    {
        string fresh = Path.Combine(Folder, "fresh.db");
        Shell.Sql(
            Database,
            "CREATE TABLE sales(id INTEGER PRIMARY KEY, status); CREATE INDEX by_status ON sales(status); CREATE TABLE tills(id INTEGER " +
            "PRIMARY KEY)"
        );
        File.Copy(Database, fresh);
        Migrate(new MigrationOptions(Tenant));
        TablePlan plan = TenantPlan.Read(Database, Composite).Changes.ShouldHaveSingleItem();
        (plan.Action, plan.IndexName).ShouldBe((TableAction.Backfill, "by_status"));
        plan.Reason.ShouldContain("idx_sales_tenant_id becomes redundant");
        Migrate(Composite).Checks.ShouldAllBe(c => c.Status == CheckStatus.Passed);

        TenantMigration.Migrate(fresh, Composite);
        Shell.Sql(Database, Indexes).ShouldBe(Shell.Sql(fresh, Indexes));
        Shell.Sql(Database, Indexes).ShouldNotContain("idx_sales_tenant_id");
        TenantMigration.Migrate(Database, Composite).Status.ShouldBe(MigrationStatus.AlreadyMigrated);
    }

    [Fact]
    public void Index_of_the_projects_own_that_has_the_tenant_already_stays()
    {
        Shell.Sql(
            Database,
            $"CREATE TABLE sales(id INTEGER PRIMARY KEY, status, tenant_id VARCHAR(255) NOT NULL DEFAULT '{Tenant}'); CREATE INDEX mine " +
            "ON sales(status, tenant_id); CREATE INDEX shop ON sales(tenant_id)"
        );
        TenantMigration.Migrate(Database, Composite).Status.ShouldBe(MigrationStatus.AlreadyMigrated);
    }

    [Fact]
    public void Statistics_of_an_index_are_made_again_with_it()
    {
        Shell.Sql(Database, """
            CREATE TABLE sales(id INTEGER PRIMARY KEY, status, till); CREATE INDEX by_status ON sales(status); CREATE TABLE tills(id INTEGER PRIMARY KEY, name); CREATE INDEX by_name ON tills(name);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) INSERT INTO sales SELECT i, i % 4, i FROM n;
            ANALYZE;
            """);
        Shell.Sql(Database, "SELECT idx, stat FROM sqlite_stat1").ShouldBe("by_status|100 25");
        Migrate(Composite);
        Shell.Sql(Database, "SELECT idx, stat FROM sqlite_stat1").ShouldBe("by_status|100 100 25");
    }

    [Fact]
    public void Database_without_statistics_gets_none()
    {
        CreateSampleStore();
        Migrate(Composite);
        Shell.Sql(Database, "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'").ShouldBe("0");
    }

    [Fact]
    public void View_that_insists_on_an_index_answers_as_before()
    {
        Shell.Sql(
            Database,
            "CREATE TABLE sales(id INTEGER PRIMARY KEY, status, note); CREATE INDEX by_status ON sales(status); CREATE VIEW open AS " +
            "SELECT * FROM sales INDEXED BY by_status WHERE status = 'open'; INSERT INTO sales VALUES (1, 'open', 'x')"
        );
        Migrate(Composite);
        Shell.Sql(Database, "SELECT id, status, note FROM open").ShouldBe("1|open|x");
    }

    [Fact]
    public void Rebuilt_table_gets_the_tenant_in_front_of_its_indexes_too()
    {
        Shell.Sql(
            Database,
            "CREATE TABLE sales(id INTEGER PRIMARY KEY, receipt UNIQUE, till); CREATE INDEX tills ON sales(till); INSERT INTO sales " +
            "VALUES (1, 2, 3)"
        );
        Migrate(Composite with { UniqueScope = UniqueScope.Tenant }).Checks.ShouldAllBe(c => c.Status == CheckStatus.Passed);
        Shell.Sql(Database, Indexes).ShouldBe("CREATE INDEX tills ON sales(\"tenant_id\", till)");
    }

    private MigrationResult Migrate(MigrationOptions options)
    {
        MigrationResult result = TenantMigration.Migrate(Database, options);
        result.Error?.Message.ShouldBeNull();
        return result;
    }
}
