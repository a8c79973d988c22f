using PosTenancy.Engine.Migration;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Guard;

/// <summary>The whole guard on the sample store, verified with the sqlite3 shell.</summary>
public sealed class SampleStoreTests : TestFolder
{
    [Theory]
    [InlineData("")]
    [InlineData("PRAGMA journal_mode = WAL; PRAGMA page_size = 1024;")]
    [InlineData("PRAGMA auto_vacuum = FULL; PRAGMA encoding = 'UTF-16le';")]
    public void Upgrade_gives_all_32_tables_a_tenant_and_loses_nothing(string prologue)
    {
        CreateSampleStore(prologue);
        Shell.Sql(Database, "INSERT INTO _migrations VALUES (7, 'promotions', 'c0ffee', '2026-01-01')");
        string before = Sha256(Database);

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));

        result.Error.ShouldBeNull();
        result.Status.ShouldBe(UpgradeStatus.Succeeded);
        result.Checks.ShouldHavePassed();
        MigrationResult migration = result.Migration.ShouldNotBeNull();
        (migration.TablesUpdated, migration.TablesTotal, migration.IndexesCreated).ShouldBe((32, 32, 32));
        (migration.RowsBefore, migration.RowsAfter, migration.NullTenantIds).ShouldBe((26, 26, 0));

        BackupResult backup = result.Backup.ShouldNotBeNull();
        backup.Sha256.ShouldBe(before);
        Sha256(backup.BackupPath).ShouldBe(before);

        Shell
            .Sql(
                Database,
                "SELECT count(*) FROM pragma_table_list l JOIN pragma_table_xinfo(l.name) c WHERE c.name = 'tenant_id' AND c.\"notnull\" " +
                "AND c.type = 'VARCHAR(255)'"
            )
            .ShouldBe("32");
        Shell
            .Sql(Database, "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name = 'idx_' || tbl_name || '_tenant_id'")
            .ShouldBe("32");
        Shell.Sql(Database, $"SELECT count(*) FROM users WHERE tenant_id = '{Tenant}'").ShouldBe("3");
        Shell.Sql(Database, "SELECT * FROM _migrations").ShouldBe("7|promotions|c0ffee|2026-01-01");
        Shell.Sql(Database, "PRAGMA integrity_check; PRAGMA foreign_key_check").ShouldBe("ok");
        Directory.EnumerateFileSystemEntries(Folder).Count().ShouldBe(3, "database, backup and manifest, and nothing left over");
    }
}
