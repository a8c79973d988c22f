using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Migration;

/// <summary>The application's next release adds tables to a database that has rows of several tenants.</summary>
public sealed class NextReleaseTests : TestFolder
{
    private const string North = "north";
    private const string South = "south";

    /// <summary>Orders of two tenants, as an earlier upgrade left them.</summary>
    private const string TwoTenants = """
        CREATE TABLE orders(id INTEGER PRIMARY KEY, code TEXT UNIQUE, tenant_id VARCHAR(255) NOT NULL DEFAULT 'north');
        CREATE INDEX idx_orders_tenant_id ON orders(tenant_id);
        INSERT INTO orders VALUES(1, 'n1', 'north'), (2, 's2', 'south'), (3, 'n3', 'north');
        """;

    private static readonly MigrationOptions Options = new(North);

    [Fact]
    public void Owners_follow_a_foreign_key_directly_and_over_several_steps()
    {
        Create("""
            CREATE TABLE scans(id INTEGER PRIMARY KEY, parcel TEXT REFERENCES parcels(code));
            CREATE TABLE parcels(code TEXT PRIMARY KEY, shipment REFERENCES shipments);
            CREATE TABLE shipments(id INTEGER PRIMARY KEY, order_id REFERENCES orders, weight);
            INSERT INTO shipments VALUES(10, 1, 5), (11, 2, 6), (12, 2, 7);
            INSERT INTO parcels VALUES('a', 10), ('b', 12);
            INSERT INTO scans VALUES(7, 'b'), (8, 'a'), (9, 'b');
            """);

        UpgradeResult result = Succeed(Options);
        Rows("shipments", "id").ShouldBe("10|north\n11|south\n12|south");
        Rows("parcels", "code").ShouldBe("a|north\nb|south");
        Rows("scans", "id").ShouldBe("7|south\n8|north\n9|south");
        Plan(result, "shipments").Reason.ShouldBe("business table without the column; tenant from order_id -> orders");
        Plan(result, "scans").TenantFrom.ShouldBe("parcel -> parcels, shipment -> shipments, order_id -> orders");
        Check(result, "TenantDistribution").Expected.ShouldBe("as planned, 6 rows of south; 5 rows of north");
        result.ProvedBy.ShouldBe(ProvedBy.Twin);
        Shell.Sql(Database, "PRAGMA integrity_check").ShouldBe("ok");
        Shell.Sql(Database, "SELECT sql FROM sqlite_schema WHERE name = 'shipments'").ShouldContain("NOT NULL DEFAULT 'north'");
        GuardedUpgrade.Run(Database, new UpgradeOptions(Options)).Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
        TenantIntegrity.Test(Database, TenantExpectation.From(Options), result.BackupPath).ShouldHavePassed();
    }

    [Theory]
    [InlineData("CREATE TABLE t(k, a REFERENCES orders(code)); INSERT INTO t VALUES(1, 's2'), (2, 'n1')", "1|south\n2|north")]
    [InlineData(
        "CREATE TABLE t(k, a REFERENCES orders, b REFERENCES orders); INSERT INTO t VALUES(1, NULL, 2), (2, 1, NULL), (3, 2, 2)",
        "1|south\n2|north\n3|south")]
    [InlineData(
        "CREATE TABLE p(a, b, o REFERENCES orders, PRIMARY KEY(a, b)) WITHOUT ROWID; " +
            "CREATE TABLE t(k, x, y, FOREIGN KEY(x, y) REFERENCES p); " +
            "INSERT INTO p VALUES(1, 'x', 1), (1, 'y', 2); INSERT INTO t VALUES(1, 1, 'x'), (2, 1, 'y')",
        "1|north\n2|south")]
    [InlineData(
        "CREATE TABLE t(k INTEGER PRIMARY KEY, up REFERENCES t, o REFERENCES orders); " +
            "INSERT INTO t VALUES(1, 2, NULL), (2, 3, NULL), (3, NULL, 2), (4, 4, 1)",
        "1|south\n2|south\n3|south\n4|north")]
    [InlineData(
        "CREATE TABLE t(k INTEGER PRIMARY KEY, a REFERENCES u); CREATE TABLE u(k INTEGER PRIMARY KEY, b REFERENCES t, " +
            "o REFERENCES orders); INSERT INTO t VALUES(1, 5), (2, 6); INSERT INTO u VALUES(5, 2, NULL), (6, 1, NULL), (7, NULL, 1); " +
            "UPDATE u SET o = 2 WHERE k = 6",
        "1|south\n2|south")]
    [InlineData(
        "CREATE TABLE t(k INTEGER PRIMARY KEY, x REFERENCES t, y REFERENCES t, o REFERENCES orders); " +
            "INSERT INTO t VALUES(1, 2, 3, NULL), (2, 1, NULL, NULL), (3, NULL, NULL, 2)",
        "1|south\n2|south\n3|south")]
    [InlineData(
        "CREATE TABLE t(k, a INTEGER REFERENCES orders(code)); INSERT INTO orders VALUES(4, '7', 'south'); INSERT INTO t VALUES(1, 7)",
        "1|south")]
    [InlineData("CREATE TABLE t(rowid, k, o REFERENCES orders) ; INSERT INTO t VALUES(9, 1, 2), (9, 2, 1)", "1|south\n2|north")]
    [InlineData("CREATE TABLE t(k INT, o INT REFERENCES orders) STRICT; INSERT INTO t VALUES(1, 2)", "1|south")]
    public void Owners_follow_every_kind_of_foreign_key(string sql, string rows)
    {
        Create(sql);
        Succeed(Options).Checks.ShouldHavePassed();
        Rows("t", "k").ShouldBe(rows);
    }

    [Fact]
    public void Rows_whose_references_lead_to_different_tenants_block_the_table()
    {
        Create("""
            CREATE TABLE moves(id INTEGER PRIMARY KEY, a REFERENCES orders, b REFERENCES orders);
            INSERT INTO moves VALUES(10, 1, 1), (9, 1, 2), (11, 2, 3);
            """);
        Refuse(Options, "moves").ShouldContain(
            "Table moves has 2 rows whose foreign keys lead to different tenants, the first with id 9: 'north' by a -> orders, " +
            "'south' by b -> orders; correct these rows first.");
    }

    [Fact]
    public void Rows_without_an_owner_block_the_table_until_one_is_named()
    {
        Create("""
            CREATE TABLE notes(a TEXT, n INTEGER, o REFERENCES orders, PRIMARY KEY(a, n)) WITHOUT ROWID;
            INSERT INTO notes VALUES('x', 2, NULL), ('x', 1, 2), ('x', 3, 99);
            """);
        Refuse(Options, "notes").ShouldContain(
            "Table notes has 2 rows whose foreign keys lead to no tenant, the first with a, n 'x', 2: name the tenant with -TenantFor " +
            "@{ 'notes' = 'north' or 'south' }");

        UpgradeResult result = Succeed(Options with { TenantFor = [new TableTenant("NOTES", South)] });
        Rows("notes", "n").ShouldBe("1|south\n2|south\n3|south");
        Plan(result, "notes").TenantFrom.ShouldBe("o -> orders, otherwise 'south' as -TenantFor says");
    }

    [Fact]
    public void Table_without_a_path_is_asked_for_and_decides_for_those_that_reference_it()
    {
        Create("""
            CREATE TABLE promotions(id INTEGER PRIMARY KEY, name);
            CREATE TABLE coupons(id INTEGER PRIMARY KEY, promotion REFERENCES promotions);
            INSERT INTO promotions VALUES(1, 'x');
            INSERT INTO coupons VALUES(1, 1);
            """);
        string message = Refuse(Options, "promotions", "coupons");
        message.ShouldContain(
            "Table promotions has 1 row without a tenant, and no foreign key that leads to one: name the tenant with -TenantFor " +
            "@{ 'promotions' = 'north' or 'south' }, or the table with -ReferenceTable 'promotions' if all tenants share it.");
        message.ShouldContain("It can be migrated with -TenantFor @{ 'promotions' = 'north' or 'south' }.");

        UpgradeResult result = Succeed(Options with { TenantFor = [new TableTenant("promotions", South)] });
        Rows("promotions", "id").ShouldBe("1|south");
        Rows("coupons", "id").ShouldBe("1|south");
        Plan(result, "coupons").TenantFrom.ShouldBe("promotion -> promotions");
    }

    [Fact]
    public void Table_without_rows_needs_no_owner()
    {
        Create("CREATE TABLE promotions(id INTEGER PRIMARY KEY)");
        Plan(Succeed(Options), "promotions").Reason.ShouldBe("business table without the column");
    }

    [Fact]
    public void Reference_to_a_shared_table_gives_no_owner()
    {
        Create("""
            CREATE TABLE taxes(id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL DEFAULT 'south');
            CREATE TABLE fees(id INTEGER PRIMARY KEY, tax REFERENCES taxes);
            INSERT INTO taxes(id) VALUES(1); INSERT INTO fees VALUES(1, 1);
            """);
        MigrationOptions shared = Options with { ReferenceTable = ["taxes"] };
        Refuse(shared, "fees").ShouldContain("no foreign key that leads to one");
        Succeed(shared with { TenantFor = [new TableTenant("fees", North)] });
        Rows("fees", "id").ShouldBe("1|north");
        Rows("taxes", "id").ShouldBe("1|south");
    }

    [Fact]
    public void Tenant_that_only_a_shared_table_has_does_not_count()
    {
        Shell.Sql(Database, """
            CREATE TABLE orders(id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL DEFAULT 'north');
            CREATE TABLE taxes(id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL);
            CREATE TABLE promotions(id);
            INSERT INTO orders(id) VALUES(1); INSERT INTO taxes VALUES(1, 'all'); INSERT INTO promotions VALUES(1);
            """);
        Succeed(Options with { ReferenceTable = ["taxes"] });
        Rows("promotions", "id").ShouldBe("1|north");
    }

    [Fact]
    public void Triggers_of_the_application_do_not_fire()
    {
        Create("""
            CREATE TABLE shipments(id INTEGER PRIMARY KEY, order_id REFERENCES orders, n);
            CREATE TABLE log(x);
            INSERT INTO shipments VALUES(1, 2, 0);
            CREATE TRIGGER touch AFTER UPDATE ON shipments BEGIN UPDATE shipments SET n = n + 1; INSERT INTO log(x) VALUES(1); END;
            """);
        Succeed(Options).Checks.ShouldHavePassed();
        Shell.Sql(Database, "SELECT n, tenant_id, (SELECT count(*) FROM log) FROM shipments").ShouldBe("0|south|0");
    }

    [Theory]
    [InlineData(UniqueScope.Tenant)]
    [InlineData(UniqueScope.TenantAndPrimaryKey)]
    public void Rebuilt_table_gets_each_rows_owner(UniqueScope scope)
    {
        Create("""
            CREATE TABLE shipments(code TEXT UNIQUE, order_id REFERENCES orders(id));
            CREATE TABLE parcels(a TEXT PRIMARY KEY, shipment TEXT REFERENCES shipments(code)) WITHOUT ROWID;
            INSERT INTO shipments VALUES('x', 1), ('y', 2);
            INSERT INTO parcels VALUES('p', 'y'), ('q', 'x');
            """);
        UpgradeResult result = Succeed(Options with { UniqueScope = scope });
        Plan(result, "shipments").Action.ShouldBe(TableAction.Rebuild);
        Rows("shipments", "code").ShouldBe("x|north\ny|south");
        Rows("parcels", "a").ShouldBe("p|south\nq|north");
        Shell.Sql(Database, "PRAGMA foreign_key_check").ShouldBe("");
    }

    [Fact]
    public void Row_without_a_tenant_in_an_existing_column_gets_its_owner_and_others_keep_theirs()
    {
        Create("""
            CREATE TABLE lines(id INTEGER PRIMARY KEY, o REFERENCES orders, tenant_id TEXT);
            CREATE TABLE parts(id INTEGER PRIMARY KEY, line REFERENCES lines);
            INSERT INTO lines VALUES(1, 1, NULL), (2, 2, NULL), (3, 2, 'south'), (4, NULL, 'south');
            INSERT INTO parts VALUES(1, 2), (2, 4), (3, 1);
            """);
        UpgradeResult result = Succeed(Options);
        Plan(result, "lines").Action.ShouldBe(TableAction.Backfill);
        Rows("lines", "id").ShouldBe("1|north\n2|south\n3|south\n4|south");
        Rows("parts", "id").ShouldBe("1|south\n2|south\n3|north");
        result.Checks.ShouldHavePassed();
    }

    [Theory]
    [InlineData("tenant_id TEXT NOT NULL")]
    [InlineData("tenant_id TEXT NOT NULL DEFAULT 'south'")]
    [InlineData("tenant_id TEXT NOT NULL DEFAULT \"north\"")]
    public void Column_that_is_never_NULL_is_complete_without_a_default_or_with_one_of_the_tenants(string column)
    {
        Create($"CREATE TABLE lines(id INTEGER PRIMARY KEY, {column}); INSERT INTO lines VALUES(1, 'south')");
        TablePlan plan = Plan(Succeed(Options), "lines");
        (plan.Action, plan.IsRebuilt).ShouldBe((TableAction.Backfill, false));
        plan.Reason.ShouldBe("has the column, but no index that begins with it");
        Rows("lines", "id").ShouldBe("1|south");
    }

    [Fact]
    public void Tenant_without_rows_is_refused()
    {
        Create("CREATE TABLE promotions(id); INSERT INTO promotions VALUES(1)");
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("nort")));
        result.Error!.ErrorId.ShouldBe(ErrorIds.PlanBlocked);
        result.Error.Message.ShouldContain(
            "It can be migrated with -TenantId 'north' and -TenantFor @{ 'promotions' = 'north' or 'south' }.");
    }

    [Fact]
    public void Tenant_without_rows_is_refused_where_no_column_has_a_default()
    {
        Shell.Sql(Database, """
            CREATE TABLE orders(id, tenant_id TEXT NOT NULL); CREATE INDEX i ON orders(tenant_id); INSERT INTO orders VALUES(1, 'south');
            CREATE TABLE promotions(id); INSERT INTO promotions VALUES(1);
            """);
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options));
        result.Error!.ErrorId.ShouldBe(ErrorIds.PlanBlocked);
        result.Error.Message.ShouldContain("has rows of the tenant 'south'; did you mean that tenant?");
        Succeed(new MigrationOptions(South));
        Rows("promotions", "id").ShouldBe("1|south");
    }

    [Theory]
    [InlineData("nothing", "south", "-TenantFor names the table 'nothing'")]
    [InlineData("sqlite_sequence", "south", "-TenantFor names the table 'sqlite_sequence'")]
    [InlineData("promotions", "east", "-TenantFor names the tenant 'east' for 'promotions'")]
    public void Tenant_of_a_table_that_cannot_be_is_refused_and_changes_nothing(string table, string tenant, string message)
    {
        Create("CREATE TABLE promotions(id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO promotions VALUES(1)");
        string before = Snapshot();
        UpgradeResult result = GuardedUpgrade.Run(
            Database, new UpgradeOptions(Options with { TenantFor = [new TableTenant(table, tenant)] }));
        result.Status.ShouldBe(UpgradeStatus.Refused);
        result.Error!.ErrorId.ShouldBe(ErrorIds.InvalidTenantFor);
        result.Error.Message.ShouldStartWith(message);
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Tenant_of_a_table_is_checked_before_a_file_is_read() =>
        Should.Throw<PosTenancyException>(() => new TableTenant("t", " ")).ErrorId.ShouldBe(ErrorIds.InvalidTenantFor);

    [Fact]
    public void Audit_reads_a_database_that_is_in_use_and_leaves_nothing_behind()
    {
        Create("""
            CREATE TABLE shipments(id INTEGER PRIMARY KEY, order_id REFERENCES orders);
            INSERT INTO shipments VALUES(1, 2);
            """);
        string before = Snapshot();
        MigrationPlan plan = TenantPlan.Read(Database, new MigrationOptions("<tenant>") { AcceptsAnyTenant = true });
        plan.Tables.Single(t => t.Table == "shipments").TenantFrom.ShouldBe("order_id -> orders");
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Statements_of_the_plan_are_complete_for_a_hand_that_runs_them()
    {
        Create("""
            CREATE TABLE shipments(id INTEGER PRIMARY KEY, order_id REFERENCES orders);
            CREATE TABLE parcels(id INTEGER PRIMARY KEY, shipment REFERENCES shipments);
            INSERT INTO shipments VALUES(1, 2), (2, 1);
            INSERT INTO parcels VALUES(1, 1), (2, 2);
            """);
        MigrationPlan plan = TenantPlan.Read(Database, Options);
        Shell.Sql(Database, string.Concat(plan.Statements.Select(s => s.Sql + ";\n")));
        Rows("parcels", "id").ShouldBe("1|south\n2|north");
    }

    [Fact]
    public void Registry_that_disagrees_is_a_warning_and_no_error()
    {
        Create("""
            CREATE TABLE tenants(id INTEGER PRIMARY KEY, name TEXT, slug TEXT);
            INSERT INTO tenants VALUES(1, 'The North', 'north'), (2, 'The East', 'east');
            CREATE TABLE shipments(id INTEGER PRIMARY KEY);
            """);
        TablePlan plan = Plan(Succeed(Options), "tenants");
        plan.Action.ShouldBe(TableAction.Skip);
        plan.Warnings.ShouldBe(
        [
            "Its column slug does not list the tenant with rows: 'south'.",
            "Its column slug lists the tenant without rows: 'east'.",
        ]);
    }

    [Theory]
    [InlineData("CREATE TABLE tenants(id TEXT PRIMARY KEY); INSERT INTO tenants VALUES('south'), ('north')", 0)]
    [InlineData("CREATE TABLE tenants(tenant_id TEXT, id TEXT); INSERT INTO tenants VALUES('south', 'a'), ('north', 'b')", 0)]
    [InlineData("CREATE TABLE tenants(id TEXT PRIMARY KEY); INSERT INTO tenants VALUES('a')", 2)]
    [InlineData("CREATE TABLE tenants(id INTEGER PRIMARY KEY); INSERT INTO tenants VALUES(1)", 0)]
    [InlineData("CREATE TABLE tenants(id TEXT PRIMARY KEY)", 0)]
    public void Registry_is_read_by_the_column_that_identifies_a_tenant(string sql, int warnings)
    {
        Create(sql);
        TenantPlan.Read(Database, Options).Tables.Single(t => t.Table == "tenants").Warnings.Count.ShouldBe(warnings);
    }

    /// <summary>
    /// A database as an application leaves it: most tables with a tenant column, some of them with NULLs, some without a default, two with
    /// rows of a second tenant, a registry with a third, and new tables with and without a path.
    /// </summary>
    [Fact]
    public void Mixed_database_of_an_application_goes_through_after_what_the_messages_ask_for()
    {
        CreateSampleStore();
        GuardedUpgrade.Run(Database, new UpgradeOptions(Options)).Status.ShouldBe(UpgradeStatus.Succeeded);
        Shell.Sql(Database, """
            CREATE TABLE tenants(id TEXT PRIMARY KEY, name TEXT);
            INSERT INTO tenants VALUES('north', 'North'), ('south', 'South'), ('east', 'East');
            INSERT INTO stores(id, code, name, tenant_id) VALUES ('s9', 'c9', 'South', 'south');
            UPDATE customers SET tenant_id = 'south' WHERE id = (SELECT max(id) FROM customers WHERE id NOT IN
                (SELECT customer_id FROM work_orders WHERE customer_id IS NOT NULL) AND id NOT IN (SELECT customer_id FROM vehicles));
            CREATE TABLE visits(id INTEGER PRIMARY KEY, store_id TEXT REFERENCES stores(id), tenant_id TEXT);
            INSERT INTO visits SELECT rowid, id, CASE WHEN rowid = 1 THEN tenant_id END FROM stores;
            CREATE TABLE ratings(id INTEGER PRIMARY KEY, stars INTEGER, tenant_id TEXT NOT NULL);
            INSERT INTO ratings VALUES(1, 5, 'north'), (2, 4, 'south');
            CREATE TABLE visit_notes(id INTEGER PRIMARY KEY, visit INTEGER NOT NULL REFERENCES visits ON DELETE CASCADE, text TEXT);
            INSERT INTO visit_notes SELECT id, id, 'note' FROM visits;
            CREATE TABLE note_images(note INTEGER REFERENCES visit_notes, image BLOB);
            INSERT INTO note_images SELECT id, x'00' FROM visit_notes;
            CREATE TABLE makes(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO makes VALUES(1, 'Dell');
            CREATE TABLE campaigns(id INTEGER PRIMARY KEY, make REFERENCES makes); INSERT INTO campaigns VALUES(1, 1);
            CREATE TRIGGER noted AFTER UPDATE ON visit_notes BEGIN SELECT RAISE(ABORT, 'fired'); END;
            """);

        string message = Refuse(Options, "makes", "campaigns");
        message.ShouldContain("-TenantFor @{ 'makes' = 'north' or 'south' }, or the table with -ReferenceTable 'makes'");

        MigrationOptions shared = Options with { ReferenceTable = ["makes"] };
        Refuse(shared, "campaigns").ShouldContain("It can be migrated with -TenantFor @{ 'campaigns' = 'north' or 'south' }.");

        UpgradeResult result = Succeed(shared with { TenantFor = [new TableTenant("campaigns", South)] });
        result.Checks.Where(c => c.Status is CheckStatus.Failed or CheckStatus.NotChecked).ShouldBeEmpty();
        Plan(result, "tenants").Warnings.ShouldBe(["Its column id lists the tenant without rows: 'east'."]);
        Shell.Sql(
            Database,
            """
            SELECT count(*) FROM note_images i JOIN visit_notes n ON n.id = i.note JOIN visits v ON v.id = n.visit
            JOIN stores s ON s.id = v.store_id
            WHERE i.tenant_id IS NOT s.tenant_id OR n.tenant_id IS NOT s.tenant_id OR v.tenant_id IS NOT s.tenant_id
            """).ShouldBe("0");
        Shell.Sql(Database, "SELECT count(*) FROM note_images WHERE tenant_id = 'south'").ShouldBe("1");
        Rows("campaigns", "id").ShouldBe("1|south");
        Rows("ratings", "id").ShouldBe("1|north\n2|south");
        TenantIntegrity.Test(Database, TenantExpectation.From(Options), result.BackupPath)
            .Where(c => c.Status == CheckStatus.Failed)
            .ShouldBeEmpty();
        GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(South))).Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
    }

    /// <summary>What the checks say if rows do not end where the plan put them.</summary>
    [Fact]
    public void Row_that_gets_another_tenant_than_planned_is_rolled_back()
    {
        Create("""
            CREATE TABLE shipments(id INTEGER PRIMARY KEY, order_id REFERENCES orders);
            INSERT INTO shipments VALUES(1, 2), (2, 1);
            """);
        MigrationPlan plan = TenantPlan.Read(Database, Options);
        TenantExpectation expectation = TenantExpectation.From(plan);
        Shell.Sql(Database, string.Concat(plan.Statements.Select(s => s.Sql + ";\n")));
        Distribution(expectation).Status.ShouldBe(CheckStatus.Passed);

        Shell.Sql(Database, "UPDATE shipments SET tenant_id = 'north'");
        CheckResult check = Distribution(expectation);
        check.Status.ShouldBe(CheckStatus.Failed);
        check.Detail.ShouldBe("shipments: 2 rows of north, and 1 were planned; shipments: no row of south, and 1 were planned");

        Shell.Sql(Database, "UPDATE shipments SET tenant_id = 'west' WHERE id = 1");
        Distribution(expectation).Detail.ShouldContain("shipments: 1 rows of west");
        Distribution(expectation with { Distribution = null }).Status.ShouldBe(CheckStatus.Failed);

        CheckResult Distribution(TenantExpectation expected) =>
            TenantIntegrity.Test(Database, expected).Single(c => c.Name == "TenantDistribution");
    }

    private void Create(string sql) => Shell.Sql(Database, TwoTenants + sql);

    private UpgradeResult Succeed(MigrationOptions options)
    {
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(options));
        result.Status.ShouldBe(UpgradeStatus.Succeeded, result.Error?.Message);
        return result;
    }

    /// <summary>The message of an upgrade that is refused for these tables and changes nothing.</summary>
    private string Refuse(MigrationOptions options, params string[] tables)
    {
        string before = Snapshot();
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(options));
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.PlanBlocked);
        result.Plan!.Blocked.Select(t => t.Table).ShouldBe(tables, ignoreOrder: true);
        Snapshot().ShouldBe(before);
        return result.Error!.Message;
    }

    private string Rows(string table, string key) => Shell.Sql(Database, $"SELECT {key}, tenant_id FROM {table} ORDER BY {key}");

    private static TablePlan Plan(UpgradeResult result, string table) => result.Plan!.Tables.Single(t => t.Table == table);

    private static CheckResult Check(UpgradeResult result, string name) => result.Checks.Single(c => c.Name == name);
}
