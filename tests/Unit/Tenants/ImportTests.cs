using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>A store is brought into a database: one guarded run, with a result for each source.</summary>
public sealed class ImportTests : ImportFolder
{
    private const string Schema = """
        CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT, code TEXT);
        CREATE TABLE sales(id INTEGER PRIMARY KEY AUTOINCREMENT, customer INTEGER REFERENCES customers, receipt TEXT, note BLOB);
        CREATE TABLE lines(sale INTEGER REFERENCES sales(id), line INTEGER, price REAL, PRIMARY KEY(sale, line)) WITHOUT ROWID;
        CREATE TABLE parts(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parts(id), name TEXT);

        """;

    private const string South =
        "INSERT INTO customers VALUES(1, 'Ada', 'a'), (2, 'Bo', 'b'); INSERT INTO sales VALUES(1, 2, 'R1', x'00');";

    private const string North = """
        INSERT INTO customers VALUES(2, 'Cy', ''), (7, 'Di', NULL);
        INSERT INTO sales VALUES(1, 7, 'R1', x''), (2, 2, 'R2', zeroblob(9000)), (3, NULL, 'R3', 'text');
        DELETE FROM sales WHERE id = 3;
        INSERT INTO lines VALUES(1, 1, 1.5), (1, 2, 2), (2, 1, 1e-300);
        INSERT INTO parts VALUES(1, NULL, 'engine'), (2, 1, 'piston'), (3, 99, 'lost');
        """;

    [Fact]
    public void Integer_keys_that_collide_are_moved_and_every_reference_follows()
    {
        CreateBoth(Schema, South, North);
        TenantImportResult result = ImportGood();

        result.ProvedBy.ShouldBe(ProvedBy.Twin);
        Sql("SELECT id, name, quote(code) FROM customers WHERE tenant_id = 'north' ORDER BY id").ShouldBe("7|Di|NULL\n8|Cy|''");
        Sql("SELECT id, customer, receipt, length(note) FROM sales WHERE tenant_id = 'north' ORDER BY id").ShouldBe(
            "2|8|R2|9000\n3|7|R1|0");
        Sql("SELECT sale, line, price FROM lines WHERE tenant_id = 'north' ORDER BY 1, 2").ShouldBe("2|1|1.0e-300\n3|1|1.5\n3|2|2.0");
        Sql("SELECT id, parent FROM parts WHERE tenant_id = 'north' ORDER BY id").ShouldBe("1|\n2|1\n3|99");
        Sql("SELECT seq FROM sqlite_sequence WHERE name = 'sales'").ShouldBe("5");
        Sql("PRAGMA foreign_key_check").ShouldBe("parts|3|parts|0");
        result.KeysMapped.ShouldBe(2);
        result.RowsImported.ShouldBe(10);
        result.Tables.Single(t => t.Table == "sales").ToString().ShouldBe("sales 2 (keys +2)");
        Sql("SELECT kind, name, tenant_id FROM _postenancy_history ORDER BY id").ShouldBe(
            $"Plan||south\nImport|{Path.GetFileName(result.KeyMapPath)}|north");
        Sql("SELECT group_concat(id) FROM customers WHERE tenant_id = 'south'").ShouldBe("1,2");
    }

    [Fact]
    public void Second_import_of_the_same_source_writes_nothing()
    {
        CreateBoth(Schema, South, North);
        TenantImportResult first = ImportGood();
        string before = Snapshot();

        TenantImportResult again = Import();

        again.Status.ShouldBe(TenantChangeStatus.AlreadyImported, again.Error?.Message);
        again.Error.ShouldBeNull();
        again.KeyMapPath.ShouldBe(first.KeyMapPath);
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Source_without_rows_is_imported_once()
    {
        CreateBoth(Schema, South, "");
        _ = ImportGood();
        Import().Status.ShouldBe(TenantChangeStatus.AlreadyImported);
        Sql("SELECT count(*) FROM _postenancy_history WHERE kind = 'Import'").ShouldBe("1");
    }

    [Fact]
    public void Tenant_that_has_other_rows_is_refused()
    {
        CreateBoth(Schema, South, North);
        _ = ImportGood();
        Shell.Sql(Source, "UPDATE customers SET name = 'other' WHERE id = 7");
        string before = Snapshot();

        TenantImportResult again = Import();

        again.Error!.ErrorId.ShouldBe(ErrorIds.TenantExists);
        Import(null, new TenantSource(Source, "south"))[0].Error!.ErrorId.ShouldBe(ErrorIds.TenantExists);
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Lost_key_map_is_an_error_and_not_the_same_source()
    {
        CreateBoth(Schema, South, North);
        File.Delete(ImportGood().KeyMapPath!);
        Import().Error!.ErrorId.ShouldBe(ErrorIds.KeyMapLost);
    }

    [Fact]
    public void Run_of_several_sources_has_one_backup_and_refuses_a_bad_one_by_name()
    {
        CreateBoth(Schema, South, North);
        int backups = Directory.GetFiles(Folder, "*.backup-*").Length;
        string[] stores = [.. Enumerable.Range(1, 4).Select(i => Path.Combine(Folder, $"s{i}.db"))];
        foreach (string store in stores)
        {
            File.Copy(Source, store);
        }

        Shell.Sql(stores[1], "ALTER TABLE customers ADD COLUMN extra");
        File.WriteAllText(stores[2], "no database");
        IReadOnlyList<TenantImportResult> results = Import(
            null, [.. stores.Select((s, i) => new TenantSource(s, $"t{i + 1}")), new TenantSource(Source, "north")]);

        results.Select(r => r.Status).ShouldBe(
        [
            TenantChangeStatus.Succeeded,
            TenantChangeStatus.Refused,
            TenantChangeStatus.Refused,
            TenantChangeStatus.Succeeded,
            TenantChangeStatus.Succeeded,
        ]);
        results[1].Error!.ErrorId.ShouldBe(ErrorIds.SchemaMismatch);
        results[1].Error!.Message.ShouldContain("customers: column extra");
        results[2].Error!.ErrorId.ShouldBe(ErrorIds.NotADatabase);
        Directory.GetFiles(Folder, "*.backup-*").Length.ShouldBe(backups + 2);
        Sql("SELECT tenant_id, count(*) FROM customers GROUP BY 1").ShouldBe("north|2\nsouth|2\nt1|2\nt4|2");
        Sql("SELECT count(DISTINCT id) FROM customers").ShouldBe("8");
        results[3].Checks.ShouldHavePassed();
    }

    [Fact]
    public void Progress_says_which_source_it_is_of_how_many()
    {
        CreateBoth(Schema, South, North);
        string other = Path.Combine(Folder, "other.db");
        File.Copy(Source, other);
        HashSet<string> activities = [];

        _ = TenantImport.Run(
            Database,
            [new TenantSource(Source, "north"), new TenantSource(other, "east")],
            new TenantImportOptions(),
            new Observer(report => activities.Add(report.Activity)),
            TestContext.Current.CancellationToken);

        activities.ShouldContain("Importing north: 1 of 2");
        activities.ShouldContain("Importing east: 2 of 2");
    }

    [Fact]
    public void Source_whose_rehearsal_fails_is_refused_and_the_others_go_on()
    {
        CreateBoth(Schema + "CREATE TABLE tills(name TEXT UNIQUE);", South + "INSERT INTO tills VALUES('A');", North);
        string bad = Path.Combine(Folder, "bad.db");
        File.Copy(Source, bad);
        Shell.Sql(bad, "INSERT INTO tills VALUES('A')");

        IReadOnlyList<TenantImportResult> results = Import(null, new TenantSource(bad, "bad"), new TenantSource(Source, "north"));

        results[0].Error!.ErrorId.ShouldBe(ErrorIds.KeysCollide);
        results[0].Error!.Message.ShouldContain("tills (name), such as (A)");
        results[0].Error!.Message.ShouldContain($" are in '{Database}' already");
        results[0].Error!.Message.ShouldContain("-UniqueScope Tenant");
        results[1].Status.ShouldBe(TenantChangeStatus.Succeeded, results[1].Error?.Message);
        Sql("SELECT count(*) FROM customers WHERE tenant_id = 'bad'").ShouldBe("0");
    }

    [Fact]
    public void Two_sources_for_one_tenant_and_one_source_for_two_are_refused_before_anything()
    {
        CreateBoth(Schema, South, North);
        string before = Snapshot();
        Should.Throw<PosTenancyException>(() => Import(null, new TenantSource(Source, "a"), new TenantSource(Database, "a")))
            .ErrorId.ShouldBe(ErrorIds.SourceInvalid);
        Should.Throw<PosTenancyException>(() => Import(null, new TenantSource(Source, "a"), new TenantSource(Source, "b")))
            .ErrorId.ShouldBe(ErrorIds.SourceInvalid);
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Database_itself_is_no_source()
    {
        CreateBoth(Schema, South, North);
        Import(null, new TenantSource(Database, "north"))[0].Error!.ErrorId.ShouldBe(ErrorIds.SourceInvalid);
        Import(null, new TenantSource(Path.Combine(Folder, "nowhere.db"), "north"))[0].Error!.ErrorId.ShouldBe(ErrorIds.FileNotFound);
    }

    [Fact]
    public void Database_without_tenants_takes_none()
    {
        Shell.Sql(Database, Schema);
        Shell.Sql(Source, Schema);
        ImportRefused(ErrorIds.NotMigrated);
    }

    [Fact]
    public void Preview_tells_the_rows_of_each_table_and_changes_no_byte()
    {
        CreateBoth(Schema, South, North);
        string before = Snapshot();

        TenantImportResult preview = TenantImport.Preview(
            Database, [new TenantSource(Source, "north")], new TenantImportOptions(), TestContext.Current.CancellationToken).Single();

        preview.Error.ShouldBeNull();
        preview.Tables.Select(t => t.ToString()).ShouldBe(["customers 2 (keys +6)", "sales 2 (keys +2)", "lines 3", "parts 3"]);
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Tenant_of_another_database_is_brought_in_alone()
    {
        CreateBoth(Schema, South, North);
        _ = ImportGood();
        string other = Path.Combine(Folder, "other.db");
        Shell.Sql(other, Schema + "INSERT INTO customers VALUES(7, 'Eve', 'e')");
        GuardedUpgrade.Run(other, new UpgradeOptions(new MigrationOptions("east"))).Status.ShouldBe(UpgradeStatus.Succeeded);

        TenantImportResult result = TenantImport.Run(
            other,
            [new TenantSource(Database, "moved") { SourceTenantId = "north" }],
            new TenantImportOptions(),
            cancellation: TestContext.Current.CancellationToken).Single();

        result.Status.ShouldBe(TenantChangeStatus.Succeeded, result.Error?.Message);
        Shell.Sql(other, "SELECT tenant_id, id, name FROM customers ORDER BY 1, 3").ShouldBe("east|7|Eve\nmoved|8|Cy\nmoved|9|Di");
        TenantImport.Run(other, [new TenantSource(Database, "west")], new TenantImportOptions())[0].Error!.Message.ShouldContain(
            "its tenants are 'north', 'south'");
    }

    [Fact]
    public void Export_that_was_changed_is_not_imported()
    {
        CreateBoth(Schema, South, North);
        TenantExportResult export = TenantExport.Create(Database, new TenantExportOptions("south"));
        Shell.Sql(export.ExportPath, "UPDATE customers SET name = 'x' WHERE id = 1");
        string other = Path.Combine(Folder, "other.db");
        Shell.Sql(other, Schema + "INSERT INTO customers VALUES(7, 'Eve', 'e')");
        GuardedUpgrade.Run(other, new UpgradeOptions(new MigrationOptions("east"))).Status.ShouldBe(UpgradeStatus.Succeeded);
        string before = Sha256(other);
        TenantImport.Run(other, [new TenantSource(export.ExportPath, "south")], new TenantImportOptions())[0].Error!.ErrorId.ShouldBe(
            ErrorIds.ExportTampered);
        Sha256(other).ShouldBe(before);
    }

    [Fact]
    public void Source_that_is_being_sold_from_is_read_in_one_state()
    {
        CreateBoth(Schema, South, North);
        Shell.Sql(Source, "PRAGMA journal_mode = WAL");
        using OtherProcess seller = new(
            Source, "PRAGMA wal_autocheckpoint = 0; INSERT INTO customers VALUES(50, 'New', 'n');");
        TenantImportResult result = ImportGood();
        result.RowsImported.ShouldBe(11);
        Sql("SELECT name FROM customers WHERE id = 50").ShouldBe("New");
    }

    [Fact]
    public void Triggers_do_not_fire_and_views_that_show_all_tenants_are_warned_of()
    {
        CreateBoth(
            Schema + """
            CREATE TABLE log(what TEXT);
            CREATE TRIGGER t AFTER INSERT ON customers BEGIN INSERT INTO log(what) VALUES(new.name); END;
            CREATE VIEW names AS SELECT name FROM customers;

            """,
            South,
            North);
        TenantImportResult result = ImportGood();
        Sql("SELECT tenant_id, group_concat(what) FROM log GROUP BY 1").ShouldBe("north|Cy,Di\nsouth|Ada,Bo");
        result.Warnings.ShouldHaveSingleItem().ShouldContain("The view names shows the rows of every tenant");
    }

    [Fact]
    public void Proof_sees_a_changed_value_a_missing_row_a_wrong_reference_and_a_changed_key()
    {
        CreateBoth(Schema, South, North);
        TenantImportResult result = ImportGood();
        CheckAgain(result).ShouldHavePassed();
        string intact = Path.Combine(Folder, "intact");
        File.Copy(Database, intact);
        foreach ((string mutation, string[] checks) in new (string, string[])[]
        {
            ("UPDATE customers SET name = 'x' WHERE id = 7", ["TenantEqualsSource", "ContentEqualsSource"]),
            ("DELETE FROM lines WHERE sale = 2", ["TenantEqualsSource", "ContentEqualsSource"]),
            ("UPDATE sales SET customer = 7 WHERE id = 2", ["TenantEqualsSource"]),
            ("UPDATE customers SET id = 2000 WHERE id = 8; UPDATE sales SET customer = 2000 WHERE id = 2", ["TenantEqualsSource"]),
            ("UPDATE sales SET customer = 1 WHERE id = 2", ["TenantEqualsSource", "ReferencesIntact"]),
            ("UPDATE parts SET tenant_id = 'south' WHERE id = 1", ["TenantEqualsSource", "ContentEqualsSource", "ReferencesIntact"]),
        })
        {
            File.Copy(intact, Database, overwrite: true);
            _ = Sql(mutation);
            string[] failed = [.. CheckAgain(result).Where(c => c.Status == CheckStatus.Failed).Select(c => c.Name)];
            failed.ShouldBe(checks, mutation);
        }
    }

    private IReadOnlyList<CheckResult> CheckAgain(TenantImportResult result)
    {
        using DatabaseConnection connection = DatabaseConnection.OpenImmutable(Database, CancellationToken.None);
        TenantLayout layout = TenantLayout.Read(connection, "tenant_id", []);
        KeyMapFile map = KeyMapFile.Read(Database, "north", result.KeyMapPath!, Sha256(result.KeyMapPath!));
        return ImportedRows.FromMap(Database, new TenantSlice(connection, "tenant_id", "north"), layout, map).Check();
    }
}
