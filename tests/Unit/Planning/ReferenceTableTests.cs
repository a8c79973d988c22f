using PosTenancy.Engine.History;
using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Planning;

/// <summary>Tables that all tenants share: named once, recorded in the history, and known to every later command.</summary>
public sealed class ReferenceTableTests : TestFolder
{
    private const string Schema = """
        CREATE TABLE tax_rates(id INTEGER PRIMARY KEY, rate);
        CREATE TABLE makes(id INTEGER PRIMARY KEY, name, tenant_id TEXT);
        CREATE TABLE "odd, ""name[1]"(x);
        CREATE TABLE sales(id INTEGER PRIMARY KEY, tax REFERENCES tax_rates, make REFERENCES makes);
        INSERT INTO tax_rates VALUES(1, 19);
        INSERT INTO makes VALUES(1, 'Dell', NULL), (2, 'Sony', 'north');
        INSERT INTO "odd, ""name[1]" VALUES(1);
        INSERT INTO sales VALUES(1, 1, 2);
        """;

    private const string Odd = "odd, \"name[1]";

    private static readonly MigrationOptions Options = new(Tenant) { ReferenceTable = ["tax_*", "MAKES", "odd*"] };

    [Fact]
    public void Shared_table_gets_no_column_and_keeps_one_that_it_has()
    {
        Shell.Sql(Database, Schema);
        UpgradeResult result = Upgrade(Options);

        result.Status.ShouldBe(UpgradeStatus.Succeeded, result.Error?.Message);
        Action(result.Plan!, "tax_rates").ShouldBe(TableAction.Share);
        result.Plan!.Tables.Single(t => t.Table == "makes").Reason.ShouldBe("shared by all tenants; its column tenant_id stays as it is");
        Columns("tax_rates").ShouldBe("id,rate");
        Shell.Sql(Database, "SELECT id, quote(tenant_id) FROM makes").ShouldBe("1|NULL\n2|'north'");
        Shell.Sql(Database, "SELECT tenant_id FROM sales").ShouldBe(Tenant);
        result.Checks.ShouldHavePassed();
    }

    [Fact]
    public void History_records_the_names_in_a_row_of_its_own()
    {
        Shell.Sql(Database, Schema);
        Upgrade(Options).Status.ShouldBe(UpgradeStatus.Succeeded);

        Shell.Sql(Database, "SELECT id, kind, name, tables, statements FROM _postenancy_history").ShouldBe(
            "1|Plan||1|2\n2|Share|makes, \"odd, \"\"name[1]\", tax_rates|3|0");
        TenantHistory.Read(Database).Entries.Select(e => e.ToString()).ShouldBe(
            [$"Plan {Tenant}", $"Share makes, \"odd, \"\"name[1]\", tax_rates {Tenant}"]);
    }

    [Fact]
    public void Every_later_command_knows_the_shared_tables_from_the_history()
    {
        Shell.Sql(Database, Schema);
        UpgradeResult first = Upgrade(Options);

        UpgradeResult again = Upgrade(new MigrationOptions(Tenant));
        again.Status.ShouldBe(UpgradeStatus.AlreadyMigrated, again.Error?.Message);
        again.Plan!.Tables.Where(t => t.Action == TableAction.Share).Select(t => t.Table).ShouldBe(["tax_rates", "makes", Odd]);
        again.Checks.Where(c => c.Status == CheckStatus.Failed).ShouldBeEmpty();

        TenantIntegrity.Test(Database, new TenantExpectation(Tenant, "tenant_id", []), first.BackupPath).ShouldHavePassed();
        TenantIntegrity.Distribution(Database, "tenant_id", static _ => true).Select(d => d.Table).ShouldBe(["sales"]);
        DatabaseNames.Tables(Database).ShouldBe(["sales"]);
        DatabaseNames.Tenants(Database, "tenant_id").ShouldBe([Tenant]);
        IReadOnlyList<IsolationResult> isolation = TenantIsolation.Test(Database, new TenantExpectation(Tenant, "tenant_id", [])).Results;
        isolation.Where(r => r.Status == CheckStatus.Failed).ShouldBeEmpty();
        isolation.Single(r => r.Table == "makes").Detail.ShouldBe("belongs to no tenant: shared by all tenants");
    }

    [Fact]
    public void A_table_whose_name_a_recorded_name_would_match_as_a_pattern_is_not_shared()
    {
        Shell.Sql(Database, """
            CREATE TABLE "t[1]"(x); CREATE TABLE t1(x);
            """);
        UpgradeResult result = Upgrade(new MigrationOptions(Tenant) { ReferenceTable = ["t[[]1]"] });

        result.Status.ShouldBe(UpgradeStatus.Succeeded, result.Error?.Message);
        result.Plan!.Tables.Select(t => t.ToString()).ShouldBe(["t[1]: Share", "t1: AddColumn"]);
        result.Checks.ShouldHavePassed();
        Upgrade(new MigrationOptions(Tenant)).Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
    }

    [Fact]
    public void A_new_shared_table_alone_is_recorded_with_those_known_before()
    {
        Shell.Sql(Database, "CREATE TABLE sales(x)");
        Upgrade(new MigrationOptions(Tenant)).Status.ShouldBe(UpgradeStatus.Succeeded);
        Shell.Sql(Database, "CREATE TABLE a(x); CREATE TABLE b(x)");
        Upgrade(new MigrationOptions(Tenant) { ReferenceTable = ["a", "b"] }).Status.ShouldBe(UpgradeStatus.Succeeded);
        Shell.Sql(Database, "CREATE TABLE c(x)");

        UpgradeResult result = Upgrade(new MigrationOptions(Tenant) { ReferenceTable = ["c"] });
        result.Status.ShouldBe(UpgradeStatus.Succeeded, result.Error?.Message);
        result.Plan!.Changes.ShouldBeEmpty();
        result.Plan.RecordedSharedTables.ShouldBe(["a", "b", "c"]);
        Shell.Sql(Database, "SELECT kind, name FROM _postenancy_history ORDER BY id").ShouldBe("Plan|\nShare|a, b\nShare|a, b, c");

        UpgradeResult again = Upgrade(new MigrationOptions(Tenant) { ReferenceTable = ["c"] });
        again.Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
        Shell.Sql(Database, "SELECT count(*) FROM _postenancy_history").ShouldBe("3");
    }

    [Fact]
    public void With_the_projects_own_history_the_tables_are_named_each_time()
    {
        Shell.Sql(Database, Schema + "CREATE TABLE schema_log(name TEXT, applied_at TEXT);");
        MigrationOptions options = Options with { HistoryTable = "schema_log" };
        UpgradeResult first = Upgrade(options);

        first.Status.ShouldBe(UpgradeStatus.Succeeded, first.Error?.Message);
        Shell.Sql(Database, "SELECT count(*) FROM schema_log").ShouldBe("1");
        Action(TenantPlan.Read(Database, options), "makes").ShouldBe(TableAction.Share);

        // The row of north in makes counts now, so that tax_rates has to be asked for.
        Action(TenantPlan.Read(Database, options with { ReferenceTable = [] }), "tax_rates").ShouldBe(TableAction.Blocked);
        Upgrade(options).Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
        TenantIntegrity.Test(Database, TenantExpectation.From(options), first.BackupPath).ShouldHavePassed();
    }

    [Theory]
    [InlineData(new[] { "nothing*" }, new string[0], "-ReferenceTable 'nothing*' matches no business table of ")]
    [InlineData(new[] { "sqlite_sequence" }, new string[0], "-ReferenceTable 'sqlite_sequence' matches no business table of ")]
    [InlineData(new[] { "makes" }, new[] { "m*" }, "-ReferenceTable and -ExcludeTable both name the table 'makes' of ")]
    public void A_choice_that_cannot_be_is_refused_and_changes_nothing(string[] shared, string[] excluded, string message)
    {
        Shell.Sql(Database, Schema + "CREATE TABLE counters(id INTEGER PRIMARY KEY AUTOINCREMENT);");
        string before = Snapshot();
        MigrationOptions options = new(Tenant) { ReferenceTable = shared, ExcludeTable = excluded };

        UpgradeResult result = Upgrade(options);
        result.Status.ShouldBe(UpgradeStatus.Refused);
        result.Error!.ErrorId.ShouldBe(ErrorIds.InvalidReferenceTable);
        result.Error.Message.ShouldStartWith(message);
        Should.Throw<PosTenancyException>(() => TenantPlan.Read(Database, options)).ErrorId.ShouldBe(ErrorIds.InvalidReferenceTable);
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Shared_table_that_would_lose_a_key_it_references_is_blocked()
    {
        Shell.Sql(Database, "CREATE TABLE p(k TEXT UNIQUE); CREATE TABLE s(k REFERENCES p(k))");
        TenantPlan.Read(Database, new MigrationOptions(Tenant) { ReferenceTable = ["s"], UniqueScope = UniqueScope.Tenant })
            .Blocked.Single().Table.ShouldBe("s");
    }

    [Fact]
    public void A_history_that_is_no_history_names_no_table()
    {
        Shell.Sql(Database, "CREATE TABLE sales(x); CREATE VIEW _postenancy_history AS SELECT 1 AS id, 'Share' AS kind, 'sales' AS name");
        Action(TenantPlan.Read(Database, new MigrationOptions(Tenant)), "sales").ShouldBe(TableAction.AddColumn);

        Shell.Sql(Database, "DROP VIEW _postenancy_history; CREATE TABLE _postenancy_history(name)");
        Action(TenantPlan.Read(Database, new MigrationOptions(Tenant)), "sales").ShouldBe(TableAction.AddColumn);
    }

    private static TableAction Action(MigrationPlan plan, string table) => plan.Tables.Single(t => t.Table == table).Action;

    private string Columns(string table) =>
        Shell.Sql(Database, $"SELECT group_concat(name) FROM pragma_table_info('{table}')");

    private UpgradeResult Upgrade(MigrationOptions options) => GuardedUpgrade.Run(Database, new UpgradeOptions(options));
}
