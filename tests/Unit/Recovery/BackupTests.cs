using System.Text.Json;
using PosTenancy.Engine.Recovery;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Recovery;

/// <summary>A backup has the bytes of the file, and they include every committed transaction.</summary>
[Trait("Windows", "Short")]
public sealed class BackupTests : TestFolder
{
    [Fact]
    public void Backup_has_the_bytes_of_the_file_and_a_manifest_that_says_so()
    {
        CreateSampleStore();
        string before = Sha256(Database);

        BackupResult backup = DatabaseBackup.Create(Database);

        Path.GetFileName(backup.BackupPath).ShouldMatch(@"^pos\.db\.backup-\d{8}-\d{6}$");
        backup.ManifestPath.ShouldBe(backup.BackupPath + ".json");
        (backup.Path, backup.Sha256, backup.Length, backup.Tables, backup.Rows, backup.Verified)
            .ShouldBe((Database, before, new FileInfo(Database).Length, 33, 26L, true));
        Sha256(backup.BackupPath).ShouldBe(before);
        Sha256(Database).ShouldBe(before);
        JsonElement manifest = JsonDocument.Parse(File.ReadAllText(backup.ManifestPath)).RootElement;
        manifest.GetProperty("version").GetInt32().ShouldBe(1);
        manifest.GetProperty("sha256").GetString().ShouldBe(before);
        manifest.GetProperty("source").GetString().ShouldBe(Database);
        manifest.GetProperty("rows").GetInt64().ShouldBe(26);
    }

    [Fact]
    public void Two_backups_in_one_second_do_not_overwrite_each_other()
    {
        CreateSampleStore();
        List<string> backups = [.. Enumerable.Range(0, 3).Select(_ => DatabaseBackup.Create(Database).BackupPath)];
        backups.Distinct(StringComparer.Ordinal).Count().ShouldBe(3);
        backups.ShouldAllBe(b => File.Exists(b) && File.Exists(b + ".json"));
    }

    [Fact]
    public void Backup_of_a_database_with_an_unfinished_log_has_what_was_in_the_log()
    {
        CreateSampleStore("PRAGMA journal_mode = WAL;");
        using (
            OtherProcess crashed = new(
                Database,
                "PRAGMA wal_autocheckpoint = 0; INSERT INTO stores(id, code, name) VALUES('s2', 'C2', 'Second');"))
        {
            crashed.Kill();
        }

        new FileInfo(Database + "-wal").Length.ShouldBeGreaterThan(0);
        BackupResult backup = DatabaseBackup.Create(Database);
        backup.Rows.ShouldBe(27);
        Sha256(backup.BackupPath).ShouldBe(Sha256(Database));
        Shell.Sql($"file:{backup.BackupPath}?immutable=1", "SELECT count(*) FROM stores").ShouldBe("2");
        Directory.GetFiles(Folder, "*-wal").ShouldBeEmpty();
    }

    [Fact]
    public void Backup_has_what_SQLite_reads_from_a_log_that_the_header_does_not_speak_of()
    {
        CreateSampleStore();
        byte[] old = File.ReadAllBytes(Database);
        using (
            OtherProcess crashed = new(
                Database,
                "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; INSERT INTO stores(id, code, name) VALUES('s2', 'C2', 'Second');"
            ))
        {
            crashed.Kill();
        }

        File.WriteAllBytes(Database, old);
        File.Delete(Database + "-shm");
        string copy = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "copy")).FullName, "pos.db");
        File.Copy(Database, copy);
        File.Copy(Database + "-wal", copy + "-wal");
        string stores = Shell.Sql(copy, "SELECT count(*) FROM stores");

        string before = Snapshot();
        PosTenancy
            .Engine.Migration.TenantPlan.Read(Database, new MigrationOptions(Tenant))
            .Tables.Single(t => t.Table == "stores")
            .Rows.ToString()
            .ShouldBe(stores);
        Snapshot().ShouldBe(before, "looking changes nothing");

        BackupResult backup = DatabaseBackup.Create(Database);
        Shell.Sql($"file:{backup.BackupPath}?immutable=1", "SELECT count(*) FROM stores").ShouldBe(stores);
        Shell.Sql(Database, "SELECT count(*) FROM stores").ShouldBe(stores);
    }

    [Fact]
    public void Backup_is_not_readable_by_more_people_than_the_database()
    {
        OnlyOn.Unix("a file has a mode");
        CreateSampleStore();
        UnixFileMode mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.SetUnixFileMode(Database, mine);
        BackupResult backup = DatabaseBackup.Create(Database);
        File.GetUnixFileMode(backup.BackupPath).ShouldBe(mine);
        File.GetUnixFileMode(backup.ManifestPath).ShouldBe(mine);
    }

    [Fact]
    public void Backup_that_is_stopped_leaves_nothing()
    {
        CreateSampleStore();
        string before = Snapshot();
        using CancellationTokenSource stop = new();
        Observer stopper = new(report => { if (report.Activity.StartsWith("Reading", StringComparison.Ordinal)) { stop.Cancel(); } });
        Should.Throw<OperationCanceledException>(() => DatabaseBackup.Create(Database, progress: stopper, cancellation: stop.Token));
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Backup_goes_through_a_symbolic_link_to_the_real_file()
    {
        CreateSampleStore();
        string link = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "links")).FullName, "store.db");
        AnotherProgram.MakesLink(link, Database);
        BackupResult backup = DatabaseBackup.Create(link);
        backup.Path.ShouldBe(Database);
        Path.GetDirectoryName(backup.BackupPath).ShouldBe(Folder);
    }
}
