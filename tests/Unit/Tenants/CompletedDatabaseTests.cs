using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Scripts;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>What other commands make of a database without the DEFAULT.</summary>
public sealed class CompletedDatabaseTests : CompletionFolder
{
    private const string Schema = """
        CREATE TABLE orders(id INTEGER PRIMARY KEY, code TEXT UNIQUE);
        CREATE TABLE lines(id INTEGER PRIMARY KEY, "order" INTEGER REFERENCES orders, price REAL);

        """;

    private static readonly MigrationOptions Options = new("south") { UniqueScope = UniqueScope.Tenant };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Source => Path.Combine(Folder, "north.db");

    [Fact]
    public void Upgrade_finds_nothing_to_do_and_the_plan_is_the_same_for_each_tenant()
    {
        CreateBoth();
        string before = Sha256(Database);
        foreach (string tenant in new[] { "south", "north" })
        {
            TenantPlan.Read(Database, new MigrationOptions(tenant), Cancel).TenantTables
                .ShouldAllBe(t => t.Action == TableAction.None && t.Warnings.All(w => w.StartsWith("Unique", StringComparison.Ordinal)));
            GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(tenant))).Status
                .ShouldBe(UpgradeStatus.AlreadyMigrated);
        }

        Sha256(Database).ShouldBe(before);
    }

    [Fact]
    public void Next_release_gets_no_default_either_and_owners_follow_foreign_keys()
    {
        CreateBoth();
        Sql("""
            CREATE TABLE parcels(code TEXT PRIMARY KEY, shipment REFERENCES shipments, note TEXT) WITHOUT ROWID;
            CREATE TABLE shipments(id INTEGER PRIMARY KEY AUTOINCREMENT, "order" REFERENCES orders, weight);
            CREATE INDEX shipment_weights ON shipments(weight);
            CREATE TRIGGER weighs AFTER INSERT ON shipments WHEN NEW.weight IS NULL BEGIN
                UPDATE shipments SET weight = 0 WHERE id = NEW.id;
            END;
            CREATE TABLE empty(id INTEGER PRIMARY KEY);
            CREATE TABLE plain(a TEXT) STRICT;
            INSERT INTO shipments VALUES(10, 1, 5), (11, (SELECT id FROM orders WHERE code = 'n9'), 6);
            INSERT INTO parcels VALUES('a', 10, 'x'), ('b', 11, 'y');
            INSERT INTO plain VALUES('p');
            """);
        MigrationOptions options = Options with { TenantFor = [new TableTenant("plain", "north")] };

        MigrationPlan plan = TenantPlan.Read(Database, options, Cancel);
        TablePlan shipments = plan.Tables.Single(t => t.Table == "shipments");
        shipments.Action.ShouldBe(TableAction.Rebuild);
        shipments.Reason.ShouldBe(
            "business table without the column; the column gets no DEFAULT, as this database has none any more; " +
            "tenant from order -> orders");
        plan.Tables.SelectMany(t => t.Sql).ShouldAllBe(sql => !sql.Contains("DEFAULT", StringComparison.Ordinal));
        plan.Tables.Where(t => t.IsChanged).Select(t => t.Action).Distinct().ShouldBe([TableAction.Rebuild]);

        UpgradeResult result = Migrate(options);

        result.ProvedBy.ShouldBe(ProvedBy.Twin);
        result.Checks.ShouldHavePassed();
        TenantIntegrity.Test(Database, TenantExpectation.From(Options), result.BackupPath).ShouldHavePassed();
        Sql("SELECT id, tenant_id FROM shipments ORDER BY id; SELECT code, tenant_id FROM parcels ORDER BY code; SELECT * FROM plain")
            .ShouldBe("10|south\n11|north\na|south\nb|north\np|north");
        Statement("shipments").ShouldBe(
            "CREATE TABLE \"shipments\"(id INTEGER PRIMARY KEY AUTOINCREMENT, \"order\" REFERENCES orders, weight, " +
            "\"tenant_id\" VARCHAR(255) NOT NULL)");
        Statement("empty").ShouldContain("\"tenant_id\" VARCHAR(255) NOT NULL)");
        foreach (string table in new[] { "shipments", "parcels", "empty", "plain" })
        {
            Insert($"INSERT INTO {table} DEFAULT VALUES").ShouldContain("NOT NULL constraint failed");
        }

        Sql("INSERT INTO shipments(\"order\", tenant_id) VALUES(1, 'south'); SELECT id, weight FROM shipments WHERE id > 11")
            .ShouldBe("12|0");
        Sql("SELECT name FROM sqlite_schema WHERE tbl_name = 'shipments' AND type <> 'table' ORDER BY name")
            .ShouldBe("idx_shipments_tenant_id\nshipment_weights\nweighs");
        Sql("PRAGMA integrity_check; PRAGMA foreign_key_check").ShouldBe("ok");
        GuardedUpgrade.Run(Database, new UpgradeOptions(Options)).Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
        Complete().Columns.ShouldBeEmpty();
    }

    [Fact]
    public void Next_release_of_a_database_with_one_tenant_gets_no_default_either()
    {
        Sql(Schema + "INSERT INTO orders VALUES(1, 'a');");
        Migrate();
        CompleteGood();
        Sql("CREATE TABLE more(id INTEGER PRIMARY KEY, b); INSERT INTO more VALUES(1, 'x'), (7, NULL);");
        UpgradeResult result = Migrate();
        result.Checks.ShouldHavePassed();
        Sql("SELECT * FROM more").ShouldBe("1|x|south\n7||south");
        Insert("INSERT INTO more(b) VALUES('y')").ShouldContain("NOT NULL constraint failed: more.tenant_id");
    }

    [Fact]
    public void Column_that_allows_null_is_backfilled_without_a_default()
    {
        CreateBoth();
        Sql("""
            CREATE TABLE visits(id INTEGER PRIMARY KEY, "order" REFERENCES orders, tenant_id TEXT DEFAULT 'south');
            INSERT INTO visits VALUES(1, 1, NULL), (2, (SELECT id FROM orders WHERE code = 'n9'), NULL), (3, NULL, 'north');
            """);
        Migrate(Options);
        Sql("SELECT id, tenant_id FROM visits ORDER BY id").ShouldBe("1|south\n2|north\n3|north");
        Statement("visits").ShouldContain("tenant_id TEXT NOT NULL)");
    }

    [Fact]
    public void Default_that_a_later_script_brings_is_warned_about_and_dropped_again()
    {
        CreateBoth();
        Sql($"CREATE TABLE more(id INTEGER PRIMARY KEY, {Column}); CREATE INDEX i ON more(tenant_id); INSERT INTO more(id) VALUES(1);");
        TablePlan more = TenantPlan.Read(Database, Options, Cancel).Tables.Single(t => t.Table == "more");
        more.Action.ShouldBe(TableAction.None);
        more.Warnings.ShouldContain(
            "An INSERT without a tenant gets the DEFAULT 'south', which the other tables do not have any more. Run " +
            "Complete-PosTenantMigration again to drop it.");
        CompleteGood().Columns.Select(c => c.Table).ShouldBe(["more"]);
        TenantPlan.Read(Database, Options, Cancel).Tables.Single(t => t.Table == "more").Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Script_of_the_application_still_runs_as_it_is()
    {
        CreateBoth();
        Sql("CREATE TABLE more(id INTEGER PRIMARY KEY);");
        string script = Path.Combine(Folder, "002.sql");
        File.WriteAllText(
            script,
            "ALTER TABLE more ADD COLUMN tenant_id TEXT NOT NULL DEFAULT 'south';\nCREATE INDEX more_t ON more(tenant_id);\n");
        Migrate(new MigrationOptions("south") { Script = ScriptFile.Read(script) });
        Statement("more").ShouldContain("DEFAULT 'south'");
    }

    [Fact]
    public void Checks_are_content_and_the_isolation_test_plants_its_rows()
    {
        CreateBoth();
        TenantIntegrity.Test(Database, new TenantExpectation(null, "tenant_id", []) { UniqueScope = UniqueScope.Tenant })
            .Where(c => c.Status is CheckStatus.Failed or CheckStatus.Warning).ShouldBeEmpty();
        IReadOnlyList<IsolationResult> results = TenantIsolation
            .Test(Database, new TenantExpectation("south", "tenant_id", []), cancellation: Cancel).Results;
        results.Select(r => r.Table).Distinct().Order(StringComparer.Ordinal).ShouldBe(["lines", "orders"]);
        results.ShouldAllBe(r => r.Status == CheckStatus.Passed);
    }

    [Fact]
    public void Store_is_imported_compared_and_exported_as_before()
    {
        CreateBoth(new MigrationOptions("south"));
        string south = Path.Combine(Folder, "south.db");
        Shell.Sql(south, Schema + "INSERT INTO orders VALUES(1, 'w1');");
        TenantImport.Run(Database, [new TenantSource(south, "west")], new TenantImportOptions(), cancellation: Cancel)[0]
            .Status.ShouldBe(TenantChangeStatus.Succeeded);

        TenantExportResult store = TenantExport.Create(
            Database, new TenantExportOptions("north") { AsSingleTenant = true }, cancellation: Cancel);
        Shell.Sql(store.ExportPath, ".schema").ShouldBe(Shell.Sql(Source, ".schema"));
        Shell.Sql(store.ExportPath, "SELECT * FROM orders; SELECT * FROM lines").ShouldBe(
            Shell.Sql(Source, "SELECT * FROM orders; SELECT * FROM lines"));
        TenantExportResult export = TenantExport.Create(Database, new TenantExportOptions("north"), cancellation: Cancel);
        Differences("north", Source).ShouldBe("");
        Differences("north", store.ExportPath).ShouldBe("");
        Differences("north", export.ExportPath).ShouldBe("");
        string first = Directory.GetFiles(Folder, "pos.db.backup-*.json").Order(StringComparer.Ordinal).First();
        Differences("south", first.Substring(0, first.Length - ".json".Length)).ShouldBe("");
    }

    [Fact]
    public void Export_from_before_the_completion_is_imported_after_it()
    {
        Sql(Schema + "INSERT INTO orders VALUES(1, 's1');");
        Migrate(Options);
        TenantExportResult export = TenantExport.Create(Database, new TenantExportOptions("south"), cancellation: Cancel);
        CompleteGood();
        TenantImport.Run(Database, [new TenantSource(export.ExportPath, "again")], new TenantImportOptions(), cancellation: Cancel)[0]
            .Status.ShouldBe(TenantChangeStatus.Succeeded);
        Sql("SELECT tenant_id FROM orders ORDER BY 1").ShouldBe("again\nsouth");
    }

    /// <summary>Two tenants, north imported from a store of its own, and no DEFAULT any more.</summary>
    private void CreateBoth(MigrationOptions? options = null)
    {
        Sql(Schema + "INSERT INTO orders VALUES(1, 's1'), (2, 's2'); INSERT INTO lines VALUES(1, 1, 1.5);");
        Migrate(options ?? Options);
        Shell.Sql(Source, Schema + "INSERT INTO orders VALUES(1, 'n9'); INSERT INTO lines VALUES(1, 1, 2.5);");
        TenantImport.Run(Database, [new TenantSource(Source, "north")], new TenantImportOptions(), cancellation: Cancel)[0]
            .Status.ShouldBe(TenantChangeStatus.Succeeded);
        CompleteGood().TenantId.ShouldBe("south");
    }

    private string Differences(string tenant, string with)
    {
        using TenantComparisonReading reading = TenantComparison.Run(
            Database, new TenantComparisonOptions(tenant, with), cancellation: Cancel);
        return string.Join('\n', reading.Differences);
    }
}
