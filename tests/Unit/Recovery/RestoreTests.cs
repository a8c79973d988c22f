using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Recovery;

/// <summary>A restore recovers the bytes, keeps the file that it replaces, and trusts no input.</summary>
[Trait("Windows", "Short")]
public sealed class RestoreTests : TestFolder
{
    [Theory]
    [InlineData("")]
    [InlineData("PRAGMA journal_mode = WAL;")]
    public void Restore_brings_back_the_bytes_and_keeps_the_replaced_file(string mode)
    {
        CreateSampleStore(mode);
        string before = Sha256(Database);
        BackupResult backup = DatabaseBackup.Create(Database);
        TenantMigration.Migrate(Database, new MigrationOptions(Tenant), backup.BackupPath).Status.ShouldBe(MigrationStatus.Migrated);
        string migrated = Sha256(Database);

        RestoreResult restore = DatabaseRestore.Restore(Database, backup.BackupPath);

        (restore.Path, restore.BackupPath, restore.Sha256, restore.Verified).ShouldBe((Database, backup.BackupPath, before, true));
        Sha256(Database).ShouldBe(before);
        Sha256(restore.ReplacedPath.ShouldNotBeNull()).ShouldBe(migrated);
        Shell.Sql(Database, "SELECT count(*) FROM users").ShouldBe("3");
        Directory.GetFiles(Folder).Length.ShouldBe(4, "database, backup, manifest and the replaced file");
    }

    [Fact]
    public void A_stale_log_is_not_replayed_over_the_restored_file()
    {
        CreateSampleStore("PRAGMA journal_mode = WAL;");
        BackupResult backup = DatabaseBackup.Create(Database);
        using (OtherProcess crashed = new(Database, "PRAGMA wal_autocheckpoint = 0; DELETE FROM users;"))
        {
            crashed.Kill();
        }

        RestoreResult restore = DatabaseRestore.Restore(Database, backup.BackupPath);

        Sha256(Database).ShouldBe(backup.Sha256);
        Shell.Sql(Database, "SELECT count(*) FROM users").ShouldBe("3");
        Shell.Sql(restore.ReplacedPath!, "SELECT count(*) FROM users").ShouldBe("0", "what was in the log belongs to the replaced file");
    }

    [Fact]
    public void Damaged_database_that_another_process_has_open_is_waited_for()
    {
        CreateSampleStore();
        BackupResult backup = DatabaseBackup.Create(Database);
        File.WriteAllText(Database, new string('x', 8192));
        using OtherProcess other = new(Database, "SELECT * FROM users;");
        Should
            .Throw<PosTenancyException>(() => DatabaseRestore.Restore(Database, backup.BackupPath, TimeSpan.Zero))
            .ErrorId.ShouldBe(ErrorIds.DatabaseInUse);
        using Timer timer = new(_ => other.Kill(), null, 700, Timeout.Infinite);

        RestoreResult restore = DatabaseRestore.Restore(Database, backup.BackupPath, TimeSpan.FromSeconds(30));

        restore.Verified.ShouldBeTrue();
        Sha256(Database).ShouldBe(backup.Sha256);
    }

    [Fact]
    public void A_hot_journal_is_not_replayed_over_the_restored_file()
    {
        CreateSampleStore();
        BackupResult backup = DatabaseBackup.Create(Database);
        Shell.Sql(Database, "UPDATE products SET name = 'newer'");
        using (OtherProcess crashed = new(Database, "PRAGMA cache_size = 5; BEGIN; UPDATE products SET name = hex(zeroblob(20000)) || id;"))
        {
            crashed.Kill();
        }

        File.Exists(Database + "-journal").ShouldBeTrue();
        DatabaseRestore.Restore(Database, backup.BackupPath);
        Sha256(Database).ShouldBe(backup.Sha256);
        File.Exists(Database + "-journal").ShouldBeFalse();
        Shell.Sql(Database, "SELECT count(*) FROM products WHERE name = 'newer'").ShouldBe("0");
    }

    [Fact]
    public void A_file_that_is_no_database_any_more_can_be_replaced_and_what_lay_beside_it_is_kept()
    {
        CreateSampleStore();
        BackupResult backup = DatabaseBackup.Create(Database);
        File.WriteAllText(Database, "overwritten by mistake");
        File.WriteAllText(Database + "-wal", "and this was beside it");

        RestoreResult restore = DatabaseRestore.Restore(Database, backup.BackupPath);

        Sha256(Database).ShouldBe(backup.Sha256);
        File.Exists(Database + "-wal").ShouldBeFalse();
        File.ReadAllText(restore.ReplacedPath!).ShouldBe("overwritten by mistake");
        File.ReadAllText(restore.ReplacedPath + "-wal").ShouldBe("and this was beside it");
    }

    [Fact]
    public void A_database_that_is_gone_can_be_restored()
    {
        CreateSampleStore();
        BackupResult backup = DatabaseBackup.Create(Database);
        File.Delete(Database);
        DatabaseRestore.Restore(Database, backup.BackupPath).ReplacedPath.ShouldBeNull();
        Sha256(Database).ShouldBe(backup.Sha256);
    }

    public static TheoryData<string, string, Action<BackupResult>> Tampering =>
        new()
        {
            { "one byte", ErrorIds.BackupTampered, b => Overwrite(b.BackupPath, 5000) },
            { "header byte", ErrorIds.BackupTampered, b => Overwrite(b.BackupPath, 20) },
            { "truncated", ErrorIds.BackupTampered, b => File.WriteAllBytes(b.BackupPath, File.ReadAllBytes(b.BackupPath)[..^4096]) },
            { "longer", ErrorIds.BackupTampered, b => File.AppendAllText(b.BackupPath, "x") },
            { "no backup", ErrorIds.BackupNotFound, b => File.Delete(b.BackupPath) },
            { "no manifest", ErrorIds.BackupNotFound, b => File.Delete(b.ManifestPath) },
            { "empty manifest", ErrorIds.ManifestInvalid, b => File.WriteAllText(b.ManifestPath, "") },
            { "other JSON", ErrorIds.ManifestInvalid, b => File.WriteAllText(b.ManifestPath, "{\"a\": 1}") },
            {
                "other version",
                ErrorIds.ManifestInvalid,
                b => File.WriteAllText(b.ManifestPath, File.ReadAllText(b.ManifestPath).Replace("\"version\": 1", "\"version\": 2"))
            },
            {
                "other store",
                ErrorIds.BackupMismatch,
                b => File.WriteAllText(b.ManifestPath, File.ReadAllText(b.ManifestPath).Replace("pos.db\",", "other.db\","))
            },
        };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Tampering))]
    public void Refuses_a_backup_that_is_not_what_it_was(string what, string errorId, Action<BackupResult> tamper)
    {
        CreateSampleStore();
        BackupResult backup = DatabaseBackup.Create(Database);
        Shell.Sql(Database, "UPDATE products SET name = 'newer'");
        tamper(backup);
        string before = Snapshot();

        Should.Throw<PosTenancyException>(() => DatabaseRestore.Preview(Database, backup.BackupPath)).ErrorId.ShouldBe(errorId, what);
        Should.Throw<PosTenancyException>(() => DatabaseRestore.Restore(Database, backup.BackupPath)).ErrorId.ShouldBe(errorId, what);

        Snapshot().ShouldBe(before, what);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PRAGMA journal_mode = WAL;")]
    public void Refuses_while_another_process_has_the_database_open(string mode)
    {
        CreateSampleStore(mode);
        BackupResult backup = DatabaseBackup.Create(Database);
        Shell.Sql(Database, "UPDATE products SET name = 'newer'");
        using OtherProcess other = new(Database, "SELECT count(*) FROM users;");
        Should
            .Throw<PosTenancyException>(() => DatabaseRestore.Preview(Database, backup.BackupPath))
            .ErrorId.ShouldBe(ErrorIds.DatabaseInUse);
        Should
            .Throw<PosTenancyException>(() => DatabaseRestore.Restore(Database, backup.BackupPath, TimeSpan.Zero))
            .ErrorId.ShouldBe(ErrorIds.DatabaseInUse);
        other.Run("SELECT count(*) FROM users WHERE 1;");
        Shell.Sql(Database, "SELECT DISTINCT name FROM products").ShouldBe("newer");
        Directory.GetFiles(Folder, "*.restore").ShouldBeEmpty();
    }

    [Fact]
    public void The_restored_file_has_the_permissions_of_the_replaced_one()
    {
        CreateSampleStore();
        BackupResult backup = DatabaseBackup.Create(Database);
        OnlyOn.Unix("a file has a mode");
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        File.SetUnixFileMode(Database, mode);
        Shell.Run("chown", null, "65534:65534", Database).ExitCode.ShouldBe(0);
        DatabaseRestore.Restore(Database, backup.BackupPath);
        File.GetUnixFileMode(Database).ShouldBe(mode);
        Shell.Run("stat", null, "-c", "%u:%g", Database).Output.Trim().ShouldBe("65534:65534");
    }

    private static void Overwrite(string path, long position)
    {
        using FileStream file = File.Open(path, FileMode.Open);
        file.Position = position;
        int value = file.ReadByte();
        file.Position = position;
        file.WriteByte((byte)(value ^ 0xff));
    }
}
