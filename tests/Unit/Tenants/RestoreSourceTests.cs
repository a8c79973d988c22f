using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>What a tenant is restored from: an export as it is or as the store that it was, and what is refused.</summary>
public sealed class RestoreSourceTests : RestoreFolder
{
    private const string Schema = """
        CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE codes(id TEXT PRIMARY KEY, customer INTEGER REFERENCES customers, up TEXT REFERENCES codes);
        CREATE TABLE sales(id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers, code TEXT REFERENCES codes, body TEXT);
        CREATE TABLE notes(v TEXT);

        """;

    private const string Rows = """
        INSERT INTO customers VALUES(1, 'Ada'), (2, 'Bo'), (5, 'Cy');
        INSERT INTO codes VALUES('k', 1, 'k'), ('l', 2, 'k'), ('own', 5, NULL);
        INSERT INTO sales VALUES(1, 5, 'l', '{"customer_id": 1}'), (2, 1, 'own', NULL);
        INSERT INTO notes VALUES('a'), ('a');

        """;

    private string Store => Path.Combine(Folder, "store.db");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Export_of_a_tenant_that_was_never_imported_is_restored_with_its_rowids(bool asSingleTenant)
    {
        Create(Schema, Rows, "INSERT INTO customers VALUES(11, 'Sue', 'south');");
        Sql("UPDATE notes SET rowid = 8 WHERE rowid = 2");
        string export = Export(asSingleTenant);
        Sql("DELETE FROM notes; UPDATE customers SET name = 'x' WHERE id = 5; INSERT INTO sales VALUES(3, 1, 'k', NULL, 'north');");
        TenantRestoreResult result = RestoreGood(export);
        (result.RowsReturned, result.RowsGone, result.RowsChanged).ShouldBe((2, 1, 1));
        Sql("SELECT rowid FROM notes").ShouldBe("1\n8");
    }

    [Fact]
    public void Imported_tenant_gets_the_keys_back_that_it_had_from_an_export_with_those_of_its_store()
    {
        CreateImported();
        Sql("INSERT INTO customers VALUES(100, 'new', 'north'); " +
            "INSERT INTO sales VALUES(100, 100, 'own', '{\"customer_id\": 100}', 'north');");
        string before = Read();
        string export = Export(asSingleTenant: true);
        Shell.Sql(export, "SELECT group_concat(id) FROM customers").ShouldBe("1,2,5,100");
        Sql("""
            DELETE FROM customers WHERE tenant_id = 'north' AND name IN ('Ada', 'new');
            DELETE FROM sales WHERE tenant_id = 'north';
            UPDATE codes SET up = NULL WHERE tenant_id = 'north';
            DELETE FROM codes WHERE id = 'own';
            """);
        TenantRestoreResult result = RestoreGood(export);
        Read().ShouldBe(before);
        result.NewKeys.ShouldBeEmpty();
        Differences(Store).ShouldBe(
            "Extra customers (100): id = 100, name = new\n" +
            "Extra sales (100): id = 100, customer = 100, code = own, body = {\"customer_id\": 100}");
    }

    [Fact]
    public void Row_that_has_the_original_key_of_another_gets_its_own_key_back()
    {
        CreateImported();

        // A row that is new since the import has the key 1, which was free again, and which is the original key of another row.
        Sql("""
            DELETE FROM sales WHERE tenant_id = 'south'; DELETE FROM codes WHERE tenant_id = 'south';
            DELETE FROM customers WHERE tenant_id = 'south';
            INSERT INTO customers VALUES(1, 'one', 'north'), (20, 'Sue', 'south');
            INSERT INTO codes VALUES('k', 1, NULL, 'north');
            """);
        string before = Read();
        string export = Export(asSingleTenant: true);
        Sql("DELETE FROM customers WHERE tenant_id = 'north'; DELETE FROM codes WHERE tenant_id = 'north' AND id <> 'l-north'");
        RestoreGood(export);
        Read().ShouldBe(before);

        // Nothing tells any more whether 'l' of the store was 'l' or 'l-north': both forms are gone, and no other tenant has 'l'.
        Sql("DELETE FROM codes WHERE tenant_id = 'north'");
        RestoreRefused(ErrorIds.SourceInvalid, export).ShouldContain(
            "has the keys of the store, and for some it cannot be told any more which keys they had in the database: codes, sales. " +
            "Name a backup, or an export that was made without -AsSingleTenant.");
    }

    [Fact]
    public void Tenant_that_was_removed_comes_back_from_an_export_with_the_keys_of_its_store()
    {
        CreateImported();
        string before = Read();
        string export = Export(asSingleTenant: true);
        foreach (string table in new[] { "customers", "codes", "sales", "notes" })
        {
            Sql($"DELETE FROM {table} WHERE tenant_id = 'north'");
        }

        RestoreGood(export).RowsReturned.ShouldBe(10);
        Read().ShouldBe(before);
        Differences(Store).ShouldBe("");
    }

    [Fact]
    public void Keys_of_an_export_with_those_of_the_store_can_get_new_values()
    {
        CreateImported();
        string export = Export(asSingleTenant: true);
        string ada = Sql("SELECT id FROM customers WHERE tenant_id = 'north' AND name = 'Ada'");
        Sql($"""
            DELETE FROM customers WHERE id = {ada}; DELETE FROM codes WHERE customer = {ada};
            DELETE FROM sales WHERE tenant_id = 'north'; INSERT INTO customers VALUES({ada}, 'taken', 'south');
            """);
        RestoreRefused(ErrorIds.RestoreConflict, export).ShouldContain($"customers {ada}: id {ada} is taken by tenant 'south'");
        TenantRestoreResult result = RestoreGood(
            export, o => o with { OnConflict = RestoreConflictAction.NewKey }, differs: true);
        RestoredKey key = result.NewKeys.ShouldHaveSingleItem();
        (key.Table, key.Key).ShouldBe(("customers", ada));
        Sql("SELECT c.name, s.id IS NOT NULL, json_extract(s.body, '$.customer_id') FROM customers AS c JOIN sales AS s " +
            $"ON s.body IS NOT NULL WHERE c.id = {key.NewKey} AND s.tenant_id = 'north'").ShouldBe($"Ada|1|{key.NewKey}");
        Sql("SELECT count(*) FROM pragma_foreign_key_check").ShouldBe("0");
    }

    [Fact]
    public void Export_as_a_store_needs_the_key_map_of_the_import()
    {
        TenantImportResult imported = CreateImported();
        string export = Export(asSingleTenant: true);
        Sql("DELETE FROM notes WHERE tenant_id = 'north'");
        string moved = Path.Combine(Folder, "moved.json");
        File.Move(imported.KeyMapPath!, moved);
        RestoreRefused(ErrorIds.KeyMapLost, export);
        RestoreGood(export, o => o with { KeyMapPath = moved }, differs: true);
        Sql("SELECT count(*) FROM notes WHERE tenant_id = 'north'").ShouldBe("2");
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("export")]
    [InlineData("store")]
    public void Rows_from_before_the_tenant_was_imported_again_are_refused(string kind)
    {
        CreateImported();
        string source = kind == "backup" ? Backup() : Export(asSingleTenant: kind == "store");
        foreach (string table in new[] { "customers", "codes", "sales", "notes" })
        {
            Sql($"DELETE FROM {table} WHERE tenant_id = 'north'");
        }

        Shell.Sql(Store, "INSERT INTO notes VALUES('later')");
        Import();
        RestoreRefused(ErrorIds.SourceInvalid, source).ShouldContain(
            "has the rows of tenant 'north' as they were before its last import, with other keys. Remove the tenant with Remove-PosTenant");
    }

    [Fact]
    public void Export_that_was_renamed_with_its_tenant_is_named_by_the_old_name()
    {
        Create(Schema, Rows);
        string export = Export();
        Sql("UPDATE customers SET tenant_id = 'nome'; UPDATE codes SET tenant_id = 'nome'; UPDATE sales SET tenant_id = 'nome'; " +
            "DELETE FROM notes;");
        RestoreRefused(ErrorIds.SourceInvalid, export, tenant: "nome")
            .ShouldContain("is an export of tenant 'north', not of 'nome'. If that is the name that the tenant had");
        RestoreGood(export, o => o with { SourceTenantId = "north" }, "nome");
        Sql("SELECT count(*) FROM notes WHERE tenant_id = 'nome'").ShouldBe("2");
    }

    [Fact]
    public void Changed_files_are_refused()
    {
        Create(Schema, Rows);
        (string backup, string export) = (Backup(), Export());
        Sql("DELETE FROM notes");
        Shell.Sql(backup, "UPDATE notes SET v = 'b' WHERE rowid = 1");
        Shell.Sql(export, "UPDATE notes SET v = 'b' WHERE rowid = 1");
        RestoreRefused(ErrorIds.BackupTampered, backup);
        RestoreRefused(ErrorIds.ExportTampered, export);
    }

    [Fact]
    public void Log_beside_a_backup_is_not_read()
    {
        Create(Schema, Rows);
        Sql("PRAGMA journal_mode = WAL");
        string backup = Backup();
        Sql("DELETE FROM notes");
        Shell.Sql(backup, ".dbconfig no_ckpt_on_close on\nINSERT INTO notes VALUES('written to the backup', 'north');");
        File.Exists(backup + "-wal").ShouldBeTrue();
        RestoreGood(backup, differs: true);
        Sql("SELECT v FROM notes").ShouldBe("a\na");
    }

    [Fact]
    public void Files_of_another_database_and_files_without_a_manifest_are_refused()
    {
        Create(Schema, Rows);
        (string backup, string export) = (Backup(), Export());
        string folder = Path.Combine(Folder, "moved");
        Directory.CreateDirectory(folder);
        string other = Path.Combine(folder, "pos.db");
        File.Copy(Database, other);
        TenantRestoreResult result = new TenantRestore(other, new TenantRestoreOptions("north", backup)).Run(cancellation: Cancel);
        result.Error!.ErrorId.ShouldBe(ErrorIds.BackupMismatch);
        result = new TenantRestore(other, new TenantRestoreOptions("north", export)).Run(cancellation: Cancel);
        result.Error!.ErrorId.ShouldBe(ErrorIds.SourceInvalid);
        result.Error.Message.ShouldContain($"was exported from '{Database}', not from '{other}'");
        RestoreRefused(ErrorIds.BackupNotFound, other);
        RestoreRefused(ErrorIds.BackupNotFound, Path.Combine(Folder, "missing"));
        RestoreRefused(ErrorIds.BackupMismatch, Database);
    }

    [Fact]
    public void Tenant_that_the_backup_does_not_have_is_refused_with_those_that_it_has()
    {
        Create(Schema, Rows);
        string backup = Backup();
        Sql("INSERT INTO customers VALUES(11, 'Sue', 'south')");
        RestoreRefused(ErrorIds.SourceInvalid, backup, tenant: "south").ShouldContain(
            "has no rows of tenant 'south'; its tenants are 'north'. If the tenant has another name there, add it with -SourceTenantId. " +
            "To delete its rows, use Remove-PosTenant. Nothing was done.");
    }

    [Fact]
    public void Backup_from_before_the_upgrade_is_refused()
    {
        Sql(Schema + Rows);
        string backup = Backup();
        GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("north"))).Status.ShouldBe(UpgradeStatus.Succeeded);
        RestoreRefused(ErrorIds.SourceInvalid, backup).ShouldContain("has no column tenant_id: it was made before the");
    }

    [Theory]
    [InlineData("ALTER TABLE sales ADD COLUMN paid INTEGER", "sales: column paid is missing in the source, and INTEGER in the database")]
    [InlineData("CREATE TABLE later(id INTEGER PRIMARY KEY, tenant_id TEXT)", "the source has no table later")]
    [InlineData("PRAGMA user_version = 4", "the source is at version 0 of its schema (user_version), the database at 4")]
    [InlineData("ALTER TABLE tenants ADD COLUMN town", "tenants has the columns slug in the source, and slug, town in the database")]
    public void Backup_with_another_schema_is_refused_with_the_differences(string change, string difference)
    {
        Create(Schema + "CREATE TABLE tenants(slug TEXT);", Rows + "INSERT INTO tenants VALUES('north');");
        string backup = Backup();
        Sql($"DELETE FROM notes; {change};");
        RestoreRefused(ErrorIds.SchemaMismatch, backup).ShouldContain(difference);
    }

    /// <summary>A database of south, and north, whose keys collided when it was imported.</summary>
    private TenantImportResult CreateImported()
    {
        Sql(Schema + Rows.Replace("'own'", "'south-own'", StringComparison.Ordinal));
        GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("south"))).Status.ShouldBe(UpgradeStatus.Succeeded);
        Shell.Sql(Store, Schema + Rows);
        return Import();
    }

    private TenantImportResult Import()
    {
        KeyDeclarations keys = KeyDeclarations.Parse(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sales.body"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["$.customer_id"] = "customers" },
        });
        TenantImportResult result = TenantImport.Run(
            Database, [new TenantSource(Store, "north") { Keys = keys }], new TenantImportOptions(), cancellation: Cancel).Single();
        result.Status.ShouldBe(TenantChangeStatus.Succeeded, result.Error?.Message);
        return result;
    }

    private string Read() => Sql(
        "SELECT * FROM customers ORDER BY 1; SELECT * FROM codes ORDER BY 1; SELECT * FROM sales ORDER BY 1; " +
        "SELECT v, tenant_id FROM notes ORDER BY 1, 2");
}
