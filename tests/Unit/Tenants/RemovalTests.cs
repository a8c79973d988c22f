using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>A tenant that leaves: its rows go, all others stay, and an export is made first.</summary>
public sealed class RemovalTests : RemovalFolder
{
    [Fact]
    public void Tenant_is_removed_and_every_other_row_stays()
    {
        CreateBoth();
        string others = Sql(Others);

        TenantRemovalResult result = RemoveGood();

        Sql(Others).ShouldBe(others);
        Sql("""
            SELECT count(*) FROM customers WHERE tenant_id = 'north'; SELECT count(*) FROM sales WHERE tenant_id = 'north';
            SELECT count(*) FROM lines; SELECT count(*) FROM parts; SELECT count(*) FROM notes WHERE tenant_id = 'north';
            """).ShouldBe("0\n0\n0\n0\n0");
        Sql("SELECT kind, tenant_id FROM _postenancy_history ORDER BY id").ShouldBe("Plan|south\nImport|north\nRemove|north");
        result.Level.ShouldBe(TenantRemovalLevel.Removed);
        result.ProvedBy.ShouldBe(ProvedBy.Twin);
        result.Rows.ShouldBe(15);
        result.Tables.Select(t => t.ToString()).ShouldBe(
            ["customers 3 -> 0", "sales 3 -> 0", "lines 3 -> 0", "parts 3 -> 0", "notes 3 -> 0"]);
        result.Checks.Select(c => c.Name).ShouldBe(
            ["RowsRemoved", "TenantGone", "OtherTenantsUnchanged", "SchemaUnchanged", "FileIntegrity"]);
        TenantList.Read(Database, "tenant_id", cancellation: Cancel).Select(t => t.TenantId).ShouldBe(["south"]);
    }

    [Fact]
    public void Export_is_made_first_and_brings_the_tenant_back()
    {
        CreateBoth();
        string rows = Sql("SELECT * FROM customers ORDER BY rowid; SELECT * FROM lines ORDER BY sale, line");
        string values = Sql("SELECT name, code FROM customers ORDER BY rowid; SELECT line, price FROM lines ORDER BY sale, line");

        TenantRemovalResult result = RemoveGood();

        TenantExportResult export = result.Export!;
        export.Path.ShouldBe(Database);
        export.Rows.ShouldBe(15);
        export.Duration.ShouldBeGreaterThan(TimeSpan.Zero);
        Sha256(export.ExportPath).ShouldBe(export.Sha256);
        File.ReadAllText(export.ManifestPath).ShouldContain($"\"source\": \"{Database}\"");
        Shell.Sql(export.ExportPath, "SELECT count(*), sum(tenant_id <> 'north') FROM customers").ShouldBe("3|0");

        _ = Import(source: export.ExportPath);

        Differences(export.ExportPath).ShouldBe("");
        Sql("SELECT * FROM customers ORDER BY rowid; SELECT * FROM lines ORDER BY sale, line").ShouldBe(rows);
        Sql("SELECT name, code FROM customers ORDER BY rowid; SELECT line, price FROM lines ORDER BY sale, line").ShouldBe(values);
    }

    [Fact]
    public void Export_goes_with_the_backup_or_is_declined()
    {
        CreateBoth();
        string elsewhere = Directory.CreateDirectory(Path.Combine(Folder, "elsewhere")).FullName;

        TenantRemovalResult result = RemoveGood(o => o with { Destination = elsewhere });

        Path.GetDirectoryName(result.Export!.ExportPath).ShouldBe(elsewhere);
        Path.GetDirectoryName(result.Backup!.BackupPath).ShouldBe(elsewhere);
        Directory.GetFiles(elsewhere).Length.ShouldBe(4);
        _ = Import();

        RemoveGood(o => o with { SkipExport = true, SkipRehearsal = true }).Export.ShouldBeNull();
        Directory.GetFiles(Folder, "*.export-*").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Database_is_as_usable_afterwards_as_before(bool erase)
    {
        CreateBoth();
        _ = RemoveGood(o => o with { Erase = erase });

        TenantIntegrity.Test(Database, TenantExpectation.From(new MigrationOptions("south")), cancellation: Cancel)
            .Where(c => c.Status == CheckStatus.Failed).ShouldBeEmpty();
        GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("south"))).Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
        Should.Throw<PosTenancyException>(() => TenantExport.Create(Database, new TenantExportOptions("north"), cancellation: Cancel))
            .ErrorId.ShouldBe(ErrorIds.TenantNotFound);
        TenantExport.Create(Database, new TenantExportOptions("south"), cancellation: Cancel).Rows.ShouldBe(5);
        _ = Import();
        Differences(Source).ShouldBe("");
    }

    [Fact]
    public void Tenant_that_was_removed_is_not_removed_again()
    {
        CreateBoth();
        _ = RemoveGood();
        string before = Sha256(Database);

        TenantRemovalResult again = Remove();

        again.Status.ShouldBe(TenantChangeStatus.Succeeded);
        again.ProvedBy.ShouldBeNull();
        again.Backup.ShouldBeNull();
        again.Warnings.ShouldHaveSingleItem().ShouldStartWith("The tenant 'north' was removed already, on ");
        again.HeldBy.Select(h => h.Kind).ShouldContain(TenantHolderKind.Export);
        Preview(Database, new TenantRemovalOptions("north")).ShouldHaveSingleItem().ShouldStartWith("Nothing: ");
        Sha256(Database).ShouldBe(before);
    }

    [Fact]
    public void Tenant_that_does_not_exist_is_an_error()
    {
        CreateBoth();
        RemoveRefused(ErrorIds.TenantNotFound, tenant: "nort").ShouldContain("'north', 'south'");
    }

    [Fact]
    public void Tenant_that_an_INSERT_would_bring_back_is_not_removed()
    {
        CreateBoth();
        RemoveRefused(ErrorIds.TenantIsDefault, tenant: "south").ShouldContain("customers, sales, lines, parts, notes");
    }

    [Fact]
    public void Last_tenant_is_not_removed_by_accident()
    {
        Shell.Sql(Database, "CREATE TABLE a(tenant_id TEXT NOT NULL, v TEXT); INSERT INTO a VALUES('only', 'x'), ('only', 'y');");
        RemoveRefused(ErrorIds.LastTenant, tenant: "only").ShouldContain("-Force");

        _ = RemoveGood(o => o with { Force = true }, "only");

        Sql("SELECT count(*) FROM a").ShouldBe("0");
    }

    [Fact]
    public void Rows_that_stay_and_reference_what_goes_are_named()
    {
        Shell.Sql(Database, """
            CREATE TABLE tenants(id INTEGER PRIMARY KEY, slug TEXT UNIQUE);
            CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL, code TEXT, UNIQUE(code, tenant_id));
            CREATE TABLE b(id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL, a INTEGER REFERENCES a);
            CREATE TABLE c(a INTEGER REFERENCES a(id), code TEXT, tenant TEXT, FOREIGN KEY(code, tenant) REFERENCES a(code, tenant_id));
            CREATE TABLE d(tenant INTEGER REFERENCES tenants(id));
            INSERT INTO tenants VALUES(1, 'south'), (2, 'north');
            INSERT INTO a VALUES(1, 'south', 'x'), (2, 'north', 'x'), (3, 'north', 'y');
            INSERT INTO b VALUES(1, 'south', 2), (2, 'south', 1), (3, 'north', 3), (4, 'south', NULL);
            INSERT INTO c VALUES(3, NULL, NULL), (2, 'x', 'north'), (1, 'x', 'south'), (99, 'gone', 'north');
            INSERT INTO d VALUES(1), (2), (2);
            """);

        string message = RemoveRefused(ErrorIds.TenantReferenced);

        message.ShouldContain("1 row of b to a; 1 row of c to a; 2 rows of c to a; 2 rows of d to tenants");
        Sql("DELETE FROM b WHERE id = 1; DELETE FROM c WHERE a IN (2, 3); DELETE FROM d WHERE tenant = 2");
        _ = RemoveGood();
        Sql("SELECT count(*) FROM pragma_foreign_key_check").ShouldBe("2", "one row of c named no row before, too");
    }

    [Theory]
    [InlineData("CREATE VIRTUAL TABLE f USING fts5(x); INSERT INTO f VALUES('north words');")]
    [InlineData("CREATE VIRTUAL TABLE f USING fts5(x, content=''); INSERT INTO f(rowid, x) VALUES(1, 'north words');")]
    [InlineData("CREATE VIRTUAL TABLE f USING rtree(id, a, b); INSERT INTO f VALUES(1, 0, 1);")]
    public void Virtual_table_with_rows_of_its_own_is_refused(string sql)
    {
        CreateBoth();
        Sql(sql);
        RemoveRefused(ErrorIds.RemovalRefused).ShouldContain("the virtual table f has rows of its own");
    }

    [Fact]
    public void Names_that_a_collation_equates_are_not_confused()
    {
        Shell.Sql(Database, """
            CREATE TABLE a(tenant_id TEXT NOT NULL COLLATE NOCASE, v TEXT);
            INSERT INTO a VALUES('north', 'x'), ('North', 'y'), ('south', 'z');
            """);
        RemoveRefused(ErrorIds.RemovalRefused).ShouldContain("another tenant, which has 1 rows there");
    }

    [Fact]
    public void Triggers_and_cascades_do_not_act()
    {
        Shell.Sql(Database, """
            CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL);
            CREATE TABLE b(tenant_id TEXT NOT NULL, a INTEGER REFERENCES a ON DELETE CASCADE);
            CREATE TABLE seen(what TEXT);
            CREATE TRIGGER t AFTER DELETE ON a BEGIN INSERT INTO seen VALUES('fired'); DELETE FROM b; END;
            INSERT INTO a VALUES(1, 'north'), (2, 'south'); INSERT INTO b VALUES('north', 1), ('south', 2);
            """);
        _ = RemoveGood();
        Sql("SELECT count(*) FROM seen; SELECT * FROM b; SELECT name FROM sqlite_schema WHERE type = 'trigger'").ShouldBe("0\nsouth|2\nt");
    }

    [Fact]
    public void Preview_says_what_would_go_and_what_would_stay_and_changes_nothing()
    {
        TenantImportResult import = CreateBoth();
        string before = Snapshot();

        IReadOnlyList<string> removed = Preview(Database, new TenantRemovalOptions("north"));
        IReadOnlyList<string> erased = Preview(Database, new TenantRemovalOptions("north") { Erase = true, SkipExport = true });

        removed[0].ShouldStartWith($"Export the tenant 'north' to '{Database}.north.export-");
        removed[1].ShouldBe(
            "Remove 15 rows of the tenant 'north', after a verified backup: " +
            "customers 3 -> 0, sales 3 -> 0, lines 3 -> 0, parts 3 -> 0, notes 3 -> 0");
        removed[2].ShouldEndWith("(Removed); -Erase removes these too");
        removed.ShouldContain($"Afterwards the tenant is still held by the key map '{import.KeyMapPath}' " +
            "(its name, the keys that it had, and the digests of its rows)");
        removed.ShouldContain(a => a.Contains("_postenancy_history.tenant_id", StringComparison.Ordinal));
        erased[0].ShouldBe("Make no export");
        erased[2].ShouldEndWith("(Erased)");
        erased.ShouldNotContain(a => a.Contains("_postenancy_history", StringComparison.Ordinal));
        Snapshot().ShouldBe(before);
    }
}
