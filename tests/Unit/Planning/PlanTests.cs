using PosTenancy.Engine.Migration;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Planning;

/// <summary>Which tables are migrated, and how; the shell creates the schemas and reports the results.</summary>
public sealed class PlanTests : TestFolder
{
    public static TheoryData<string> OddNames =>
        [
            "plain",
            "two words",
            "it's",
            "say \"hi\"",
            "semi;colon",
            "dot.ted",
            "[bracket]",
            "`tick`",
            "🛒",
            "Ünïcode",
            "select",
            "order",
            "a%b",
            "line\nbreak",
            "--",
            "x'41'",
        ];

    [Theory]
    [MemberData(nameof(OddNames))]
    public void Table_with_any_name_is_migrated(string name)
    {
        string quoted = "\"" + name.Replace("\"", "\"\"") + "\"";
        Shell.Sql(
            Database,
            $"CREATE TABLE {quoted} (id INTEGER PRIMARY KEY, {quoted} TEXT); INSERT INTO {quoted} VALUES (1, 'a'), (2, NULL)");

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));

        result.Error.ShouldBeNull();
        result.Migration!.Tables.Single().IndexName.ShouldBe($"idx_{name}_tenant_id");
        Shell.Sql(Database, $"SELECT id, tenant_id FROM {quoted}").ShouldBe($"1|{Tenant}\n2|{Tenant}");
        Shell.Sql(Database, "PRAGMA integrity_check").ShouldBe("ok");
    }

    [Theory]
    [InlineData("CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT) STRICT; INSERT INTO t VALUES(1, 'x')", "TEXT")]
    [InlineData("CREATE TABLE t(a TEXT, b TEXT, PRIMARY KEY(b, a)) WITHOUT ROWID; INSERT INTO t VALUES(1, 'x')", "VARCHAR(255)")]
    [InlineData("CREATE TABLE t(a INT NOT NULL PRIMARY KEY, b ANY) STRICT, WITHOUT ROWID; INSERT INTO t VALUES(1, 'x')", "TEXT")]
    [InlineData(
        "CREATE TABLE t(a INT CHECK(a > 0), b TEXT DEFAULT (hex(randomblob(4))), c AS (a + 1), d AS (b || 'x') STORED); INSERT INTO t(a) " +
        "VALUES(1)",
        "VARCHAR(255)"
    )]
    [InlineData(
        "CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT COLLATE NOCASE UNIQUE); INSERT INTO t VALUES(7, 'x')",
        "VARCHAR(255)"
    )]
    [InlineData("CREATE TABLE t(a, b, tenant TEXT /* no tenant_id here */); INSERT INTO t VALUES(1, 'tenant_id', 'y')", "VARCHAR(255)")]
    [InlineData("CREATE TABLE t(a PRIMARY KEY, b REFERENCES t(a) ON DELETE CASCADE); INSERT INTO t VALUES(1, 1)", "VARCHAR(255)")]
    public void Table_of_any_kind_is_migrated(string sql, string type)
    {
        Shell.Sql(Database, sql);
        string before = Shell.Sql(Database, "SELECT a, b FROM t");

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));

        result.Error.ShouldBeNull();
        Shell
            .Sql(Database, "SELECT type || '|' || \"notnull\" || '|' || dflt_value FROM pragma_table_info('t') WHERE name = 'tenant_id'")
            .ShouldBe($"{type}|1|'{Tenant}'");
        Shell.Sql(Database, "SELECT a, b FROM t").ShouldBe(before);
        Shell
            .Sql(Database, "EXPLAIN QUERY PLAN SELECT * FROM t WHERE tenant_id = 'x'")
            .ShouldContain("INDEX idx_t_tenant_id (tenant_id=?)");
    }

    [Theory]
    [InlineData("CREATE VIRTUAL TABLE docs USING fts5(body)", "docs", TableKind.Virtual)]
    [InlineData("CREATE VIRTUAL TABLE docs USING fts5(body)", "docs_content", TableKind.Shadow)]
    [InlineData("CREATE VIRTUAL TABLE docs USING fts4(body)", "docs_segments", TableKind.Shadow)]
    [InlineData("CREATE VIRTUAL TABLE docs USING fts3(body)", "docs_segdir", TableKind.Shadow)]
    [InlineData("CREATE VIRTUAL TABLE places USING rtree(id, x0, x1)", "places_node", TableKind.Shadow)]
    [InlineData("CREATE TABLE n(id INTEGER PRIMARY KEY AUTOINCREMENT)", "sqlite_sequence", TableKind.System)]
    [InlineData("CREATE TABLE n(id); CREATE INDEX i ON n(id); ANALYZE", "sqlite_stat1", TableKind.System)]
    [InlineData("CREATE TABLE _migrations(v)", "_migrations", TableKind.Table)]
    [InlineData("CREATE TABLE __EFMigrationsHistory(v)", "__EFMigrationsHistory", TableKind.Table)]
    [InlineData("CREATE TABLE databasechangelog(v)", "databasechangelog", TableKind.Table)]
    [InlineData("CREATE TABLE Tenants(id)", "Tenants", TableKind.Table)]
    [InlineData(
        "CREATE TABLE _postenancy_history(id, applied_at, kind, name, checksum, tenant_id, column_name, tables, statements, " +
        "product_version, sqlite_version, backup_sha256)",
        "_postenancy_history",
        TableKind.Table
    )]
    public void Table_that_belongs_to_no_tenant_is_skipped_with_the_reason(string sql, string table, TableKind kind)
    {
        Shell.Sql(Database, "CREATE TABLE business(x); " + sql);

        TablePlan plan = TenantPlan.Read(Database, new MigrationOptions(Tenant)).Tables.Single(t => t.Table == table);

        (plan.Action, plan.Kind, plan.IndexName, plan.Sql.Count).ShouldBe((TableAction.Skip, kind, null, 0));
        plan.Reason.ShouldNotBeNullOrWhiteSpace();
        string before = Shell.Sql(Database, $"SELECT sql FROM sqlite_schema WHERE name = '{table}'");
        GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant))).Error.ShouldBeNull();
        Shell.Sql(Database, $"SELECT sql FROM sqlite_schema WHERE name = '{table}'").ShouldBe(before);
        Shell.Sql(Database, "PRAGMA integrity_check").ShouldBe("ok");
    }

    [Fact]
    public void Views_triggers_and_full_text_search_answer_as_before()
    {
        Shell.Sql(Database, """
            CREATE TABLE doc(id INTEGER PRIMARY KEY, body TEXT);
            CREATE VIRTUAL TABLE doc_fts USING fts5(body, content='doc', content_rowid='id');
            CREATE TRIGGER doc_ai AFTER INSERT ON doc BEGIN INSERT INTO doc_fts(rowid, body) VALUES (new.id, new.body); END;
            CREATE VIEW short AS SELECT id, substr(body, 1, 3) AS s FROM doc;
            INSERT INTO doc(body) VALUES ('brake pads'), ('oil filter');
            """);
        string sql = Shell.Sql(Database, "SELECT sql FROM sqlite_schema WHERE type IN ('view', 'trigger')");

        GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant))).Error.ShouldBeNull();

        Shell.Sql(Database, "SELECT sql FROM sqlite_schema WHERE type IN ('view', 'trigger')").ShouldBe(sql);
        Shell
            .Sql(
                Database,
                "INSERT INTO doc(body) VALUES ('brake fluid'); SELECT rowid FROM doc_fts WHERE doc_fts MATCH 'brake'; SELECT s FROM short")
            .ShouldBe("1\n3\nbra\noil\nbra");
        Shell.Sql(Database, "INSERT INTO doc_fts(doc_fts) VALUES('integrity-check')").ShouldBe("");
    }

    [Fact]
    public void Collation_that_only_the_application_has_does_not_keep_a_table_from_being_counted_and_migrated()
    {
        Shell.Sql(Database, """
            CREATE TABLE decks(id INTEGER PRIMARY KEY, name TEXT COLLATE nocase UNIQUE);
            INSERT INTO decks VALUES (1, 'a'), (2, 'b');
            PRAGMA writable_schema = 1;
            UPDATE sqlite_schema SET sql = replace(sql, 'nocase', 'unicase');
            """);
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));
        result.Error.ShouldBeNull();
        result.Migration!.RowsAfter.ShouldBe(2);
        result.Checks.Single(c => c.Name == "SchemaObjectsCompile").Status.ShouldBe(CheckStatus.NotChecked);
    }

    [Fact]
    public void Table_that_cannot_be_read_without_the_application_is_blocked_and_can_be_left_out()
    {
        Shell.Sql(Database, """
            CREATE TABLE sales(id);
            CREATE TABLE tags(tag TEXT PRIMARY KEY COLLATE nocase) WITHOUT ROWID;
            PRAGMA writable_schema = 1;
            UPDATE sqlite_schema SET sql = replace(sql, 'nocase', 'unicase');
            """);
        UpgradeResult refused = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));
        (refused.Status, refused.Error?.ErrorId).ShouldBe((UpgradeStatus.Refused, ErrorIds.PlanBlocked));
        refused.Error!.Message.ShouldContain("unicase");

        GuardedUpgrade
            .Run(Database, new UpgradeOptions(new MigrationOptions(Tenant) { ExcludeTable = ["tags"] }))
            .Status.ShouldBe(UpgradeStatus.Succeeded);
    }

    [Fact]
    public void Virtual_table_of_an_unknown_module_is_skipped_with_the_tables_behind_it()
    {
        Shell.Sql(Database, """
            CREATE TABLE sales(id);
            CREATE TABLE ghost_data(x);
            PRAGMA writable_schema = 1;
            INSERT INTO sqlite_schema VALUES ('table', 'ghost', 'ghost', 0, 'CREATE VIRTUAL TABLE ghost USING no_such_module(x)');
            """);
        MigrationPlan plan = TenantPlan.Read(Database, new MigrationOptions(Tenant));
        plan.Tables.Select(t => (t.Table, t.Action))
            .ShouldBe([("sales", TableAction.AddColumn), ("ghost_data", TableAction.Skip), ("ghost", TableAction.Skip)]);
        GuardedUpgrade.Run(Database, new UpgradeOptions(plan.Options)).Error.ShouldBeNull();
    }

    [Fact]
    public void Natural_primary_key_is_named_as_a_key_over_all_tenants()
    {
        Shell.Sql(Database, "CREATE TABLE customers(code TEXT PRIMARY KEY, name); CREATE TABLE numbered(id INTEGER PRIMARY KEY, name)");
        MigrationPlan plan = TenantPlan.Read(Database, new MigrationOptions(Tenant));
        plan.Tables[0].Warnings.ShouldHaveSingleItem().ShouldContain("PRIMARY KEY (code)");
        plan.Tables[1].Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Index_name_that_is_taken_elsewhere_is_not_taken_for_ours()
    {
        Shell.Sql(
            Database,
            "CREATE TABLE a(x); CREATE TABLE b(x); CREATE INDEX idx_a_tenant_id ON b(x); CREATE VIEW IDX_B_TENANT_ID AS SELECT 1");

        MigrationPlan plan = TenantPlan.Read(Database, new MigrationOptions(Tenant));

        plan.Tables.Select(t => t.IndexName).ShouldBe(["idx_a_tenant_id_2", "idx_b_tenant_id_2"]);
        plan.Tables.ShouldAllBe(t => t.Warnings.Count == 1);
        GuardedUpgrade.Run(Database, new UpgradeOptions(plan.Options)).Error.ShouldBeNull();
        Shell.Sql(Database, "EXPLAIN QUERY PLAN SELECT * FROM a WHERE tenant_id = 'x'").ShouldContain("idx_a_tenant_id_2");
    }

    [Theory]
    [InlineData("tenant_id AS (x)", "", TableAction.Blocked, "computed")]
    [InlineData("Tenant_Id TEXT GENERATED ALWAYS AS ('caps-automotive') STORED", "", TableAction.Blocked, "computed")]
    [InlineData("tenant_id TEXT NOT NULL DEFAULT 'other'", "INSERT INTO t(x) VALUES(1)", TableAction.Blocked, "another tenant (other)")]
    [InlineData("tenant_id INTEGER", "INSERT INTO t VALUES(1, 7), (2, NULL)", TableAction.Blocked, "another tenant (7)")]
    [InlineData("tenant_id TEXT", "INSERT INTO t VALUES(1, 'CAPS-automotive')", TableAction.Blocked, "another tenant (CAPS-automotive)")]
    [InlineData("tenant_id TEXT NOT NULL DEFAULT 'caps-automotive'", "INSERT INTO t(x) VALUES(1)", TableAction.Backfill, "no index")]
    [InlineData(
        "tenant_id TEXT NOT NULL DEFAULT 'caps-automotive'",
        "CREATE INDEX own ON t(tenant_id, x)",
        TableAction.None,
        "index that begins with it"
    )]
    [InlineData("tenant_id TEXT NOT NULL DEFAULT 'other'", "", TableAction.Backfill, "has the default 'other'")]
    [InlineData(
        "TENANT_ID TEXT",
        "INSERT INTO t VALUES(1, NULL), (2, 'caps-automotive'), (3, NULL)",
        TableAction.Backfill,
        "allows NULL and has no default"
    )]
    [InlineData(
        "tenant_id TEXT NULL DEFAULT NULL COLLATE NOCASE",
        "INSERT INTO t(x) VALUES(1); CREATE INDEX own ON t(tenant_id); CREATE TRIGGER no BEFORE UPDATE ON t BEGIN SELECT RAISE(ABORT, " +
        "'no updates'); END",
        TableAction.Backfill,
        "allows NULL"
    )]
    [InlineData(
        "tenant_id VARCHAR(50) DEFAULT 'none' CONSTRAINT nn NOT NULL ON CONFLICT FAIL CHECK (length(t.tenant_id) > 3)",
        "INSERT INTO t VALUES(1, 'caps-automotive')",
        TableAction.Backfill,
        "has the default 'none'"
    )]
    [InlineData(
        "tenant_id INT CONSTRAINT odd NULL DEFAULT -1.5e3",
        "INSERT INTO t VALUES(1, NULL)",
        TableAction.Backfill,
        "is of type INT"
    )]
    [InlineData("tenant_id", "INSERT INTO t VALUES(1, NULL)", TableAction.Backfill, "allows NULL and has no default")]
    public void Column_that_is_there_already_is_judged_by_what_it_is(string column, string sql, TableAction action, string reason)
    {
        Shell.Sql(Database, $"CREATE TABLE t(x, {column}); CREATE TABLE other(x); {sql}");
        string rows = Shell.Sql(Database, "SELECT rowid, x FROM t");
        string before = Snapshot();

        TablePlan plan = TenantPlan.Read(Database, new MigrationOptions(Tenant)).Tables[0];
        (plan.Action, plan.Reason.Contains(reason, StringComparison.Ordinal)).ShouldBe((action, true), plan.Reason);

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));
        if (action == TableAction.Blocked)
        {
            (result.Status, result.Error?.ErrorId).ShouldBe((UpgradeStatus.Refused, ErrorIds.PlanBlocked));
            Snapshot().ShouldBe(before);
        }
        else
        {
            result.Error?.Message.ShouldBeNull();
            Shell.Sql(Database, "SELECT rowid, x FROM t").ShouldBe(rows);
            Shell
                .Sql(Database, "SELECT count(*) FROM t WHERE tenant_id IS NOT 'caps-automotive' OR typeof(tenant_id) <> 'text'")
                .ShouldBe("0");
            Shell
                .Sql(Database, "SELECT \"notnull\", dflt_value FROM pragma_table_info('t') WHERE lower(name) = 'tenant_id'")
                .ShouldBe("1|'caps-automotive'");
            Shell.Sql(Database, "EXPLAIN QUERY PLAN SELECT * FROM t WHERE tenant_id = 'x'").ShouldContain("SEARCH t USING");
            TenantPlan.Read(Database, new MigrationOptions(Tenant)).Changes.ShouldBeEmpty();
        }
    }

    [Fact]
    public void Database_that_a_script_left_half_done_is_completed_and_only_the_rest_is_touched()
    {
        CreateSampleStore();
        string done =
            "ALTER TABLE users ADD COLUMN tenant_id VARCHAR(255) NOT NULL DEFAULT 'caps-automotive'; CREATE INDEX idx_users_tenant_id ON " +
            "users(tenant_id); ";
        Shell.Sql(
            Database,
            done +
                "ALTER TABLE stores ADD COLUMN tenant_id VARCHAR(255) NOT NULL DEFAULT 'caps-automotive'; ALTER TABLE products ADD " +
                "COLUMN tenant_id TEXT;"
        );
        const string Untouched = "SELECT rootpage, sql FROM sqlite_schema WHERE name IN ('users', 'idx_users_tenant_id', 'stores')";
        string before = Shell.Sql(Database, Untouched);

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));

        result.Error?.Message.ShouldBeNull();
        result.Checks.ShouldHavePassed();
        result.Plan!.Tables.GroupBy(t => t.Action).OrderBy(g => g.Key).Select(g => (g.Key, g.Count())).ShouldBe(
            [(TableAction.AddColumn, 29), (TableAction.Backfill, 2), (TableAction.None, 1), (TableAction.Skip, 1)]);
        Shell.Sql(Database, Untouched).ShouldBe(before);
    }

    [Theory]
    [InlineData("a_log", "a_log")]
    [InlineData("*_LOG", "a_log,b_log")]
    [InlineData("?_log", "a_log,b_log")]
    [InlineData("[b-z]_log", "b_log")]
    [InlineData("odd[1]", "odd[1]")]
    [InlineData("a.log", "")]
    [InlineData("[z-a]*", "")]
    [InlineData("*[", "")]
    [InlineData("*a*a*a*a*a*a*a*a*a*a*a*b", "")]
    [InlineData("s*e*", "sales")]
    public void Excluded_tables_are_left_alone(string pattern, string excluded)
    {
        Shell.Sql(Database, "CREATE TABLE a_log(x); CREATE TABLE b_log(x); CREATE TABLE sales(x); CREATE TABLE \"odd[1]\"(x)");
        MigrationPlan plan = TenantPlan.Read(Database, new MigrationOptions(Tenant) { ExcludeTable = [pattern] });
        plan.Tables.Where(t => t.Action == TableAction.Skip)
            .Select(t => t.Table)
            .Order(StringComparer.Ordinal)
            .ShouldBe(excluded.Split(',', StringSplitOptions.RemoveEmptyEntries));

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(plan.Options));
        result.Error.ShouldBeNull();
        result.Checks.ShouldHavePassed();
    }

    [Fact]
    public void Unique_keys_that_stay_global_are_named_and_change_only_where_asked()
    {
        CreateSampleStore();
        TablePlan users = TenantPlan.Read(Database, new MigrationOptions(Tenant)).Tables.Single(t => t.Table == "users");
        users.Warnings.ShouldHaveSingleItem().ShouldContain("(username)");
        TablePlan perTenant = TenantPlan
            .Read(Database, new MigrationOptions(Tenant) { UniqueScope = UniqueScope.Tenant })
            .Tables.Single(t => t.Table == "users");
        (perTenant.Action, perTenant.Reason.Contains("unique per tenant: (username)", StringComparison.Ordinal)).ShouldBe(
            (TableAction.Rebuild, true),
            perTenant.Reason);
        perTenant.Warnings.ShouldContain(w => w.Contains("ON CONFLICT (username)", StringComparison.Ordinal));
    }

    [Fact]
    public void Tables_whose_names_an_index_name_could_confuse_get_an_index_each()
    {
        Shell.Sql(
            Database,
            "CREATE TABLE \"a b\"(x); CREATE TABLE a_b(x); CREATE TABLE \"a-b\"(x); CREATE TABLE \"É\"(x); CREATE TABLE \"é\"(x)");
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));
        result.Error?.Message.ShouldBeNull();
        Shell
            .Sql(Database, "SELECT count(DISTINCT tbl_name), count(DISTINCT name) FROM sqlite_schema WHERE type = 'index'")
            .ShouldBe("5|5");
    }

    [Fact]
    public void Strict_table_says_that_every_row_is_read_and_a_table_with_a_check_is_not()
    {
        Shell.Sql(Database, "CREATE TABLE s(a INT) STRICT; CREATE TABLE c(a INT CHECK (a > 0))");
        MigrationPlan plan = TenantPlan.Read(Database, new MigrationOptions(Tenant));
        plan.Tables.Select(t => t.Warnings.Count(w => w.StartsWith("STRICT table: SQLite reads every row", StringComparison.Ordinal)))
            .ShouldBe([1, 0]);
    }

    [Fact]
    public void Table_with_2000_columns_is_blocked_with_the_limit()
    {
        Shell.Sql(Database, $"CREATE TABLE t({string.Join(',', Enumerable.Range(0, 2000).Select(i => $"c{i}"))})");
        TenantPlan.Read(Database, new MigrationOptions(Tenant)).Tables.Single().Reason.ShouldContain("2000");
    }

    [Fact]
    public void Column_may_have_another_name()
    {
        CreateSampleStore();
        GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant, "shop \"no\""))).Error.ShouldBeNull();
        Shell.Sql(Database, "SELECT DISTINCT \"shop \"\"no\"\"\" FROM users").ShouldBe(Tenant);
    }
}
