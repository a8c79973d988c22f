using PosTenancy.Engine.Migration;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Planning;

/// <summary>A refused database: the message suggests options, and with these it is not refused.</summary>
public sealed class AdviceTests : TestFolder
{
    [Fact]
    public void Tables_that_are_left_out_already_are_named_with_the_next_one()
    {
        Shell.Sql(Database, "CREATE TABLE p(x); CREATE TABLE q(x); CREATE TABLE x_log(x); CREATE VIEW v AS SELECT * FROM p UNION SELECT 1");
        ShouldAdvise(new MigrationOptions(Tenant) { ExcludeTable = ["*_log"] }, "It can be migrated with -ExcludeTable '*_log', 'p'.");
    }

    [Theory]
    [InlineData(
        "TenantAndPrimaryKey",
        "CREATE TABLE p(k TEXT PRIMARY KEY); CREATE TABLE c(p REFERENCES p ON DELETE SET NULL)",
        "-UniqueScope Tenant"
    )]
    [InlineData(
        "TenantAndPrimaryKey",
        "CREATE TABLE p(k UNIQUE); CREATE TABLE c(p REFERENCES p(k) ON DELETE SET NULL)",
        "-UniqueScope Database"
    )]
    [InlineData(
        "Tenant",
        "CREATE TABLE p(k UNIQUE); CREATE TABLE c(p DEFAULT 'x' REFERENCES p(k) ON UPDATE SET DEFAULT)",
        "-UniqueScope Database"
    )]
    [InlineData("Tenant", "CREATE TABLE p(k UNIQUE); CREATE TABLE x_log(p REFERENCES p(k))", "-UniqueScope Database")]
    [InlineData("Tenant", "CREATE TABLE p(rowid, oid, _rowid_ UNIQUE)", "-UniqueScope Database")]
    [InlineData(
        "Tenant",
        "CREATE TABLE p(k UNIQUE); CREATE TRIGGER t AFTER INSERT ON p BEGIN INSERT INTO p(k) VALUES(1) ON CONFLICT(k) DO NOTHING; END",
        "-UniqueScope Database"
    )]
    [InlineData("TenantAndPrimaryKey", "CREATE TABLE p(a INTEGER, PRIMARY KEY (a COLLATE NOCASE)) WITHOUT ROWID", "-UniqueScope Tenant")]
    [InlineData("Database", "CREATE TABLE p(x, tenant_id AS (x)); CREATE TABLE q(x)", "-ColumnName tenant")]
    [InlineData("Database", "CREATE TABLE p(x, tenant_id AS (x)); CREATE TABLE q(x, tenant TEXT)", "-ColumnName tenant_key")]
    [InlineData("Database", "CREATE TABLE p(x CHECK (x <> \"tenant_id\")); CREATE TABLE q(x)", "-ColumnName tenant")]
    [InlineData(
        "Database",
        "CREATE TABLE p(x); CREATE TABLE q(y); CREATE TRIGGER t AFTER INSERT ON p BEGIN INSERT INTO q VALUES (new.x); END",
        "-ExcludeTable 'q'"
    )]
    [InlineData("Database", "CREATE TABLE p(x); CREATE TABLE q(x); CREATE VIEW v AS SELECT * FROM p UNION SELECT 1", "-ExcludeTable 'p'")]
    [InlineData(
        "Tenant",
        "CREATE TABLE p(k UNIQUE, tenant_id AS (k)); CREATE TABLE c(p REFERENCES p(k) ON DELETE SET NULL)",
        "-UniqueScope Database and -ColumnName tenant"
    )]
    public void Every_kind_of_blocked_database_is_told_options_that_are_not_refused(string scope, string sql, string advice)
    {
        Shell.Sql(Database, sql);
        ShouldAdvise(
            new MigrationOptions(Tenant)
            {
                UniqueScope = Enum.Parse<UniqueScope>(scope),
                ExcludeTable = sql.Contains("x_log") ? ["*_log"] : [],
            },
            advice);
    }

    [Fact]
    public void Table_that_only_the_application_can_read_is_named_for_leaving_out()
    {
        Shell.Sql(Database, """
            CREATE TABLE sales(id);
            CREATE TABLE "it's"(tag TEXT PRIMARY KEY COLLATE nocase) WITHOUT ROWID;
            PRAGMA writable_schema = 1;
            UPDATE sqlite_schema SET sql = replace(sql, 'nocase', 'unicase');
            """);
        ShouldAdvise(new MigrationOptions(Tenant), "-ExcludeTable 'it''s'");
    }

    [Fact]
    public void Table_as_wide_as_SQLite_allows_is_named_for_leaving_out()
    {
        Shell.Sql(
            Database,
            $"CREATE TABLE wide ({string.Join(", ", Enumerable.Range(0, 2000).Select(i => $"c{i}"))}); CREATE TABLE sales(id)");
        ShouldAdvise(new MigrationOptions(Tenant), "-ExcludeTable 'wide'");
    }

    [Fact]
    public void Where_no_options_help_none_are_named()
    {
        Shell.Sql(Database, $"CREATE TABLE wide ({string.Join(", ", Enumerable.Range(0, 2000).Select(i => $"c{i}"))})");
        string message = Refuse(new MigrationOptions(Tenant));
        message.ShouldBe($"'{Database}' cannot be migrated as it is. Table wide has 2000 columns; SQLite allows at most 2000. " +
            "Change what blocks it; Get-PosTenantPlan shows every table. The database was not changed.");
    }

    [Fact]
    public void Wrong_tenant_is_told_the_right_one()
    {
        CreateSampleStore();
        GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("south"))).Status.ShouldBe(UpgradeStatus.Succeeded);

        Refuse(new MigrationOptions("north"))
            .ShouldBe(
                $"'{Database}' is migrated for 'south'; did you mean that tenant? Run the command again with -TenantId 'south'. The " +
                "database was not changed."
            );
        GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("south"))).Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
    }

    [Fact]
    public void Wrong_tenant_of_a_database_with_several_is_told_the_first_of_them()
    {
        CreateSampleStore();
        GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("south"))).Status.ShouldBe(UpgradeStatus.Succeeded);
        Shell.Sql(
            Database,
            string.Concat(
                Enumerable
                    .Range(1, 5)
                    .Select(i => $"INSERT INTO stores(id, code, name, tenant_id) VALUES ('s{i}', 'c{i}', 'n', 'east{i}');")));

        Refuse(new MigrationOptions("north")).ShouldBe(
            $"'{Database}' is migrated for 'south', and has rows of 'east1', 'east2', 'east3' and 2 more; did you mean 'south'? " +
            "Run the command again with -TenantId 'south'. The database was not changed.");
        GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("south"))).Error.ShouldBeNull();
    }

    [Theory]
    [InlineData(
        "tenant_id INTEGER", "7", "has rows of the tenant '7'; did you mean that tenant? Run the command again with -TenantId '7'.")]
    [InlineData(
        "tenant_id TEXT",
        "'o''brien'",
        "has rows of the tenant 'o'brien'; did you mean that tenant? Run the command again with -TenantId 'o''brien'."
    )]
    public void Column_that_another_tool_filled_is_told_whose_rows_there_are(string column, string tenant, string message)
    {
        Shell.Sql(Database, $"CREATE TABLE p(x, {column}); CREATE TABLE q(x); INSERT INTO p VALUES (1, {tenant})");
        ShouldAdvise(new MigrationOptions(Tenant), message);
    }

    [Fact]
    public void Tables_of_two_tenants_are_not_guessed_at()
    {
        Shell.Sql(
            Database,
            "CREATE TABLE p(x, tenant_id TEXT); CREATE TABLE q(x, tenant_id TEXT); CREATE TABLE r(x); INSERT INTO p VALUES (1, 'a'); " +
            "INSERT INTO q VALUES (1, 'b')"
        );
        ShouldAdvise(new MigrationOptions(Tenant), "It can be migrated with -TenantId 'a' and -ExcludeTable 'q'.");
    }

    [Fact]
    public void Reason_of_many_tables_stands_once_in_words_that_fit_their_number()
    {
        string Child(int i) => $"CREATE TABLE c{i}(p REFERENCES p ON DELETE SET NULL);";
        MigrationOptions options = new(Tenant) { UniqueScope = UniqueScope.TenantAndPrimaryKey };
        Shell.Sql(Database, "CREATE TABLE p(k TEXT PRIMARY KEY);" + Child(1));
        Refuse(options).ShouldContain("Table c1 has a foreign key to p with SET NULL");
        Shell.Sql(Database, Child(2));
        Refuse(options).ShouldContain("Each of c1 and c2 has a foreign key to p with SET NULL");
        Shell.Sql(Database, Child(3) + Child(4) + Child(5));
        Refuse(options).ShouldContain("Each of c1, c2, c3 and 2 more tables has a foreign key to p with SET NULL");
    }

    private void ShouldAdvise(MigrationOptions options, string advice)
    {
        string before = Snapshot();
        Refuse(options).ShouldContain(advice);
        Snapshot().ShouldBe(before);

        MigrationOptions better = TenantPlan
            .Read(Database, options, TestContext.Current.CancellationToken)
            .Advice.ShouldNotBeNull()
            .Plan.Options;
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(better));
        (result.Status, result.Error?.Message).ShouldBe((UpgradeStatus.Succeeded, null));
    }

    private string Refuse(MigrationOptions options)
    {
        Failure error = GuardedUpgrade.Run(Database, new UpgradeOptions(options)).Error.ShouldNotBeNull();
        error.ErrorId.ShouldBe(ErrorIds.PlanBlocked);
        return error.Message;
    }
}
