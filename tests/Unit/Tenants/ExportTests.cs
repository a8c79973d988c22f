using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>One tenant as a file of its own: as it is, or as the store that it was.</summary>
public sealed class ExportTests : TenantFolder
{
    /// <summary>Every row of a store, as the sqlite3 shell writes it.</summary>
    private const string AllRows = """
        SELECT 'customers', quote(id), quote(name), quote(code) FROM customers ORDER BY id;
        SELECT 'sales', quote(id), quote(customer), quote(receipt), quote(note) FROM sales ORDER BY id;
        SELECT 'lines', quote(sale), quote(line), quote(price) FROM lines ORDER BY sale, line;
        SELECT 'parts', quote(id), quote(parent), quote(name) FROM parts ORDER BY id;
        SELECT 'notes', quote(about), quote(word) FROM notes ORDER BY about, word;
        SELECT 'sequence', name, seq FROM sqlite_sequence ORDER BY name;
        """;

    private const string NorthInN = "INSERT INTO n VALUES('north', 'a');";

    public static MatrixTheoryData<UniqueScope, IndexStrategy> Options { get; } =
        new(Enum.GetValues<UniqueScope>(), Enum.GetValues<IndexStrategy>());

    [Fact]
    public void Imported_tenant_is_exported_as_the_store_that_it_was()
    {
        CreateBoth();
        string before = Sha256(Database);

        TenantExportResult result = Export(single: true);

        Shell.Sql(result.ExportPath, AllRows).ShouldBe(Shell.Sql(Source, AllRows));
        Shell.Sql(result.ExportPath, ".schema").ShouldBe(Shell.Sql(Source, ".schema").Replace(" IF NOT EXISTS", ""));
        Shell.Sql(result.ExportPath, "PRAGMA integrity_check").ShouldBe("ok");
        result.NewKeys.ShouldBeEmpty();
        result.Rows.ShouldBe(15);
        Sha256(result.ExportPath).ShouldBe(result.Sha256);
        Sha256(Database).ShouldBe(before);
        Differences(result.ExportPath).ShouldBe("");
        Directory.GetFileSystemEntries(Folder, "*.copy").ShouldBeEmpty();
        Directory.GetFiles(Folder, "*journal*").ShouldBeEmpty();
    }

    [Fact]
    public void Tenant_is_exported_as_it_is_without_rows_of_others()
    {
        CreateBoth();
        Sql("""
            CREATE VIEW v AS SELECT name FROM customers;
            CREATE TRIGGER t AFTER INSERT ON customers BEGIN UPDATE customers SET name = 'fired'; END;
            """);

        TenantExportResult result = Export();

        Shell.Sql(result.ExportPath, "SELECT count(*) FROM customers WHERE name = 'fired'").ShouldBe("0");
        Shell.Sql(result.ExportPath, "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid").ShouldBe(
            Sql("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid"));
        Shell.Sql(result.ExportPath, "SELECT * FROM customers ORDER BY id").ShouldBe(
            Sql("SELECT * FROM customers WHERE tenant_id = 'north' ORDER BY id"));
        Shell.Sql(result.ExportPath, "SELECT count(*) FROM sales WHERE tenant_id <> 'north'").ShouldBe("0");
        Shell.Sql(result.ExportPath, "SELECT kind, tenant_id FROM _postenancy_history").ShouldBe("Import|north");
        Differences(result.ExportPath).ShouldBe("");
        System.Text.Encoding.Latin1.GetString(Bytes(result.ExportPath)).ShouldNotContain("Ada", Case.Sensitive);
    }

    [Fact]
    public void First_tenant_is_exported_with_its_own_keys_and_rowids()
    {
        Create(Database, South);
        string rows = Shell.Sql(Database, AllRows);
        Shell.Sql(Database, "DELETE FROM notes; INSERT INTO notes(rowid, about) VALUES(77, 'south')");
        Migrate();

        TenantExportResult result = Export("south", single: true);

        Shell.Sql(result.ExportPath, "SELECT rowid, about FROM notes").ShouldBe("77|south");
        Shell.Sql(result.ExportPath, AllRows).Split('\n').Where(r => !r.StartsWith("notes", StringComparison.Ordinal)).ShouldBe(
            rows.Split('\n').Where(r => !r.StartsWith("notes", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void Any_migration_is_undone_by_the_export_of_a_single_tenant(UniqueScope scope, IndexStrategy strategy)
    {
        const string Odd = """
            CREATE TABLE "odd ""t"" [x]"("the ""key"" x" TEXT COLLATE NOCASE PRIMARY KEY, n INT CHECK(n <> 4), up AS (n + 1),
                UNIQUE(n, "the ""key"" x"));
            CREATE TABLE strict(id TEXT PRIMARY KEY, sku TEXT NOT NULL UNIQUE, qty INTEGER, twice INTEGER AS (qty * 2) STORED) STRICT;
            CREATE TABLE child(a TEXT, b TEXT, self INTEGER, id INTEGER PRIMARY KEY, FOREIGN KEY(a) REFERENCES strict,
                FOREIGN KEY(b) REFERENCES strict(sku), FOREIGN KEY(self) REFERENCES child(id));
            CREATE TABLE pair(x INTEGER, y INTEGER, note TEXT, PRIMARY KEY(x DESC, y)) WITHOUT ROWID;
            CREATE TABLE child2(x INTEGER, y INTEGER, FOREIGN KEY(x, y) REFERENCES pair(x, y) ON DELETE CASCADE);
            CREATE INDEX child_a ON child(a COLLATE NOCASE DESC, b) WHERE a IS NOT NULL;
            CREATE UNIQUE INDEX child_b ON child(lower(b), a);
            CREATE VIEW v AS SELECT c.id, s.sku FROM child c JOIN strict s ON s.id = c.a;
            CREATE TRIGGER t AFTER INSERT ON child BEGIN INSERT INTO pair(x, y, note) VALUES(new.id, 1, 'fired'); END;
            """;
        const string Rows = """
            INSERT INTO "odd ""t"" [x]" VALUES('A', 1), ('b', 2);
            INSERT INTO strict(id, sku, qty) VALUES('s1', 'sku', 3), ('s2', 'sku2', NULL);
            INSERT INTO child VALUES('s1', 'sku2', 1, 1), (NULL, 'gone', 9, 2);
            INSERT INTO child2 VALUES(1, 1), (5, 5);
            """;
        const string Read = """
            SELECT quote("the ""key"" x"), n, up FROM "odd ""t"" [x]" ORDER BY 1; SELECT id, sku, qty, twice FROM strict ORDER BY 1;
            SELECT quote(a), b, self, id FROM child ORDER BY id; SELECT x, y, note FROM pair ORDER BY 1;
            SELECT x, y FROM child2 ORDER BY 1; SELECT * FROM v;
            """;
        Shell.Sql(Source, Odd + Rows);
        Shell.Sql(Database, Odd + Rows.Replace("'s1'", "'t1'").Replace("'s2'", "'t2'").Replace("'sku", "'other"));
        Migrate(new MigrationOptions("south") { UniqueScope = scope, IndexStrategy = strategy });
        if (scope != UniqueScope.TenantAndPrimaryKey)
        {
            // These keys are natural, and unique over all tenants.
            Sql("""
                UPDATE "odd ""t"" [x]" SET "the ""key"" x" = 'south-' || n;
                UPDATE pair SET x = x + 100;
                UPDATE child2 SET x = x + 100;
                """);
        }

        Import(keys: KeyDeclarations.Parse(new Dictionary<string, string> { ["child2.x"] = "None", ["pair.x"] = "Natural" }));

        TenantExportResult result = Export(single: true);

        Shell.Sql(result.ExportPath, Read).ShouldBe(Shell.Sql(Source, Read));
        Shell.Sql(result.ExportPath, "SELECT type, name FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name").ShouldBe(
            Shell.Sql(Source, "SELECT type, name FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name"));
        const string Broken = """
            SELECT "table", rowid, parent FROM pragma_foreign_key_check ORDER BY 1, 2, 3;
            PRAGMA foreign_key_list(child);
            """;
        Shell.Sql(result.ExportPath, Broken).ShouldBe(Shell.Sql(Source, Broken));
        Shell.Sql(result.ExportPath, "SELECT sql FROM sqlite_schema").ShouldNotContain("tenant");
        Differences(result.ExportPath).ShouldBe("");
    }

    [Fact]
    public void Exported_tenant_is_imported_elsewhere_and_exported_again_equal()
    {
        CreateBoth();
        TenantExportResult first = Export();
        string other = Path.Combine(Folder, "other.db");
        Create(other, South);
        Migrate(database: other);
        Import(other, first.ExportPath);

        TenantExportResult second = Export(database: other, single: true);
        TenantExportResult single = Export(single: true);

        using TenantComparisonReading reading = TenantComparison.Run(
            other, new TenantComparisonOptions("north", first.ExportPath), cancellation: Cancel);
        reading.IsEqual.ShouldBeTrue();

        // The keys of the other database lead back to those of the first export, which are not those of the store.
        Shell.Sql(second.ExportPath, "SELECT name, code FROM customers ORDER BY name").ShouldBe(
            Shell.Sql(single.ExportPath, "SELECT name, code FROM customers ORDER BY name"));
        Shell.Sql(second.ExportPath, "SELECT * FROM customers ORDER BY id").ShouldBe(
            Shell.Sql(first.ExportPath, "SELECT id, name, code FROM customers ORDER BY id"));
    }

    [Fact]
    public void Row_that_got_the_original_key_of_another_one_gets_a_free_key_and_is_listed()
    {
        CreateBoth();
        Sql("""
            DELETE FROM customers WHERE tenant_id = 'south' AND id = 2;
            INSERT INTO customers(id, name, tenant_id) VALUES(2, 'New', 'north');
            INSERT INTO sales(customer, receipt, tenant_id) VALUES(2, 'R9', 'north');
            """);

        TenantExportResult result = Export(single: true);

        ExportedKey key = result.NewKeys.ShouldHaveSingleItem();
        (key.Table, key.DatabaseKey).ShouldBe(("customers", "2"));
        Shell.Sql(result.ExportPath, "SELECT id, name FROM customers ORDER BY id").ShouldBe($"1|Cy\n2|Di\n7|Ed\n{key.Key}|New");
        Shell.Sql(result.ExportPath, "SELECT customer FROM sales WHERE receipt = 'R9'").ShouldBe(key.Key);
        Differences(result.ExportPath).ShouldBe("");
    }

    [Fact]
    public void Text_key_that_is_the_original_of_another_one_gets_a_free_one()
    {
        const string Schema = "CREATE TABLE items(id TEXT PRIMARY KEY, name TEXT); CREATE TABLE stock(item TEXT REFERENCES items);";
        Shell.Sql(Database, Schema + "INSERT INTO items VALUES('i-1', 'a');");
        Migrate();
        Shell.Sql(Source, Schema + "INSERT INTO items VALUES('i-1', 'x'), ('i-1-new', 'y'); INSERT INTO stock VALUES('i-1');");
        Import();
        Sql("DELETE FROM items WHERE tenant_id = 'south'; INSERT INTO items VALUES('i-1', 'z', 'north');");
        Sql("INSERT INTO stock VALUES('i-1', 'north')");

        TenantExportResult result = Export(single: true);

        result.NewKeys.ShouldHaveSingleItem().ShouldBe(new ExportedKey("items", "i-1-new-2", "i-1"));
        Shell.Sql(result.ExportPath, "SELECT id, name FROM items ORDER BY id; SELECT item FROM stock ORDER BY 1").ShouldBe(
            "i-1|x\ni-1-new|y\ni-1-new-2|z\ni-1\ni-1-new-2");
        Differences(result.ExportPath).ShouldBe("");
    }

    [Fact]
    public void Text_keys_and_declared_references_get_their_original_values()
    {
        const string Schema = """
            CREATE TABLE items(id TEXT COLLATE NOCASE PRIMARY KEY, name TEXT);
            CREATE TABLE stock(id INTEGER PRIMARY KEY, item TEXT REFERENCES items);
            CREATE TABLE log(kind TEXT, thing TEXT, data TEXT);
            """;
        Shell.Sql(Database, Schema + "INSERT INTO items VALUES('i-1', 'a'), ('i-2', 'b'); INSERT INTO stock VALUES(1, 'i-1');");
        Migrate();
        Shell.Sql(Source, Schema + """
            INSERT INTO items VALUES('I-1', 'x'), ('i-3', 'y'); INSERT INTO stock VALUES(1, 'I-1'), (2, 'i-1'), (3, 'i-3');
            INSERT INTO log VALUES('item', 'I-1', '{"stock": 1, "other": 1}'), ('else', '1', NULL), ('item', 'none', '[ ]');
            """);
        Import(keys: KeyDeclarations.Parse(new Dictionary<string, object>
        {
            ["log.thing"] = new Dictionary<string, object> { ["Type"] = "kind", ["item"] = "items" },
            ["log.data"] = new Dictionary<string, object> { ["$.stock"] = "stock" },
        }));
        Sql("SELECT count(*) FROM log WHERE thing = 'I-1'").ShouldBe("0");

        TenantExportResult result = Export(single: true);

        const string Read = "SELECT * FROM items ORDER BY 1; SELECT * FROM stock ORDER BY 1; SELECT * FROM log ORDER BY rowid;";
        Shell.Sql(result.ExportPath, Read).ShouldBe(Shell.Sql(Source, Read));
    }

    [Fact]
    public void Settings_of_the_file_and_full_text_indexes_come_along()
    {
        Shell.Sql(Database, """
            PRAGMA page_size = 1024; PRAGMA encoding = 'UTF-16le'; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;
            PRAGMA user_version = 7; PRAGMA application_id = 99;
            CREATE TABLE docs(id INTEGER PRIMARY KEY, body TEXT);
            CREATE VIRTUAL TABLE found USING fts5(body, content='docs', content_rowid='id');
            CREATE TABLE rates(id INTEGER PRIMARY KEY, percent REAL);
            CREATE TABLE tenants(id TEXT PRIMARY KEY, name TEXT);
            INSERT INTO docs VALUES(1, 'red bike'), (2, 'blue car'); INSERT INTO rates VALUES(1, 19.0);
            INSERT INTO tenants VALUES('south', 'South'), ('north', 'North');
            INSERT INTO found(found) VALUES('rebuild');
            """);
        Migrate(new MigrationOptions("south") { ReferenceTable = ["rates"] });
        Sql("UPDATE docs SET tenant_id = 'north' WHERE id = 2");

        TenantExportResult result = Export("north", single: true);

        const string Pragmas = """
            PRAGMA page_size; PRAGMA encoding; PRAGMA auto_vacuum; PRAGMA journal_mode; PRAGMA user_version; PRAGMA application_id;
            """;
        Shell.Sql(result.ExportPath, Pragmas).ShouldBe("1024\nUTF-16le\n2\nwal\n7\n99");
        Shell.Sql(result.ExportPath, "SELECT rowid FROM found WHERE found MATCH 'car OR bike'").ShouldBe("2");
        Shell.Sql(result.ExportPath, "SELECT * FROM rates; SELECT * FROM tenants").ShouldBe("1|19.0\nnorth|North");
        result.RowsShared.ShouldBe(1);
        File.Exists(result.ExportPath + "-wal").ShouldBeFalse();
    }

    [Fact]
    public void Database_that_had_the_column_from_the_beginning_is_exported_without_it()
    {
        Shell.Sql(Database, """
            CREATE TABLE tenants(id TEXT PRIMARY KEY);
            CREATE TABLE a(tenant_id TEXT NOT NULL REFERENCES tenants(id) CHECK(length(tenant_id) > 1),
                id INTEGER PRIMARY KEY, n TEXT, UNIQUE(n, tenant_id), UNIQUE(tenant_id, id));
            CREATE TABLE b(id TEXT, /* whose */ tenant_id TEXT, PRIMARY KEY(tenant_id, id), FOREIGN KEY(tenant_id) REFERENCES tenants);
            CREATE INDEX a1 ON a(tenant_id DESC); CREATE INDEX a2 ON a(n, tenant_id COLLATE NOCASE);
            INSERT INTO tenants VALUES('north'), ('south');
            INSERT INTO a VALUES('north', 1, 'x'), ('south', 2, 'x'); INSERT INTO b VALUES('i', 'north'), ('i', 'south');
            """);

        TenantExportResult result = Export(single: true);

        Shell.Sql(result.ExportPath, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").ShouldBe("""
            CREATE TABLE tenants(id TEXT PRIMARY KEY)
            CREATE TABLE a(id INTEGER PRIMARY KEY, n TEXT, UNIQUE(n), UNIQUE(id))
            CREATE TABLE b(id TEXT, PRIMARY KEY(id))
            CREATE INDEX a2 ON a(n)
            """.Replace("\r", ""));
        Shell.Sql(result.ExportPath, "SELECT * FROM a; SELECT * FROM b").ShouldBe("1|x\ni");
    }

    [Theory]
    [InlineData("CREATE TABLE n(tenant_id TEXT, a TEXT, CHECK(a <> tenant_id));" + NorthInN)]
    [InlineData("CREATE TABLE n(tenant_id TEXT, a AS (tenant_id || 'x'), b TEXT);" + NorthInN)]
    [InlineData("CREATE TABLE n(tenant_id TEXT, a TEXT); CREATE INDEX i ON n(a) WHERE tenant_id = 'north';" + NorthInN)]
    [InlineData("CREATE TABLE n(tenant_id TEXT, a TEXT); CREATE VIEW v AS SELECT tenant_id FROM n;" + NorthInN)]
    [InlineData(
        "CREATE TABLE n(tenant_id TEXT, a TEXT);" + NorthInN + "CREATE TRIGGER t AFTER INSERT ON n BEGIN SELECT new.tenant_id; END;")]
    [InlineData("CREATE TABLE n(tenant_id TEXT, a TEXT); CREATE VIRTUAL TABLE f USING fts5(x); INSERT INTO f VALUES('x');" + NorthInN)]
    public void What_cannot_do_without_the_tenant_is_refused_and_leaves_nothing(string sql)
    {
        Shell.Sql(Database, sql);
        string before = Snapshot();

        Should.Throw<PosTenancyException>(() => Export(single: true)).ErrorId.ShouldBe(ErrorIds.ExportRefused);

        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Reference_to_another_tenant_is_warned_of()
    {
        CreateBoth();
        Sql("UPDATE sales SET customer = 1 WHERE tenant_id = 'north' AND receipt = 'R1'");

        Export().Warnings.ShouldHaveSingleItem().ShouldStartWith("1 row of sales references rows of customers");
    }

    [Fact]
    public void Wrong_tenants_and_lost_key_maps_are_errors()
    {
        TenantImportResult imported = CreateBoth();
        Should.Throw<PosTenancyException>(() => Export("nort")).ErrorId.ShouldBe(ErrorIds.TenantNotFound);
        File.Delete(imported.KeyMapPath!);
        Should.Throw<PosTenancyException>(() => Export(single: true)).ErrorId.ShouldBe(ErrorIds.KeyMapLost);
        _ = Export();
    }

    [Fact]
    public void Export_that_was_changed_is_not_compared()
    {
        CreateBoth();
        TenantExportResult result = Export();
        Shell.Sql(result.ExportPath, "UPDATE customers SET name = 'x'");

        Should.Throw<PosTenancyException>(() => Differences(result.ExportPath)).ErrorId.ShouldBe(ErrorIds.ExportTampered);

        File.Delete(result.ManifestPath);
        Differences(result.ExportPath).ShouldContain("customers");
    }

    [Fact]
    public void Cancelled_export_leaves_nothing()
    {
        CreateBoth();
        string before = Snapshot();
        using CancellationTokenSource stop = new();
        Observer progress = new(report =>
        {
            if (report is { Part: StagePart.FileChecks })
            {
                stop.Cancel();
            }
        });

        _ = Should.Throw<OperationCanceledException>(() => TenantExport.Create(
            Database, new TenantExportOptions("north"), progress, stop.Token));

        Snapshot().ShouldBe(before);
    }

    private TenantExportResult Export(string tenant = "north", bool single = false, string? database = null) => TenantExport.Create(
        database ?? Database, new TenantExportOptions(tenant) { AsSingleTenant = single }, cancellation: Cancel);
}
