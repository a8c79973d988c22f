using PosTenancy.Engine.Migration;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Migration;

/// <summary>
/// Rebuilt tables: all of their content is preserved, and a second tenant can use the same keys.
/// </summary>
public sealed class RebuildTests : TestFolder
{
    private static readonly MigrationOptions PerTenant = new(Tenant) { UniqueScope = UniqueScope.Tenant };

    [Fact]
    public void Second_tenant_can_have_the_keys_of_the_first_in_the_sample_store()
    {
        CreateSampleStore();
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(PerTenant));
        result.Error?.Message.ShouldBeNull();
        result.Status.ShouldBe(UpgradeStatus.Succeeded);

        // Its primary keys are texts assigned by the application, and do not change in this scope.
        result.Checks.ShouldHavePassed();
        result.Checks.Single(c => c.Name == "UniqueKeysPerTenant").Detail.ShouldNotContain("UNIQUE");

        string admin = Shell.Sql(Database, "SELECT username FROM users LIMIT 1");
        Shell.Sql(
            Database,
            $"CREATE TEMP TABLE u AS SELECT * FROM users WHERE username = '{admin}'; UPDATE u SET id = 'second', tenant_id = 'second'; " +
            "INSERT INTO users SELECT * FROM u"
        );
        Shell.Sql(Database, $"SELECT count(*) FROM users WHERE username = '{admin}'").ShouldBe("2");
        Should
            .Throw<InvalidOperationException>(() =>
                Shell.Sql(
                    Database,
                    "CREATE TEMP TABLE u AS SELECT * FROM users WHERE id = 'second'; UPDATE u SET id = 'third'; INSERT INTO users " +
                    "SELECT * FROM u"
                ))
            .Message.ShouldContain("UNIQUE constraint failed: users.tenant_id, users.username");
        TenantPlan.Read(Database, PerTenant).Changes.ShouldBeEmpty();
    }

    [Fact]
    public void Replacing_a_row_of_the_second_tenant_leaves_the_first_alone()
    {
        Shell.Sql(
            Database,
            "CREATE TABLE product(id INTEGER PRIMARY KEY, sku TEXT UNIQUE, name); INSERT INTO product VALUES(1, 'A-1', 'first')");
        Migrate(PerTenant);
        Shell.Sql(
            Database,
            "INSERT OR REPLACE INTO product(sku, name, tenant_id) VALUES('A-1', 'second', 'other'); INSERT OR REPLACE INTO product(sku, " +
            "name, tenant_id) VALUES('A-1', 'again', 'other')"
        );
        Shell.Sql(Database, "SELECT tenant_id, name FROM product ORDER BY id").ShouldBe($"{Tenant}|first\nother|again");
    }

    [Fact]
    public void Everything_of_a_table_is_kept_by_a_rebuild()
    {
        Shell.Sql(Database, """
            CREATE TABLE maker(code TEXT NOT NULL UNIQUE COLLATE NOCASE, name);
            CREATE TABLE "odd table" ( -- a comment with UNIQUE ( in it
                a INTEGER PRIMARY KEY AUTOINCREMENT,
                [b b] TEXT CONSTRAINT "the b" UNIQUE ON CONFLICT IGNORE COLLATE NOCASE /* not, a UNIQUE here */ CHECK ("odd table"."b b" <> 'UNIQUE, (a)'),
                c REAL DEFAULT (1.5e-3 + abs(-2)), d TEXT NOT NULL DEFAULT 'it''s', `e` BLOB,
                g AS (a * 2) STORED, h TEXT GENERATED ALWAYS AS (upper([b b])) VIRTUAL,
                maker TEXT DEFAULT NULL CONSTRAINT mk REFERENCES maker ( code ) ON UPDATE CASCADE ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
                self INT REFERENCES "odd table" ON DELETE SET NULL,
                CONSTRAINT cd UNIQUE (c DESC, d COLLATE RTRIM) ON CONFLICT REPLACE
                CHECK (c >= 0), CONSTRAINT e_is_blob CHECK (typeof(e) IN ('blob', 'null'))
                -- the end
            );
            CREATE INDEX i1 ON "odd table"(lower("b b"), c DESC) WHERE d IS NOT NULL;
            CREATE UNIQUE INDEX i2 ON "odd table" ( d COLLATE NOCASE, e DESC ) WHERE c > 0;
            CREATE TABLE log(what, at);
            CREATE TRIGGER t1 AFTER INSERT ON "odd table" BEGIN INSERT INTO log(what, at) VALUES (new.a, CASE WHEN new.c > 0 THEN 'x;' ELSE 'y' END); END;
            CREATE TRIGGER t2 BEFORE UPDATE OF d ON "odd table" WHEN old.d <> new.d BEGIN UPDATE log SET at = 'z' WHERE what = old.a; END;
            CREATE VIEW v AS SELECT "b b" AS b, h FROM "odd table" ORDER BY a;
            CREATE TABLE child(x REFERENCES "odd table"(a), m);
            INSERT INTO maker VALUES('m', 'Maker');
            INSERT INTO "odd table"(a, [b b], c, d, e, maker, self) VALUES(3, 'x', 1, 'd1', x'00ff', 'm', NULL), (7, 'y', 2.5, '', NULL, NULL, 3), (90, 'z', 0, 'gone', NULL, NULL, NULL);
            DELETE FROM "odd table" WHERE a = 90;
            INSERT INTO child VALUES(7, 1);
            DELETE FROM log;
            """);
        const string Rows =
            "SELECT rowid, quote(a), quote([b b]), typeof(c), quote(c), quote(d), quote(e), quote(g), quote(h), quote(maker), " +
            "quote(self) FROM \"odd table\"";
        const string Code =
            "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE type IN ('view', 'trigger') OR name IN ('i1', 'child') ORDER BY " +
            "name";
        string rows = Shell.Sql(Database, Rows);
        string code = Shell
            .Sql(Database, Code)
            .Replace(
                "CREATE TABLE child(x REFERENCES \"odd table\"(a), m)",
                "CREATE TABLE child(x REFERENCES \"odd table\"(a), m, \"tenant_id\" VARCHAR(255) NOT NULL DEFAULT 'caps-automotive')",
                StringComparison.Ordinal);

        Migrate(PerTenant);

        Shell.Sql(Database, Rows).ShouldBe(rows);
        Shell.Sql(Database, Code).ShouldBe(code);
        Shell.Sql(Database, "SELECT seq FROM sqlite_sequence WHERE name = 'odd table'; SELECT count(*) FROM log").ShouldBe("90\n0");
        string sql = Shell.Sql(Database, "SELECT sql FROM sqlite_schema WHERE name = 'odd table'");
        foreach (
            string kept in new[]
            {
                "-- a comment with UNIQUE ( in it",
                "/* not, a UNIQUE here */",
                "CHECK (\"b b\" <> 'UNIQUE, (a)')",
                "DEFAULT (1.5e-3 + abs(-2))",
                "-- the end",
                "AUTOINCREMENT",
                "CONSTRAINT cd UNIQUE (\"tenant_id\", c DESC, d COLLATE RTRIM) ON CONFLICT REPLACE",
                "CONSTRAINT \"the b\" UNIQUE (\"tenant_id\", \"b b\") ON CONFLICT IGNORE",
                "CONSTRAINT mk FOREIGN KEY (\"tenant_id\", \"maker\") REFERENCES maker (\"tenant_id\", \"code\") ON UPDATE CASCADE ON " +
                "DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
                "self INT REFERENCES \"odd table\" ON DELETE SET NULL",
            })
        {
            sql.ShouldContain(kept);
        }

        Shell
            .Sql(Database, "SELECT sql FROM sqlite_schema WHERE name = 'i2'")
            .ShouldBe("CREATE UNIQUE INDEX i2 ON \"odd table\" (\"tenant_id\",  d COLLATE NOCASE, e DESC ) WHERE c > 0");
        Shell.Sql(Database, "SELECT name FROM pragma_table_xinfo('odd table')").ShouldBe("a\nb b\nc\nd\ne\ng\nh\nmaker\nself\ntenant_id");
        Shell
            .Sql(
                Database,
                "PRAGMA foreign_keys = ON; INSERT INTO \"odd table\"([b b], d, maker) VALUES('new', 'q', 'm'); SELECT max(a) FROM \"odd " +
                "table\"; SELECT what, at FROM log; PRAGMA foreign_key_check; PRAGMA integrity_check"
            )
            .ShouldBe("91\n91|x;\nok");
        Should.Throw<InvalidOperationException>(() =>
            Shell.Sql(
                Database,
                "PRAGMA foreign_keys = ON; INSERT INTO \"odd table\"([b b], d, maker, tenant_id) VALUES('new', 'q', 'm', 'other')"));
    }

    [Theory]
    [InlineData("CREATE TABLE t(a, b UNIQUE); INSERT INTO t(rowid, a, b) VALUES(5, 1, 2), (9, 3, 4)", "SELECT rowid, a, b FROM t")]
    [InlineData("CREATE TABLE t(rowid, b UNIQUE); INSERT INTO t(_rowid_, rowid, b) VALUES(5, 'own', 2)", "SELECT _rowid_, rowid, b FROM t")]
    [InlineData(
        "CREATE TABLE t(a TEXT, b, PRIMARY KEY(b, a), UNIQUE(a)) WITHOUT ROWID; INSERT INTO t VALUES('x', 2), ('a', 3)",
        "SELECT a, b FROM t"
    )]
    [InlineData(
        "CREATE TABLE t(a INTEGER PRIMARY KEY, b ANY UNIQUE, c REAL) STRICT; INSERT INTO t VALUES(1, 2, 3), (2, '2', 4.5)",
        "SELECT a, typeof(b), b, typeof(c), c FROM t"
    )]
    [InlineData("CREATE TABLE t(a INTEGER PRIMARY KEY DESC, b UNIQUE); INSERT INTO t VALUES(4, 1), (2, 2)", "SELECT rowid, a, b FROM t")]
    [InlineData(
        "CREATE TABLE t(a, b, UNIQUE(a), UNIQUE(a, b), UNIQUE(b, a)); INSERT INTO t VALUES(NULL, 1), (NULL, 1), (x'61', 'a')",
        "SELECT rowid, quote(a), quote(b) FROM t"
    )]
    [InlineData(
        "CREATE TABLE \"a\"\"b\"(x UNIQUE); CREATE TABLE t(\"q\"\"\" UNIQUE, [r s] UNIQUE, `u` UNIQUE, 'w' UNIQUE); INSERT INTO t " +
        "VALUES(1, 2, 3, 4)",
        "SELECT * FROM (SELECT \"q\"\"\", [r s], u, w FROM t)"
    )]
    [InlineData(
        "CREATE TABLE t(a UNIQUE, b UNIQUE); CREATE INDEX i ON t(b); INSERT INTO t VALUES(1, 2); ANALYZE",
        "SELECT a, b FROM t; SELECT count(*) > 0 FROM sqlite_stat1 WHERE idx = 'i'"
    )]
    public void Table_of_any_kind_is_rebuilt(string sql, string query)
    {
        Shell.Sql(Database, sql);
        string before = Shell.Sql(Database, query);
        Migrate(PerTenant);
        Shell.Sql(Database, query).ShouldBe(before);
        Shell
            .Sql(
                Database,
                "PRAGMA integrity_check; SELECT count(*) FROM pragma_index_list('t') AS i WHERE i.\"unique\" AND i.origin <> 'pk' AND " +
                "NOT EXISTS (SELECT 1 FROM pragma_index_info(i.name) WHERE seqno = 0 AND name = 'tenant_id')"
            )
            .ShouldBe("ok\n0");
    }

    [Fact]
    public void Primary_key_is_composite_on_request_and_its_children_follow()
    {
        Shell.Sql(Database, """
            CREATE TABLE customer(code TEXT PRIMARY KEY COLLATE NOCASE, name);
            CREATE TABLE sale(no INTEGER PRIMARY KEY, customer TEXT NOT NULL REFERENCES customer ON DELETE CASCADE);
            CREATE TABLE line(sale INTEGER REFERENCES sale(no), pos INT, customer, PRIMARY KEY(sale, pos), FOREIGN KEY (customer) REFERENCES customer(code)) WITHOUT ROWID;
            INSERT INTO customer VALUES('c1', 'One'); INSERT INTO sale VALUES(1, 'C1'); INSERT INTO line VALUES(1, 1, 'c1'), (1, 2, NULL);
            """);
        Migrate(PerTenant with { UniqueScope = UniqueScope.TenantAndPrimaryKey });
        Shell
            .Sql(
                Database,
                "SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info('customer') WHERE pk ORDER BY pk); SELECT " +
                "group_concat(name) FROM (SELECT name FROM pragma_table_info('line') WHERE pk ORDER BY pk); SELECT name FROM " +
                "pragma_table_info('sale') WHERE pk"
            )
            .ShouldBe("tenant_id,code\ntenant_id,sale,pos\nno");
        Shell
            .Sql(
                Database,
                "PRAGMA foreign_keys = ON; INSERT INTO customer VALUES('c1', 'Other', 'second'); INSERT INTO sale(customer, tenant_id) " +
                "VALUES('c1', 'second'); PRAGMA foreign_key_check; DELETE FROM customer WHERE tenant_id = 'second'; SELECT no, customer " +
                "FROM sale"
            )
            .ShouldBe("1|C1");
        Shell.Sql(Database, "PRAGMA integrity_check").ShouldBe("ok");
    }

    [Theory]
    [InlineData("CREATE TABLE p(sku UNIQUE); CREATE TABLE c(s REFERENCES p(sku) ON DELETE SET NULL)", "c", "SET NULL")]
    [InlineData("CREATE TABLE p(sku UNIQUE); CREATE TABLE c(s DEFAULT 'x' REFERENCES p(sku) ON UPDATE SET DEFAULT)", "c", "SET DEFAULT")]
    [InlineData("CREATE TABLE p(sku UNIQUE); CREATE TABLE x_log(s REFERENCES p(sku))", "x_log", "unique per tenant")]
    [InlineData(
        "CREATE TABLE p(sku UNIQUE); CREATE TRIGGER t AFTER INSERT ON p BEGIN INSERT INTO p(sku) VALUES(1) ON CONFLICT(sku) DO NOTHING; " +
        "END",
        "p",
        "ON CONFLICT"
    )]
    [InlineData("CREATE TABLE p(rowid, oid, _rowid_ UNIQUE)", "p", "rowid")]
    public void What_cannot_be_unique_per_tenant_blocks_with_the_reason(string sql, string table, string reason)
    {
        Shell.Sql(Database, sql);
        string before = Snapshot();
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(PerTenant with { ExcludeTable = ["*_log"] }));
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.PlanBlocked);
        result.Plan!.Blocked.Select(t => t.Table).ShouldBe([table]);
        result.Plan.Blocked.Single().Reason.ShouldContain(reason);
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Key_that_a_child_can_still_point_at_needs_no_new_foreign_key()
    {
        Shell.Sql(
            Database,
            "CREATE TABLE p(id INTEGER PRIMARY KEY, sku UNIQUE); CREATE TABLE c(p REFERENCES p ON DELETE SET NULL); INSERT INTO p " +
            "VALUES(1, 2); INSERT INTO c VALUES(1)"
        );
        Migrate(PerTenant);
        Shell.Sql(Database, "SELECT \"from\" FROM pragma_foreign_key_list('c')").ShouldBe("p");
    }

    [Fact]
    public void Rows_go_and_come_without_a_trigger_and_without_a_cascade()
    {
        Shell.Sql(Database, """
            CREATE TABLE p(id INTEGER PRIMARY KEY, k UNIQUE); CREATE TABLE c(p REFERENCES p ON DELETE CASCADE); CREATE TABLE n(x);
            CREATE TRIGGER no_delete BEFORE DELETE ON p BEGIN SELECT RAISE(ABORT, 'receipts stay'); END;
            CREATE TRIGGER no_insert BEFORE INSERT ON p BEGIN INSERT INTO n VALUES(new.id); END;
            INSERT INTO p VALUES(1, 'a'), (2, 'b'); INSERT INTO c VALUES(1), (2); DELETE FROM n;
            """);
        Shell.Sql(
            Database,
            "DROP TRIGGER no_insert; CREATE TRIGGER no_insert BEFORE INSERT ON p BEGIN INSERT INTO n(x) VALUES(new.id); END");
        Migrate(PerTenant);
        Shell.Sql(Database, "SELECT count(*) FROM p; SELECT count(*) FROM c; SELECT count(*) FROM n").ShouldBe("2\n2\n0");
    }

    [Fact]
    public void Wide_table_is_rebuilt_and_compared()
    {
        Shell.Sql(
            Database,
            $"CREATE TABLE t({string.Join(',', Enumerable.Range(0, 1998).Select(i => $"c{i}"))}, k UNIQUE); INSERT INTO t(c7, k) " +
            "VALUES('x', 1)"
        );
        Migrate(PerTenant);
        Shell.Sql(Database, "SELECT c7, k, tenant_id FROM t").ShouldBe($"x|1|{Tenant}");
    }

    private void Migrate(MigrationOptions options)
    {
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(options));
        result.Error?.Message.ShouldBeNull();
        result.Status.ShouldBe(UpgradeStatus.Succeeded);
    }
}
