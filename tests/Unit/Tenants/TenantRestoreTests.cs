using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Tests.Tenants;

/// <summary>One tenant as a backup has it, while the others go on.</summary>
public sealed class TenantRestoreTests : RestoreFolder
{
    private const string Schema = """
        CREATE TABLE customers(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, code TEXT);
        CREATE TABLE sales(id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers, total REAL, slip BLOB);
        CREATE TABLE lines(sale INTEGER REFERENCES sales, line INTEGER, part TEXT, PRIMARY KEY(sale, line)) WITHOUT ROWID;
        CREATE TABLE parts(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parts, name TEXT);
        CREATE TABLE notes(about TEXT, word);
        CREATE TABLE other(v TEXT);

        """;

    private const string North = """
        INSERT INTO customers VALUES(1, 'Ada', 'a'), (2, 'Bo', NULL), (3, 'Cy', '');
        INSERT INTO sales VALUES(1, 1, 1.5, x''), (2, 2, -0.0, zeroblob(9000)), (3, NULL, 2, 'text');
        INSERT INTO lines VALUES(1, 1, 'p'), (1, 2, 'q'), (2, 1, 'r');
        INSERT INTO parts VALUES(1, NULL, 'engine'), (2, 1, 'piston'), (3, 3, 'itself'), (4, 99, 'lost');
        INSERT INTO notes VALUES('a', 1), ('a', 1), ('b', '1'), (NULL, NULL);
        INSERT INTO other VALUES('same');

        """;

    private const string South = """
        INSERT INTO customers VALUES(11, 'Sue', 's', 'south');
        INSERT INTO sales VALUES(11, 11, 7, NULL, 'south');
        INSERT INTO lines VALUES(11, 1, 'p', 'south');
        INSERT INTO parts VALUES(11, NULL, 'south', 'south');
        INSERT INTO notes VALUES('s', 1, 'south');

        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Tenant_is_as_in_yesterdays_backup_while_the_others_sold_on(bool wal)
    {
        Create(Schema, North, South);
        if (wal)
        {
            Sql("PRAGMA journal_mode = WAL");
        }

        string backup = Backup();
        Sql("""
            .dbconfig no_ckpt_on_close on
            DELETE FROM lines WHERE sale = 1;
            DELETE FROM sales WHERE id = 1;
            UPDATE customers SET name = 'wrong', code = 'x' WHERE id IN (1, 3);
            INSERT INTO customers(name) VALUES('new');
            INSERT INTO notes VALUES('a', 1, 'north'), ('c', 2, 'north');
            DELETE FROM notes WHERE about = 'b';
            INSERT INTO customers(name, tenant_id) VALUES('Tom', 'south');
            INSERT INTO sales VALUES(12, 13, 8, NULL, 'south');
            UPDATE sales SET total = 9 WHERE id = 11;
            """);
        File.Exists(Database + "-wal").ShouldBe(wal);
        string[] restored = ["customers (1 gone, 2 changed)", "sales (1 back)", "lines (2 back)", "notes (1 back, 2 gone)"];

        Preview(backup).ShouldBe(
        [
            $"Restore tenant 'north' from '{backup}', after a verified backup: 4 rows come back, 3 rows go, 2 rows change",
            .. restored,
        ]);
        TenantRestoreResult result = RestoreGood(backup);

        (result.RowsReturned, result.RowsGone, result.RowsChanged, result.RowsSkipped).ShouldBe((4, 3, 2, 0));
        result.Restored.Select(t => t.ToString()).ShouldBe(restored);
        result.Tables.Select(t => t.ToString()).ShouldBe(
            ["customers 4 -> 3", "sales 2 -> 3", "lines 1 -> 3", "parts 4", "notes 5 -> 4", "other 1"]);
        result.ProvedBy.ShouldBe(ProvedBy.Twin);
        (result.SourcePath, result.SourceTenantId).ShouldBe((backup, "north"));
        result.Backup!.BackupPath.ShouldNotBe(backup);
        result.Warnings.ShouldBeEmpty();
        Sql("SELECT id, name, quote(code) FROM customers ORDER BY id").ShouldBe("1|Ada|'a'\n2|Bo|NULL\n3|Cy|''\n11|Sue|'s'\n13|Tom|NULL");
        Sql("SELECT seq FROM sqlite_sequence WHERE name = 'customers'").ShouldBe("13", "a number is not assigned twice");
        Sql("SELECT sql FROM sqlite_schema WHERE name = 'sales'").ShouldContain("DEFAULT 'north'");
        Sql("SELECT kind, tenant_id, tables, name FROM _postenancy_history ORDER BY id DESC LIMIT 1")
            .ShouldBe($"Restore|north|4|{Path.GetFileName(backup)}");
        Differences(result.Backup.BackupPath, "south").ShouldBe("");
        Sql("PRAGMA foreign_key_check").ShouldBe("parts|4|parts|0");
    }

    [Fact]
    public void Tables_in_which_nothing_differs_are_not_written()
    {
        Create(Schema, North, South);
        string backup = Backup();
        Sql("UPDATE notes SET word = 2 WHERE about = 'b'");
        long root = long.Parse(Sql("SELECT rootpage FROM sqlite_schema WHERE name = 'customers'"));
        string page = Page(root);
        RestoreGood(backup).Restored.Select(t => t.ToString()).ShouldBe(["notes (1 back, 1 gone)"]);
        Page(root).ShouldBe(page, "written again, rows would store the tenant that they have from the DEFAULT");

        string Page(long number) => Convert.ToHexString(Bytes(Database), (int)(number - 1) * 4096, 4096);
    }

    [Fact]
    public void Restore_of_what_is_there_does_nothing()
    {
        Create(Schema, North, South);
        string backup = Backup();
        Sql("UPDATE customers SET name = 'other' WHERE tenant_id = 'south'");
        string before = Snapshot();
        TenantRestoreResult result = Restore(backup);
        result.Status.ShouldBe(TenantChangeStatus.Succeeded);
        (result.Backup, result.ProvedBy, result.RowsReturned).ShouldBe((null, null, 0));
        Snapshot().ShouldBe(before);
        Preview(backup).ShouldBe([$"Nothing: the rows of tenant 'north' equal those of '{backup}'"]);
    }

    [Fact]
    public void Removed_tenant_comes_back_with_its_entry_in_the_list_of_tenants()
    {
        Create(
            Schema + "CREATE TABLE tenants(id INTEGER PRIMARY KEY, slug TEXT UNIQUE, town TEXT);",
            North + "INSERT INTO tenants VALUES(1, 'north', 'Nome'), (2, 'south', 'Ushuaia');",
            South);
        string backup = Backup();
        Sql(string.Join('\n', Tables().Select(t => $"DELETE FROM {t} WHERE tenant_id = 'north';")) + "DELETE FROM tenants WHERE id = 1;");
        Preview(backup).ShouldContain("Add the entry of 'north' to tenants again");

        TenantRestoreResult result = RestoreGood(backup);

        result.RowsReturned.ShouldBe(18);
        Sql("SELECT * FROM tenants").ShouldBe("1|north|Nome\n2|south|Ushuaia");
        Sql("SELECT count(*) FROM notes WHERE tenant_id = 'north'").ShouldBe("4");
    }

    [Fact]
    public void Entry_in_the_list_of_tenants_that_is_there_stays_as_it_is()
    {
        Create(
            Schema + "CREATE TABLE tenants(slug TEXT PRIMARY KEY, town TEXT);",
            North + "INSERT INTO tenants VALUES('north', 'Nome'), ('south', 'Ushuaia');",
            South);
        string backup = Backup();
        Sql("UPDATE tenants SET town = 'Moved'; DELETE FROM other");
        RestoreGood(backup);
        Sql("SELECT * FROM tenants").ShouldBe("north|Moved\nsouth|Moved");
    }

    [Fact]
    public void Entry_in_the_list_of_tenants_comes_back_alone()
    {
        Create(
            Schema + "CREATE TABLE tenants(slug TEXT PRIMARY KEY, town TEXT);",
            North + "INSERT INTO tenants VALUES('north', 'Nome'), ('south', 'Ushuaia');",
            South);
        string backup = Backup();
        Sql("DELETE FROM tenants WHERE slug = 'north'");
        RestoreGood(backup).Restored.ShouldBeEmpty();
        Sql("SELECT * FROM tenants ORDER BY slug").ShouldBe("north|Nome\nsouth|Ushuaia");
    }

    [Fact]
    public void Renamed_tenant_is_restored_by_the_name_that_it_had()
    {
        Create(Schema, North, South);
        string backup = Backup();
        Sql(string.Join('\n', Tables().Select(t => $"UPDATE {t} SET tenant_id = 'nome' WHERE tenant_id = 'north';")) +
            "DELETE FROM sales WHERE id = 3;");
        RestoreRefused(ErrorIds.SourceInvalid, backup, tenant: "nome")
            .ShouldContain("has no rows of tenant 'nome'; its tenants are 'north', 'south'. If the tenant has another name there, " +
                "add it with -SourceTenantId.");
        RestoreGood(backup, o => o with { SourceTenantId = "north" }, "nome").SourceTenantId.ShouldBe("north");
        Sql("SELECT group_concat(id) FROM sales WHERE tenant_id = 'nome'").ShouldBe("1,2,3");
        Sql("SELECT count(*) FROM sales WHERE tenant_id = 'north'").ShouldBe("0");
    }

    [Fact]
    public void Tenant_does_not_get_the_rows_of_one_that_is_still_there()
    {
        Create(Schema, North, South, new MigrationOptions("north") { UniqueScope = UniqueScope.TenantAndPrimaryKey });
        string backup = Backup();
        RestoreRefused(ErrorIds.SourceInvalid, backup, o => o with { SourceTenantId = "south" })
            .ShouldContain("would give 'north' the rows of 'south', which is a tenant of");
        RestoreRefused(ErrorIds.TenantNotFound, backup, o => o with { SourceTenantId = "north" }, "misspelled");
    }

    [Fact]
    public void Rows_keep_their_rowids_where_no_other_row_has_them()
    {
        Create(Schema, North, South);
        Sql("DELETE FROM notes; " +
            "INSERT INTO notes(rowid, about, tenant_id) VALUES(5, 'n', 'north'), (70, 'm', 'north'), (9, 's', 'south');");
        string backup = Backup();
        Sql("DELETE FROM notes WHERE rowid = 70");
        RestoreGood(backup);
        Sql("SELECT rowid, about FROM notes ORDER BY 1").ShouldBe("5|n\n9|s\n70|m");

        Sql("DELETE FROM notes WHERE rowid = 70; INSERT INTO notes(rowid, about, tenant_id) VALUES(70, 't', 'south');");
        RestoreGood(backup);
        Sql("SELECT about FROM notes WHERE tenant_id = 'north' ORDER BY 1").ShouldBe("m\nn");
        Sql("SELECT rowid, about FROM notes WHERE tenant_id = 'south' ORDER BY 1").ShouldBe("9|s\n70|t");
    }

    [Fact]
    public void No_trigger_fires_no_row_is_replaced_and_a_row_that_violates_its_check_is_restored_as_it_was()
    {
        Create(
            """
            CREATE TABLE a(id INTEGER PRIMARY KEY ON CONFLICT REPLACE, v INTEGER CHECK (v > 0), g INTEGER AS (v + 1) STORED) STRICT;
            CREATE TABLE log(t TEXT);
            CREATE TRIGGER d AFTER DELETE ON a BEGIN INSERT INTO log(t) VALUES('d'); END;
            CREATE TRIGGER i AFTER INSERT ON a BEGIN INSERT INTO log(t) VALUES('i'); END;

            """,
            "INSERT INTO a(id, v) VALUES(1, 1), (2, 2); PRAGMA ignore_check_constraints = ON; INSERT INTO a(id, v) VALUES(3, -1);",
            "INSERT INTO a(id, v, tenant_id) VALUES(11, 1, 'south');");
        string backup = Backup();
        string log = Sql("SELECT count(*) FROM log");
        Sql("UPDATE a SET v = 5 WHERE id = 1");
        RestoreGood(backup);
        Sql("SELECT id, v, g FROM a ORDER BY id").ShouldBe("1|1|2\n2|2|3\n3|-1|0\n11|1|2");
        Sql("SELECT count(*) FROM log").ShouldBe(log);
    }

    [Fact]
    public void Full_text_index_of_a_restored_table_is_rebuilt()
    {
        Create(
            """
            CREATE TABLE docs(id INTEGER PRIMARY KEY, body TEXT);
            CREATE VIRTUAL TABLE search USING fts5(body, content='docs', content_rowid='id');

            """,
            "INSERT INTO docs VALUES(1, 'apple'), (2, 'pear'); INSERT INTO search(search) VALUES('rebuild');",
            "INSERT INTO docs VALUES(11, 'apple tree', 'south');");
        string backup = Backup();
        Sql("UPDATE docs SET body = 'plum' WHERE id = 1; INSERT INTO search(search) VALUES('rebuild');");
        RestoreGood(backup);
        Sql("SELECT rowid FROM search('apple') ORDER BY 1").ShouldBe("1\n11");
        Sql("SELECT count(*) FROM search('plum')").ShouldBe("0");
        Sql("INSERT INTO search(search, rank) VALUES('integrity-check', 1)");
    }

    [Fact]
    public void Virtual_table_with_rows_of_its_own_is_refused()
    {
        Create(Schema + "CREATE VIRTUAL TABLE search USING fts5(body);", North + "INSERT INTO search VALUES('apple');", South);
        string backup = Backup();
        Sql("DELETE FROM other");
        RestoreRefused(ErrorIds.SchemaMismatch, backup).ShouldContain("the virtual table search has rows of its own");
    }

    [Fact]
    public void Shared_tables_are_left_as_they_are_and_said_to_differ()
    {
        Create(
            """
            CREATE TABLE rates(id INTEGER PRIMARY KEY, percent REAL);
            CREATE TABLE colors(id INTEGER PRIMARY KEY, name TEXT);
            CREATE TABLE sales(id INTEGER PRIMARY KEY, rate INTEGER REFERENCES rates);

            """,
            "INSERT INTO rates VALUES(1, 7), (2, 19); INSERT INTO colors VALUES(1, 'red'); INSERT INTO sales VALUES(1, 1), (2, 2);",
            "INSERT INTO sales VALUES(11, 1, 'south');",
            new MigrationOptions("north") { ReferenceTable = ["rates", "colors"] });
        string backup = Backup();
        Sql("UPDATE rates SET percent = 8 WHERE id = 1; UPDATE colors SET name = 'blue'; DELETE FROM sales WHERE id = 2;");
        RestoreGood(backup).Warnings.ShouldHaveSingleItem().ShouldBe(
            "Tables that all tenants share, and that restored rows reference, have other rows than in the source, and were left as they " +
            "are: rates.");
        Sql("SELECT * FROM rates").ShouldBe("1|8.0\n2|19.0");
    }

    [Fact]
    public void Keys_of_several_columns_and_texts_and_utf_16_are_restored()
    {
        Create(
            """
            PRAGMA encoding = 'UTF-16le';
            CREATE TABLE a(x TEXT COLLATE NOCASE, y INTEGER, v TEXT, PRIMARY KEY(x, y));
            CREATE TABLE b(x TEXT COLLATE NOCASE, y INTEGER, n INTEGER, FOREIGN KEY(x, y) REFERENCES a(x, y) ON DELETE CASCADE);

            """,
            "INSERT INTO a VALUES('K', 1, 'ä'), ('k', 2, '€'); INSERT INTO b VALUES('k', 1, 1), ('K', 2, 2);",
            "INSERT INTO a VALUES('s', 1, 'south', 'south'); INSERT INTO b VALUES('S', 1, 3, 'south');",
            new MigrationOptions("north") { UniqueScope = UniqueScope.TenantAndPrimaryKey });
        string backup = Backup();
        Sql("DELETE FROM b WHERE tenant_id = 'north'; UPDATE a SET v = 'x' WHERE v = 'ä'; INSERT INTO a VALUES('k', 1, 'o', 'south');");
        RestoreGood(backup);
        Sql("SELECT x, y, v FROM a ORDER BY tenant_id, y, v").ShouldBe("K|1|ä\nk|2|€\nk|1|o\ns|1|south");
        Sql("SELECT x, y, n FROM b ORDER BY n").ShouldBe("k|1|1\nK|2|2\nS|1|3");
    }

    [Fact]
    public void Other_commands_are_content_with_what_was_restored()
    {
        Create(Schema, North + "DELETE FROM parts WHERE id = 4;", South);
        string backup = Backup();
        Sql("DELETE FROM sales WHERE tenant_id = 'north' AND id > 1; DELETE FROM lines WHERE sale = 2");
        TenantRestoreResult result = RestoreGood(backup);
        IReadOnlyList<CheckResult> checks = TenantIntegrity.Test(
            Database, new TenantExpectation(null, MigrationOptions.DefaultColumnName, []), cancellation: Cancel);
        checks.Where(c => c.Status == CheckStatus.Failed).Select(c => c.Name).ShouldBe([]);
        GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("north"))).Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
        string export = Export();
        Differences(export).ShouldBe("");
        RestoreGood(result.Backup!.BackupPath);
        RestoreGood(export);
        Differences(backup).ShouldBe("");
    }

    private static string[] Tables() => ["customers", "sales", "lines", "parts", "notes", "other"];
}
