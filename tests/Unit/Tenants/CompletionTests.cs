using PosTenancy.Engine.History;
using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Scripts;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>The end of the DEFAULT: an INSERT that forgets its tenant fails, and no old row loses its own.</summary>
public sealed class CompletionTests : CompletionFolder
{
    private const string NotNull = "NOT NULL constraint failed";

    /// <summary>Tables of every form, with rows that are older than the column, and some that are not.</summary>
    private static readonly string[] Forms =
    [
        "CREATE TABLE t(a INTEGER PRIMARY KEY, b); INSERT INTO t SELECT i, b FROM s",
        "CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT, b UNIQUE); INSERT INTO t SELECT i, b FROM s; CREATE INDEX i ON t(b, a)",
        "CREATE TABLE t(a, b); INSERT INTO t SELECT i, b FROM s",
        "CREATE TABLE t(rowid, oid, _rowid_, a, b); INSERT INTO t(a, b) SELECT i, b FROM s",
        "CREATE TABLE t(a, b, PRIMARY KEY(a)) WITHOUT ROWID; INSERT INTO t SELECT i, b FROM s",
        "CREATE TABLE t(b, a TEXT, PRIMARY KEY(b, a)) WITHOUT ROWID; INSERT INTO t SELECT b, i FROM s",
        "CREATE TABLE t(a INT, b ANY) STRICT; INSERT INTO t SELECT i, b FROM s",
        "CREATE TABLE t(a, v AS (a + 1) VIRTUAL, w AS (a || 'w') STORED, b); INSERT INTO t(a, b) SELECT i, b FROM s",
        "CREATE TABLE t(a REAL, b NUMERIC CHECK (b IS NOT 4711)); INSERT INTO t SELECT i, b FROM s; CREATE INDEX i ON t(a) WHERE b > 1",
        "CREATE TABLE t(a, b); INSERT INTO t SELECT i, b FROM s; CREATE INDEX i ON t(a); CREATE INDEX j ON t(b || 'x')",
    ];

    public static MatrixTheoryData<string, string> Cases { get; } = new(
        Forms, ["", "PRAGMA encoding = 'UTF-16le';", "PRAGMA journal_mode = WAL;\n.dbconfig no_ckpt_on_close on"]);

    /// <summary>How the column may be written, and how it is written without the DEFAULT.</summary>
    public static TheoryData<string, string> Columns { get; } = new()
    {
        { "tenant_id TEXT NOT NULL DEFAULT 'south'", "tenant_id TEXT NOT NULL" },
        { "tenant_id TEXT DEFAULT 'south' NOT NULL", "tenant_id TEXT NOT NULL" },
        { "tenant_id TEXT NOT NULL DEFAULT \"south\"", "tenant_id TEXT NOT NULL" },
        {
            "tenant_id text not null default ( 'south' ) check (tenant_id <> 'DEFAULT')",
            "tenant_id text not null check (tenant_id <> 'DEFAULT')"
        },
        { "\"tenant_id\" TEXT CONSTRAINT first DEFAULT 'south' CONSTRAINT must NOT NULL", "\"tenant_id\" TEXT CONSTRAINT must NOT NULL" },
        { "tenant_id TEXT/* a */DEFAULT/* b */'south'/* c */NOT NULL", "tenant_id TEXT/* a *//* c */NOT NULL" },
        {
            "tenant_id TEXT NOT NULL -- the first is DEFAULT\n  DEFAULT 'south' -- it is",
            "tenant_id TEXT NOT NULL -- the first is DEFAULT\n  -- it is"
        },
        { "tenant_id TEXT DEFAULT'south'NOT NULL", "tenant_id TEXT NOT NULL" },
        { "[tenant_id] TEXT DEFAULT 'south'", "[tenant_id] TEXT NOT NULL" },
        { "tenant_id DEFAULT south NOT NULL COLLATE NOCASE", "tenant_id NOT NULL COLLATE NOCASE" },
        { "tenant_id TEXT NULL DEFAULT'south'REFERENCES o(k)", "tenant_id TEXT NOT NULL REFERENCES o(k)" },
        { "tenant_id TEXT NOT NULL ON CONFLICT IGNORE DEFAULT 'south'", "tenant_id TEXT NOT NULL" },
        { "tenant_id TEXT NOT NULL ON CONFLICT FAIL DEFAULT 'south'", "tenant_id TEXT NOT NULL ON CONFLICT FAIL" },
        { "tenant_id TEXT DEFAULT 'north' NOT NULL DEFAULT 'south'", "tenant_id TEXT NOT NULL" },
        { "TENANT_ID VARCHAR(255)   NOT NULL   DEFAULT 'south'   ", "TENANT_ID VARCHAR(255)   NOT NULL     " },
    };

    [Fact]
    public void Insert_without_a_tenant_fails_in_every_table_of_the_sample_store()
    {
        CreateSampleStore();
        Migrate();
        Sql(TenantTrigger);
        string[] tables = Sql("SELECT tbl_name FROM sqlite_schema WHERE name LIKE 'idx_%_tenant_id' AND type = 'index'").Split('\n');
        tables.Length.ShouldBe(32);

        // Each table gets a row: a copy of one that it has, or one that its columns accept.
        string[] inserts = [.. tables.Select(InsertWithoutTenant)];
        inserts.ShouldAllBe(sql => Insert($"BEGIN; {sql}; ROLLBACK;") == "");

        CompletionResult result = CompleteGood();

        result.TenantId.ShouldBe("south");
        result.Columns.Count.ShouldBe(32);
        result.Rows.ShouldBe(26);
        result.ProvedBy.ShouldBe(ProvedBy.Twin);
        result.Affected.ShouldBeEmpty();
        result.Backup!.Verified.ShouldBeTrue();
        foreach ((string table, string sql) in tables.Zip(inserts))
        {
            Insert(sql).ShouldContain($"{NotNull}: {table}.tenant_id");
        }

        TenantIntegrity.Test(Database, new TenantExpectation("south", "tenant_id", []), result.Backup.BackupPath).ShouldHavePassed();
        TenantIsolation.Test(Database, new TenantExpectation("south", "tenant_id", [])).Results.ShouldNotBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rows_that_are_older_than_the_column_keep_their_tenant(string form, string settings)
    {
        Sql($"""
            {settings}
            CREATE TEMP TABLE s AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 300)
                SELECT i, CASE i % 7 WHEN 0 THEN printf('%d %.*c', i, i * i % 5000, 'ü') WHEN 1 THEN i + 0.5 ELSE i END AS b FROM n;
            {form};
            ALTER TABLE t ADD COLUMN tenant_id TEXT NOT NULL DEFAULT 'south';
            CREATE INDEX idx_t_tenant_id ON t(tenant_id);
            INSERT INTO t(a, b, tenant_id) SELECT i + 1000, i || 'n', 'north' FROM s WHERE i < 100;
            INSERT INTO t(a, b) VALUES(2000, 'new');
            ALTER TABLE t ADD COLUMN later TEXT DEFAULT 'läter';
            ALTER TABLE t ADD COLUMN number INTEGER NOT NULL DEFAULT -5;
            INSERT INTO t(a, b, tenant_id) VALUES(3000, 'newer', 'north');
            """);

        CompletionResult result = CompleteGood();

        result.Columns.Single().RowsStored.ShouldBeGreaterThanOrEqualTo(300);
        Insert("INSERT INTO t(a, b) VALUES(4000, 'x')").ShouldContain($"{NotNull}: t.tenant_id");
        Insert("INSERT INTO t(a, b, tenant_id) VALUES(4000, 'x', 'south')").ShouldBe("");
        Sql("SELECT later, number FROM t WHERE a = 4000").ShouldBe("läter|-5");
    }

    [Theory]
    [MemberData(nameof(Columns))]
    public void Default_is_dropped_however_it_is_written(string column, string without)
    {
        Sql($"""
            CREATE TABLE o(k TEXT UNIQUE);
            CREATE TABLE t(id INTEGER PRIMARY KEY, {column}
            , b TEXT DEFAULT 'south');
            INSERT INTO t(id) VALUES(1);
            INSERT INTO t(id, tenant_id) VALUES(2, 'north');
            """);
        CompletionResult result = CompleteGood();
        Statement("t").ShouldBe($"""
            CREATE TABLE t(id INTEGER PRIMARY KEY, {without}
            , b TEXT DEFAULT 'south')
            """);
        result.TenantId.ShouldBe("south");
        Insert("INSERT INTO t(id) VALUES(3)").ShouldContain($"{NotNull}: t.");
        Sql("SELECT count(*) FROM t").ShouldBe("2");
    }

    [Fact]
    public void Second_run_finds_nothing_to_do_and_writes_nothing()
    {
        Sql($"CREATE TABLE t(id INTEGER PRIMARY KEY, {Column}); INSERT INTO t(id) VALUES(1)");
        CompleteGood();
        string before = Snapshot();

        CompletionResult again = Complete();

        again.Status.ShouldBe(TenantChangeStatus.Succeeded);
        again.Backup.ShouldBeNull();
        again.ProvedBy.ShouldBeNull();
        again.Columns.ShouldBeEmpty();
        again.TenantId.ShouldBe("south");
        Preview().ShouldBe(["Nothing: an INSERT without tenant_id fails already"]);
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Preview_says_what_would_be_done_and_changes_nothing()
    {
        Sql($"""
            CREATE TABLE a(id INTEGER PRIMARY KEY, {Column});
            CREATE TABLE b(id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL DEFAULT 'west');
            CREATE TABLE c(id INTEGER PRIMARY KEY, tenant_id TEXT);
            CREATE TABLE d(id INTEGER PRIMARY KEY, {Column});
            INSERT INTO a(id) VALUES(1), (2);
            INSERT INTO b VALUES(1, 'west'), (2, 'south');
            """);
        string before = Snapshot();
        Preview().ShouldBe(
        [
            "Drop the DEFAULT 'south' of the column tenant_id in 2 tables, after a verified backup; rows of the tenant: a 2",
            "Drop the DEFAULT 'west' of the column tenant_id in 1 table, after a verified backup; rows of the tenant: b 1",
            "Make the column tenant_id NOT NULL in 1 table, after a verified backup",
        ]);
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Defaults_of_several_tenants_are_all_dropped_and_said()
    {
        Sql("""
            CREATE TABLE a(id INTEGER PRIMARY KEY); INSERT INTO a VALUES(1), (2);
            CREATE TABLE b(id INTEGER PRIMARY KEY); INSERT INTO b VALUES(1), (2);
            CREATE TABLE c(id INTEGER PRIMARY KEY); INSERT INTO c VALUES(1);
            ALTER TABLE a ADD COLUMN tenant_id TEXT NOT NULL DEFAULT 'west';
            ALTER TABLE b ADD COLUMN tenant_id TEXT NOT NULL DEFAULT 'south';
            ALTER TABLE c ADD COLUMN tenant_id TEXT NOT NULL DEFAULT 'south';
            """);
        CompletionResult result = CompleteGood();
        result.TenantId.ShouldBe("south");
        result.Columns.Select(c => (c.Table, c.TenantId, c.RowsStored)).ShouldBe([("a", "west", 2), ("b", "south", 2), ("c", "south", 1)]);
        result.Warnings.ShouldBe(["The DEFAULT is not the same in all tables: 'west' in a; 'south' in b, c."]);
        result.Tables.Select(t => t.ToString()).ShouldBe(["a 2", "b 2", "c 1"]);
    }

    [Fact]
    public void Column_that_allows_null_becomes_not_null_unless_a_row_has_no_tenant()
    {
        Sql("""
            CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES(1);
            ALTER TABLE t ADD COLUMN tenant_id TEXT DEFAULT 'south';
            INSERT INTO t VALUES(2, NULL), (3, NULL), (4, 'north');
            """);
        CompletionResult refused = CompleteRefused(ErrorIds.CompletionRefused);
        refused.Error!.Message.ShouldContain("t has 2 rows without a tenant. Give these rows a tenant with Invoke-PosTenantUpgrade first.");

        Sql("UPDATE t SET tenant_id = 'north' WHERE tenant_id IS NULL");
        CompleteGood().Columns.Single().AllowedNull.ShouldBeTrue();
        Insert("INSERT INTO t(id) VALUES(5)").ShouldContain(NotNull);
        Insert("INSERT INTO t VALUES(5, NULL)").ShouldContain(NotNull);
        Sql("SELECT tenant_id FROM t ORDER BY id").ShouldBe("south\nnorth\nnorth\nnorth");
    }

    [Fact]
    public void Rows_that_violate_their_check_are_written_as_they_are()
    {
        Sql($"""
            PRAGMA ignore_check_constraints = ON;
            CREATE TABLE t(id INTEGER PRIMARY KEY, b CHECK (b > 0), c NOT NULL ON CONFLICT REPLACE DEFAULT 'c');
            INSERT INTO t VALUES(1, -1, 'x'), (2, 1, 'y');
            ALTER TABLE t ADD COLUMN {Column};
            """);
        string rows = ReadAll();
        CompletionResult result = Complete();
        result.Status.ShouldBe(TenantChangeStatus.Succeeded, result.Error?.Message);
        ReadAll().ShouldBe(rows);
        Sql("PRAGMA integrity_check").ShouldBe("CHECK constraint failed in t");
    }

    [Fact]
    public void Table_that_needs_a_collation_of_the_application_is_refused_and_an_index_that_needs_one_stays()
    {
        Sql("""
            CREATE TABLE t(a TEXT COLLATE NOCASE, b); INSERT INTO t VALUES('x', 1); CREATE INDEX i ON t(a);
            CREATE TABLE w(a TEXT COLLATE NOCASE PRIMARY KEY, b) WITHOUT ROWID; INSERT INTO w VALUES('x', 1);
            ALTER TABLE t ADD COLUMN tenant_id TEXT NOT NULL DEFAULT 'south';
            ALTER TABLE w ADD COLUMN tenant_id TEXT NOT NULL DEFAULT 'south';
            CREATE TRIGGER asks AFTER UPDATE ON t BEGIN SELECT app_function(NEW.a); END;
            .dbconfig defensive off
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = replace(sql, 'NOCASE', 'APP_ORDER');
            """);
        CompleteRefused(ErrorIds.CompletionRefused).Error!.Message.ShouldContain(
            "w cannot be written without the application (no such collation sequence: APP_ORDER). Name tables");

        CompletionResult result = Complete(new TenantCompletionOptions { ReferenceTable = ["w"] });
        result.Status.ShouldBe(TenantChangeStatus.Succeeded, result.Error?.Message);
        result.Columns.Single().ShouldBe(new CompletedColumn("t", "south", 1, AllowedNull: false));
        Statement("w").ShouldContain("DEFAULT");
        Sql("SELECT b, tenant_id FROM t").ShouldBe("1|south");
    }

    [Fact]
    public void Tenant_column_that_is_the_rowid_is_refused()
    {
        Sql("CREATE TABLE t(tenant_id INTEGER PRIMARY KEY, b); INSERT INTO t VALUES(5, 'x')");
        CompleteRefused(ErrorIds.CompletionRefused).Error!.Message.ShouldContain("the column tenant_id of t is its rowid");
    }

    [Fact]
    public void Tables_without_the_column_are_said_and_those_that_all_share_are_not()
    {
        Sql($"CREATE TABLE a(id, {Column}); CREATE TABLE b(id); CREATE TABLE tax(id)");
        Migrate(new MigrationOptions("south") { ReferenceTable = ["tax"] });
        Sql("CREATE TABLE c(id)");
        string warning = CompleteGood().Warnings.Single();
        warning.ShouldContain("These tables have no column tenant_id, so an INSERT into them names no tenant: c. Upgrade them");
    }

    [Theory]
    [InlineData(UniqueScope.Tenant)]
    [InlineData(UniqueScope.TenantAndPrimaryKey)]
    public void Keys_per_tenant_stay_keys_per_tenant(UniqueScope scope)
    {
        Sql("""
            CREATE TABLE p(code TEXT PRIMARY KEY, name TEXT UNIQUE);
            CREATE TABLE c(code TEXT REFERENCES p, n INTEGER, PRIMARY KEY(code, n)) WITHOUT ROWID;
            INSERT INTO p VALUES('a', 'x'), ('b', 'y');
            INSERT INTO c VALUES('a', 1), ('b', 1);
            """);
        Migrate(new MigrationOptions("south") { UniqueScope = scope });
        Sql("INSERT INTO p VALUES('c', 'x', 'north')");
        CompleteGood();
        Insert("INSERT INTO p(code, name) VALUES('d', 'z')").ShouldContain($"{NotNull}: p.tenant_id");
        Insert("INSERT INTO c(code, n) VALUES('a', 2)").ShouldContain($"{NotNull}: c.tenant_id");
        Sql("PRAGMA foreign_key_check").ShouldBe("");
    }

    [Fact]
    public void Database_that_a_script_migrated_is_completed()
    {
        Sql("CREATE TABLE t(id INTEGER PRIMARY KEY, b); INSERT INTO t VALUES(1, 'x')");
        string script = Path.Combine(Folder, "001.sql");
        File.WriteAllText(
            script, "ALTER TABLE t ADD COLUMN tenant_id TEXT DEFAULT \"south\" NOT NULL;\nCREATE INDEX i ON t(tenant_id);\n");
        Migrate(new MigrationOptions("south") { Script = ScriptFile.Read(script) });
        CompleteGood().Columns.Single().ShouldBe(new CompletedColumn("t", "south", 1, AllowedNull: false));
        Insert("INSERT INTO t(id) VALUES(2)").ShouldContain(NotNull);
    }

    [Fact]
    public void History_records_it_with_its_backup()
    {
        Sql("CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES(1)");
        Migrate();
        CompletionResult result = CompleteGood();
        HistoryEntry entry = TenantHistory.Read(Database, cancellation: TestContext.Current.CancellationToken).Entries[^1];
        (entry.Kind, entry.TenantId, entry.ColumnName, entry.Tables, entry.BackupSha256)
            .ShouldBe(("Complete", "south", "tenant_id", 1, result.Backup!.Sha256));
        Sha256(result.Backup.BackupPath).ShouldBe(result.Backup.Sha256);
    }

    [Fact]
    public void Another_column_name_is_completed()
    {
        Sql("CREATE TABLE t(id INTEGER PRIMARY KEY, \"the shop\" TEXT NOT NULL DEFAULT 'it''s' ); INSERT INTO t(id) VALUES(1)");
        CompleteGood(new TenantCompletionOptions { ColumnName = "the shop" }).TenantId.ShouldBe("it's");
        Statement("t").ShouldBe("CREATE TABLE t(id INTEGER PRIMARY KEY, \"the shop\" TEXT NOT NULL )");
        CompleteRefused(ErrorIds.NotMigrated, new TenantCompletionOptions());
    }

    [Fact]
    public void Full_text_index_of_a_table_still_finds_its_rows()
    {
        Sql("""
            CREATE TABLE t(id INTEGER PRIMARY KEY, b TEXT);
            INSERT INTO t VALUES(1, 'brake pad'), (2, 'oil filter');
            CREATE VIRTUAL TABLE f USING fts5(b, content='t', content_rowid='id');
            INSERT INTO f(f) VALUES('rebuild');
            """);
        Migrate();
        CompleteGood();
        Sql("SELECT rowid FROM f WHERE f MATCH 'filter'").ShouldBe("2");
    }

    /// <summary>The sample's trigger, with the tenant.</summary>
    private const string TenantTrigger = """
        DROP TRIGGER trg_users_audit;
        CREATE TRIGGER trg_users_audit AFTER UPDATE OF username, role, is_active ON users
        BEGIN
            INSERT INTO audit_log (id, action, entity_type, entity_id, tenant_id)
            VALUES (lower(hex(randomblob(16))), 'update', 'users', NEW.id, NEW.tenant_id);
        END;
        """;

    /// <summary>An INSERT that fills every column but the tenant's with a value that its CHECK accepts.</summary>
    private string InsertWithoutTenant(string table)
    {
        string columns = Sql($"SELECT group_concat(name) FROM pragma_table_info('{table}') WHERE name <> 'tenant_id'");
        string existing = Sql($"SELECT count(*) FROM {table}");
        if (existing != "0")
        {
            string copied = Sql(
                $"SELECT group_concat(CASE WHEN type = 'TEXT' AND (pk OR name IN ('code', 'username', 'sku', 'name', 'make')) THEN " +
                $"name || ' || ''-2''' ELSE name END) FROM pragma_table_info('{table}') WHERE name <> 'tenant_id'");
            return $"INSERT INTO {table} ({columns}) SELECT {copied} FROM {table} LIMIT 1";
        }

        string values = Sql($"""
            SELECT group_concat(CASE
                WHEN name = 'role' THEN '''admin''' WHEN name = 'operation' THEN '''insert''' WHEN name = 'direction' THEN '''push'''
                WHEN name = 'kind' THEN CASE '{table}' WHEN 'work_order_lines' THEN '''part''' WHEN 'gift_card_transactions'
                    THEN '''issue''' ELSE '''charge''' END
                WHEN name = 'status' THEN CASE '{table}' WHEN 'layaways' THEN '''active''' ELSE '''open''' END
                WHEN name = 'discount_cents' AND '{table}' = 'promotions' THEN 'NULL'
                WHEN type IN ('INTEGER', 'REAL') THEN '1' ELSE '''x''' END)
            FROM pragma_table_info('{table}') WHERE name <> 'tenant_id'
            """);
        return $"INSERT INTO {table} ({columns}) VALUES ({values})";
    }
}
