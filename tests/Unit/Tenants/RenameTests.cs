using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>Another name for a tenant: in its rows, the DEFAULT, the list of tenants and the history, and nowhere else.</summary>
public sealed class RenameTests : RenameFolder
{
    private const string AllRows = """
        SELECT 'customers', quote(id), quote(name), quote(code) FROM customers ORDER BY id;
        SELECT 'sales', quote(id), quote(customer), quote(receipt), quote(note) FROM sales ORDER BY id;
        SELECT 'lines', quote(sale), quote(line), quote(price) FROM lines ORDER BY sale, line;
        SELECT 'parts', quote(id), quote(parent), quote(name) FROM parts ORDER BY id;
        SELECT 'notes', quote(about), quote(word) FROM notes ORDER BY about, word;
        """;

    /// <summary>Every row with its tenant and its rowid.</summary>
    private const string WithTenants = """
        SELECT 'customers', rowid, * FROM customers ORDER BY rowid;
        SELECT 'sales', rowid, id, customer, receipt, quote(note), tenant_id FROM sales ORDER BY rowid;
        SELECT 'lines', * FROM lines ORDER BY sale, line;
        SELECT 'notes', rowid, * FROM notes ORDER BY rowid;
        SELECT 'sequence', * FROM sqlite_sequence;
        PRAGMA integrity_check;
        """;

    [Fact]
    public void First_tenant_gets_its_new_name_in_every_row_and_every_default()
    {
        CreateBoth();
        string rows = Sql(WithTenants);
        string schema = Sql(".schema");
        schema.ShouldContain("DEFAULT 'south'");

        TenantRenameResult result = Rename();

        Sql(WithTenants).ShouldBe(rows.Replace("|south\n", "|east\n", StringComparison.Ordinal));
        Sql(".schema").ShouldBe(schema.Replace("DEFAULT 'south'", "DEFAULT 'east'", StringComparison.Ordinal));
        Sql("INSERT INTO notes(about) VALUES('later'); SELECT tenant_id FROM notes WHERE about = 'later'").ShouldBe("east");
        result.Rows.ShouldBe(5);
        result.Tables.ShouldBe([new ChangedTable("customers", 2, 2), new ChangedTable("sales", 2, 2), new ChangedTable("notes", 1, 1)]);
        result.Defaults.ShouldBe(["customers", "sales", "lines", "parts", "notes"]);
        result.ProvedBy.ShouldBe(ProvedBy.Twin);
        result.Registry.ShouldBeNull();
        result.ToString().ShouldBe("south: Succeeded, 5 rows");
    }

    [Fact]
    public void Other_tenant_is_renamed_and_the_default_stays()
    {
        CreateBoth();
        string rows = Sql(WithTenants);
        string schema = Sql(".schema");

        TenantRenameResult result = Rename("north", "it's \"north\" — №2");

        Sql(WithTenants).ShouldBe(rows.Replace("|north\n", "|it's \"north\" — №2\n", StringComparison.Ordinal));
        Sql(".schema").ShouldBe(schema);
        result.Defaults.ShouldBeEmpty();
    }

    [Fact]
    public void Every_other_command_knows_the_tenant_by_its_new_name_alone()
    {
        CreateBoth();
        string[] integrity = Integrity("south");
        _ = Rename();
        _ = Rename("north", "west");

        Integrity("east").ShouldBe(integrity);
        foreach (string tenant in new[] { "east", "west" })
        {
            MigrationOptions options = new(tenant);
            GuardedUpgrade.Run(Database, new UpgradeOptions(options)).Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
        }

        GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("south"))).Status.ShouldBe(UpgradeStatus.Refused);
        TenantList.Read(Database, "tenant_id", cancellation: Cancel).Select(t => t.TenantId).ShouldBe(["east", "west"]);
        Differences(Source, "west").ShouldBe("");
        TenantExportResult export = TenantExport.Create(
            Database, new TenantExportOptions("west") { AsSingleTenant = true }, cancellation: Cancel);
        Shell.Sql(export.ExportPath, AllRows).ShouldBe(Shell.Sql(Source, AllRows));
        TenantImport.Run(Database, [new TenantSource(Source, "west")], new TenantImportOptions(), cancellation: Cancel)[0]
            .Status.ShouldBe(TenantChangeStatus.AlreadyImported);

        string[] Integrity(string tenant) =>
        [
            .. TenantIntegrity.Test(Database, TenantExpectation.From(new MigrationOptions(tenant)), null, cancellation: Cancel)
                .Select(c => $"{c}"),
        ];
    }

    [Fact]
    public void Database_of_one_tenant_passes_every_check_afterwards()
    {
        Create(Database, South);
        Migrate();
        _ = Rename();

        TenantIntegrity.Test(Database, TenantExpectation.From(new MigrationOptions("east")), null, cancellation: Cancel)
            .Where(c => c.Status != CheckStatus.NotChecked).ShouldHavePassed();
        GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("east"))).Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
        MigrationPlan plan = TenantPlan.Read(Database, new MigrationOptions("east"));
        plan.Tables.ShouldAllBe(t => t.Action == TableAction.None || t.Action == TableAction.Skip);
    }

    [Fact]
    public void History_follows_and_remembers_the_old_name()
    {
        CreateBoth();
        string backup = Sql("SELECT backup_sha256 FROM _postenancy_history WHERE kind = 'Import'");

        TenantRenameResult result = Rename();
        _ = Rename("east", "west");

        Sql("SELECT kind, name IS NULL OR kind = 'Import', tenant_id FROM _postenancy_history WHERE kind <> 'Rename' ORDER BY id").ShouldBe(
            "Plan|1|west\nImport|1|north");
        Sql("SELECT name, tenant_id, column_name, tables FROM _postenancy_history WHERE kind = 'Rename' ORDER BY id").ShouldBe(
            "south|west|tenant_id|3\neast|west|tenant_id|3");
        Sql("SELECT backup_sha256 FROM _postenancy_history WHERE name = 'south'").ShouldBe(result.Backup!.Sha256);
        Sql("SELECT backup_sha256 FROM _postenancy_history WHERE kind = 'Import'").ShouldBe(backup);
        Shell.Sql(result.Backup.BackupPath, "SELECT count(*) FROM customers WHERE tenant_id = 'south'").ShouldBe("2");
    }

    [Fact]
    public void Rows_that_are_older_than_the_column_store_the_new_name()
    {
        Create(Database, South);
        Migrate();

        _ = Rename();

        // The DEFAULT alone is changed: what a row does not store would change with it.
        Sql("""
            .dbconfig defensive off
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = replace(sql, '''east''', '''nobody''') WHERE type = 'table';
            PRAGMA schema_version = 4711;
            """);
        Sql("SELECT DISTINCT tenant_id FROM customers UNION ALL SELECT DISTINCT tenant_id FROM sales").ShouldBe("east\neast");
    }

    [Theory]
    [InlineData("'south'", "'east'")]
    [InlineData("\"south\"", "'east'")]
    [InlineData("south", "'east'")]
    [InlineData("('south')", "'east'")]
    [InlineData("(lower('SOUTH') /* first */)", "'east'")]
    [InlineData("'north'", "'north'")]
    [InlineData("'South'", "'South'")]
    [InlineData("'south '", "'south '")]
    public void Default_is_changed_however_it_is_written_and_only_if_it_is_the_tenant(string old, string now)
    {
        const string create = "CREATE TABLE a(\n  v TEXT DEFAULT 'south', -- DEFAULT 'south'\n" +
            "  tenant_id TEXT CONSTRAINT d DEFAULT {0} NOT NULL, w);";
        Make(create.Replace("{0}", old, StringComparison.Ordinal) +
            "INSERT INTO a(v, tenant_id) VALUES('x', 'south'), ('y', 'north');");

        TenantRenameResult result = Rename();

        Sql("SELECT sql || ';' FROM sqlite_schema WHERE name = 'a'").ShouldBe(create.Replace("{0}", now, StringComparison.Ordinal));
        Sql("SELECT v, tenant_id FROM a ORDER BY v").ShouldBe("x|east\ny|north");
        result.Mentions.ShouldContain(new TenantMention(TenantMentionKind.Table, "a", "v", 0));
    }

    [Theory]
    [InlineData(UniqueScope.Tenant, IndexStrategy.Composite)]
    [InlineData(UniqueScope.TenantAndPrimaryKey, IndexStrategy.Separate)]
    public void Keys_that_contain_the_tenant_and_their_references_change_along(UniqueScope scope, IndexStrategy strategy)
    {
        Make("""
            CREATE TABLE shops(code TEXT PRIMARY KEY, name TEXT UNIQUE ON CONFLICT REPLACE) STRICT;
            CREATE TABLE sales(shop TEXT REFERENCES shops, no INTEGER, total REAL, PRIMARY KEY(shop, no)) WITHOUT ROWID;
            CREATE TABLE lines(id INTEGER PRIMARY KEY, shop TEXT, no INTEGER, FOREIGN KEY(shop, no) REFERENCES sales ON UPDATE CASCADE);
            INSERT INTO shops VALUES('a', 'A'), ('b', 'B');
            INSERT INTO sales VALUES('a', 1, 1.5), ('b', 1, 2);
            INSERT INTO lines VALUES(1, 'a', 1), (2, 'b', 1);
            """);
        Migrate(new MigrationOptions("south") { UniqueScope = scope, IndexStrategy = strategy });
        Sql("INSERT INTO shops(code, name, tenant_id) VALUES('c', 'A', 'north')");
        string rows = Sql("SELECT * FROM shops ORDER BY code; SELECT * FROM sales ORDER BY 1, 2; SELECT * FROM lines ORDER BY 1");

        _ = Rename();

        Sql("SELECT * FROM shops ORDER BY code; SELECT * FROM sales ORDER BY 1, 2; SELECT * FROM lines ORDER BY 1").ShouldBe(
            rows.Replace("south", "east", StringComparison.Ordinal));
        Sql("PRAGMA foreign_key_check; PRAGMA integrity_check").ShouldBe("ok");
        Sql("SELECT count(*) FROM lines JOIN sales USING(tenant_id, shop, no) WHERE tenant_id = 'east'").ShouldBe("2");
    }

    [Theory]
    [InlineData("PRAGMA journal_mode = WAL;")]
    [InlineData("PRAGMA encoding = 'UTF-16be';")]
    [InlineData("PRAGMA auto_vacuum = FULL;")]
    [InlineData("PRAGMA page_size = 512;")]
    public void Any_file_format_keeps_its_rows(string prologue)
    {
        Make(prologue + """
            CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL DEFAULT 'süd', v TEXT, big BLOB);
            CREATE TABLE b(tenant_id TEXT NOT NULL, k TEXT, v ANY, PRIMARY KEY(tenant_id, k)) STRICT, WITHOUT ROWID;
            CREATE INDEX i ON a(tenant_id, v);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)
            INSERT INTO a SELECT i, CASE i % 3 WHEN 0 THEN 'ost' ELSE 'süd' END, 'wörter ' || i, CASE i % 100 WHEN 0 THEN zeroblob(9000) END
            FROM n;
            INSERT INTO b SELECT tenant_id, v, v FROM a;
            """);
        string rows = Sql("SELECT id, tenant_id, v, length(big) FROM a; SELECT * FROM b ORDER BY k");

        TenantRenameResult result = Rename("süd", "南の店");

        result.Rows.ShouldBe(1200);
        Sql("SELECT id, tenant_id, v, length(big) FROM a; SELECT * FROM b ORDER BY k").ShouldBe(
            rows.Replace("süd", "南の店", StringComparison.Ordinal));
        Sql("INSERT INTO a(v) VALUES('later'); SELECT tenant_id FROM a WHERE v = 'later'").ShouldBe("南の店");
        Sql("PRAGMA integrity_check").ShouldBe("ok");
        Sql("PRAGMA journal_mode").ShouldBe(prologue.Contains("WAL", StringComparison.Ordinal) ? "wal" : "delete");
    }

    [Fact]
    public void Full_text_index_over_a_table_finds_the_rows_by_their_new_name()
    {
        Make("""
            CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT, v TEXT);
            CREATE VIRTUAL TABLE f USING fts5(v, tenant_id, content='a', content_rowid='id');
            INSERT INTO a VALUES(1, 'south', 'apple'), (2, 'north', 'apple');
            INSERT INTO f(f) VALUES('rebuild');
            """);

        Rename().Mentions.ShouldBeEmpty();

        Sql("SELECT rowid FROM f('apple AND east'); SELECT count(*) FROM f('south')").ShouldBe("1\n0");
        Sql("INSERT INTO f(f, rank) VALUES('integrity-check', 1)").ShouldBe("");
    }

    [Fact]
    public void No_trigger_fires_and_no_foreign_key_acts()
    {
        Make("""
            CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT, n INTEGER DEFAULT 0, UNIQUE(tenant_id, id));
            CREATE TABLE b(tenant_id TEXT, a INTEGER, FOREIGN KEY(tenant_id, a) REFERENCES a(tenant_id, id) ON UPDATE SET NULL);
            CREATE TRIGGER t AFTER UPDATE ON a BEGIN UPDATE a SET n = n + 1; SELECT RAISE(ABORT, 'no'); END;
            INSERT INTO a(id, tenant_id) VALUES(1, 'south'), (2, 'north');
            INSERT INTO b VALUES('south', 1), ('north', 2), ('south', NULL);
            """);

        _ = Rename();

        Sql("SELECT * FROM a; SELECT * FROM b").ShouldBe("1|east|0\n2|north|0\neast|1\nnorth|2\neast|");
    }

    [Theory]
    [InlineData("CREATE TABLE tenants(id TEXT PRIMARY KEY, title TEXT) WITHOUT ROWID", "tenants.id")]
    [InlineData("CREATE TABLE tenants(no INTEGER PRIMARY KEY, slug TEXT UNIQUE, title TEXT)", "tenants.slug")]
    public void Entry_in_the_list_of_tenants_changes_along(string registry, string place)
    {
        string column = place.Split('.')[1];
        Make($"""
            {registry};
            INSERT INTO tenants({column}, title) VALUES('south', 'The South'), ('north', 'North');
            CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT REFERENCES tenants({column}));
            INSERT INTO a VALUES(1, 'south'), (2, 'north'), (3, 'south');
            """);

        Rename().Registry.ShouldBe(place);

        Sql($"SELECT {column}, title FROM tenants ORDER BY title").ShouldBe("north|North\neast|The South");
        Sql("SELECT tenant_id FROM a ORDER BY id; PRAGMA foreign_key_check").ShouldBe("east\nnorth\neast");
    }

    [Fact]
    public void Tenant_that_is_only_listed_is_renamed()
    {
        Make("""
            CREATE TABLE tenants(id TEXT PRIMARY KEY);
            INSERT INTO tenants VALUES('south'), ('north');
            CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT REFERENCES tenants);
            INSERT INTO a VALUES(1, 'north');
            """);

        Rename().Rows.ShouldBe(0);

        Sql("SELECT id FROM tenants ORDER BY id").ShouldBe("east\nnorth");
    }

    [Fact]
    public void Tenant_that_only_the_default_names_is_renamed()
    {
        Make("CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL DEFAULT 'south');");

        Rename().Rows.ShouldBe(0);

        Sql("INSERT INTO a(id) VALUES(1); SELECT tenant_id FROM a").ShouldBe("east");
    }

    [Fact]
    public void Name_that_a_column_compares_without_case_may_change_its_case()
    {
        Make("""
            CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT COLLATE NOCASE DEFAULT 'south', v TEXT);
            CREATE INDEX i ON a(tenant_id);
            INSERT INTO a(id, tenant_id, v) VALUES(1, 'south', 'x'), (2, 'north', 'y');
            """);

        _ = Rename("south", "South");

        Sql("SELECT id, tenant_id FROM a ORDER BY id; PRAGMA integrity_check").ShouldBe("1|South\n2|north\nok");
        Sql("SELECT dflt_value FROM pragma_table_info('a') WHERE name = 'tenant_id'").ShouldBe("'South'");
    }

    [Fact]
    public void Numbers_as_names_stay_what_their_column_makes_of_them()
    {
        Make("""
            CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id INTEGER NOT NULL DEFAULT 1, v);
            CREATE TABLE b(id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL DEFAULT '1');
            INSERT INTO a(tenant_id, v) VALUES(1, 1), (2, 1), (1, '1');
            INSERT INTO b(tenant_id) VALUES('1'), ('2');
            """);

        TenantRenameResult result = Rename("1", "7");

        Sql("SELECT id, tenant_id, typeof(tenant_id), v, typeof(v) FROM a").ShouldBe(
            "1|7|integer|1|integer\n2|2|integer|1|integer\n3|7|integer|1|text");
        Sql("SELECT tenant_id, typeof(tenant_id) FROM b; SELECT dflt_value FROM pragma_table_info('a') WHERE name = 'tenant_id'").ShouldBe(
            "7|text\n2|text\n'7'");
        result.Mentions.ShouldBe([new TenantMention(TenantMentionKind.Rows, "a", "v", 1)]);
    }

    [Fact]
    public void Rename_that_was_done_before_has_nothing_to_do()
    {
        CreateBoth();
        _ = Rename();
        string before = Snapshot();

        TenantRenameResult again = Run("south", "east");

        again.Status.ShouldBe(TenantChangeStatus.Succeeded, again.Error?.Message);
        again.ProvedBy.ShouldBeNull();
        again.Warnings.ShouldHaveSingleItem().ShouldContain("was renamed to 'east' on");
        new TenantRename(Database, new TenantRenameOptions("south", "east")).Preview(Cancel).ShouldHaveSingleItem()
            .ShouldStartWith("Nothing: The tenant 'south' was renamed");
        Snapshot().ShouldBe(before);

        // The way back is free.
        _ = Rename("east", "south");
    }

    [Fact]
    public void Preview_says_what_would_be_renamed_and_what_left()
    {
        CreateBoth();
        Sql("CREATE TABLE tenants(id TEXT); INSERT INTO tenants VALUES('south'), ('north')");
        string before = Snapshot();

        IReadOnlyList<string> steps = new TenantRename(Database, new TenantRenameOptions("south", "east")).Preview(Cancel);

        steps.ShouldBe(
        [
            "Rename the tenant 'south' to 'east', after a verified backup: 5 rows (customers 2, sales 2, notes 1)",
            "Change the DEFAULT of the tenant column in customers, sales, lines, parts, notes",
            "Change the entry in tenants.id",
            "Leave as it is what else has the name: notes.about (1 row)",
        ]);
        Snapshot().ShouldBe(before);
    }
}
