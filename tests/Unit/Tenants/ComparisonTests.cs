using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>A live tenant against its source, a backup, or another file: equal, or the differences one by one.</summary>
public sealed class ComparisonTests : TenantFolder
{
    [Fact]
    public void Imported_tenant_equals_its_source_though_its_keys_changed()
    {
        CreateBoth().KeysMapped.ShouldBeGreaterThan(0);
        string before = Snapshot();

        using TenantComparisonReading reading = TenantComparison.Run(
            Database, new TenantComparisonOptions("north", Source), cancellation: Cancel);

        reading.IsEqual.ShouldBeTrue();
        reading.Differences.ShouldBeEmpty();
        reading.Rows.ShouldBe(15);
        reading.Tables.ShouldBe(5);
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Every_kind_of_difference_is_found_with_the_keys_of_the_source()
    {
        CreateBoth();
        Shell.Sql(Source, """
            UPDATE customers SET name = 'Cyd', code = NULL WHERE id = 1;
            UPDATE sales SET customer = 2 WHERE id = 1;
            DELETE FROM customers WHERE id = 7;
            INSERT INTO lines VALUES(3, 1, 9.5);
            UPDATE parts SET parent = 2 WHERE id = 3;
            UPDATE lines SET price = 2.5 WHERE sale = 2;
            """);

        Differences(Source).ShouldBe("""
            Value customers (1) name: Cy instead of Cyd
            Value customers (1) code:  instead of NULL
            Extra customers (7): id = 7, name = Ed, code = e
            Reference sales (1) customer: 7 instead of 2
            Value lines (2, 1) price: 0.0 instead of 2.5
            Missing lines (3, 1): sale = 3, line = 1, price = 9.5
            Reference parts (3) parent: 99 instead of 2
            """);
    }

    [Fact]
    public void Rows_of_a_table_without_a_primary_key_are_counted()
    {
        CreateBoth();
        Shell.Sql(Source, "INSERT INTO notes VALUES('b', NULL), ('b', NULL); DELETE FROM notes WHERE rowid = 1;");

        Differences(Source).Split('\n').Order(StringComparer.Ordinal).ShouldBe(
        [
            "Extra notes: about = a, word = x",
            "Missing notes: about = b, word = NULL",
            "Missing notes: about = b, word = NULL",
        ]);
    }

    [Fact]
    public void Values_that_differ_only_in_their_type_say_so()
    {
        CreateBoth();
        Sql("UPDATE sales SET note = 7 WHERE receipt = 'R2' AND tenant_id = 'north'");
        Shell.Sql(Source, "UPDATE sales SET note = '7' WHERE id = 2");

        Differences(Source).ShouldBe("Value sales (2) note: 7 (integer) instead of 7 (text)");
    }

    [Fact]
    public void Export_from_before_a_rename_is_compared_by_the_keys_that_it_has()
    {
        CreateBoth().KeysMapped.ShouldBeGreaterThan(0);
        string export = TenantExport.Create(Database, new TenantExportOptions("north"), cancellation: Cancel).ExportPath;
        new TenantRename(Database, new TenantRenameOptions("north", "nome")).Run(cancellation: Cancel).Status
            .ShouldBe(TenantChangeStatus.Succeeded);
        TenantComparisonOptions options = new("nome", export) { SourceTenantId = "north" };

        using TenantComparisonReading reading = TenantComparison.Run(Database, options, cancellation: Cancel);

        reading.Differences.ShouldBeEmpty();
        reading.Rows.ShouldBe(15);
    }

    [Fact]
    public void Row_that_was_added_since_is_extra()
    {
        CreateBoth();
        Sql("INSERT INTO customers(name, tenant_id) VALUES('New', 'north')");
        string id = Sql("SELECT max(id) FROM customers");

        Differences(Source).ShouldBe($"Extra customers ({id}): id = {id}, name = New, code = NULL");
    }

    [Fact]
    public void Source_in_another_encoding_is_equal()
    {
        CreateBoth();
        string dump = Shell.Sql(Source, ".dump");
        string other = Path.Combine(Folder, "utf16.db");
        Shell.Sql(other, "PRAGMA encoding = 'UTF-16'; " + dump);

        Differences(other).ShouldBe("");
    }

    [Fact]
    public void Backup_of_the_database_has_its_keys_and_needs_no_key_map()
    {
        TenantImportResult imported = CreateBoth();
        string backup = DatabaseBackup.Create(Database, cancellation: Cancel).BackupPath;
        File.Delete(imported.KeyMapPath!);
        Differences(backup).ShouldBe("");

        Sql("UPDATE customers SET name = 'Zed' WHERE tenant_id = 'north' AND name = 'Ed'");

        string id = Sql("SELECT id FROM customers WHERE name = 'Zed'");
        Differences(backup).ShouldBe($"Value customers ({id}) name: Zed instead of Ed");
        Differences(backup, "south").ShouldBe("");
    }

    [Fact]
    public void Backup_that_is_older_than_the_tenant_lacks_all_of_its_rows()
    {
        TenantImportResult imported = CreateBoth();
        Differences(imported.Backup!.BackupPath).Split('\n').Length.ShouldBe(15);
    }

    [Fact]
    public void First_tenant_equals_the_backup_from_before_the_migration()
    {
        Create(Database, South);
        string backup = DatabaseBackup.Create(Database, cancellation: Cancel).BackupPath;
        Migrate();

        Differences(backup, "south").ShouldBe("");
    }

    [Fact]
    public void Copy_of_the_database_is_compared_by_its_own_keys_wherever_it_lies()
    {
        CreateBoth();
        string copy = Path.Combine(Folder, "copy.db");
        File.Copy(Database, copy);

        Differences(copy).ShouldBe("");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Lost_key_map_is_an_error_and_never_equal(bool isChanged)
    {
        TenantImportResult imported = CreateBoth();
        string moved = Path.Combine(Folder, "map.json");
        File.Copy(imported.KeyMapPath!, moved);
        if (isChanged)
        {
            File.AppendAllText(imported.KeyMapPath!, "\n");
        }
        else
        {
            File.Delete(imported.KeyMapPath!);
        }

        Failure(() => Differences(Source)).ShouldBe(ErrorIds.KeyMapLost);
        Differences(Source, change: o => o with { KeyMapPath = moved }).ShouldBe("");
    }

    [Fact]
    public void Wrong_files_and_tenants_are_refused()
    {
        TenantImportResult imported = CreateBoth();
        Failure(() => Differences(Source, "nort")).ShouldBe(ErrorIds.TenantNotFound);
        Failure(() => Differences(Database)).ShouldBe(ErrorIds.SourceInvalid);
        Failure(() => Differences(Path.Combine(Folder, "none.db"))).ShouldBe(ErrorIds.FileNotFound);

        string copy = Path.Combine(Folder, "copy.db");
        File.Copy(Database, copy);
        Shell.Sql(copy, """
            UPDATE customers SET tenant_id = 'w'; DELETE FROM sales; DELETE FROM lines; DELETE FROM parts; DELETE FROM notes;
            """);
        Failure(() => Differences(copy)).ShouldBe(ErrorIds.SourceInvalid);

        Shell.Sql(Source, "ALTER TABLE customers ADD COLUMN phone TEXT");
        Failure(() => Differences(Source)).ShouldBe(ErrorIds.SchemaMismatch);

        using (FileStream backup = new(imported.Backup!.BackupPath, FileMode.Open))
        {
            backup.Position = backup.Length - 1;
            backup.WriteByte(99);
        }

        Failure(() => Differences(imported.Backup.BackupPath)).ShouldBe(ErrorIds.BackupTampered);
    }

    private static string Failure(Action action) => Should.Throw<PosTenancyException>(action).ErrorId;
}
