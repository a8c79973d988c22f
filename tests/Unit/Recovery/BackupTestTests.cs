using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Recovery;

/// <summary>Backups are known to be good because each was restored; the newest good one is never removed.</summary>
public sealed class BackupTestTests : TestFolder
{
    private string Backups { get; } = Directory.CreateTempSubdirectory("postenancy-backups-").FullName;

    [Fact]
    public void Of_ten_backups_the_three_that_cannot_be_restored_are_found_with_the_reason()
    {
        BackupResult[] made = Make(10);
        byte[] changed = File.ReadAllBytes(made[2].BackupPath);
        changed[5000] ^= 1;
        File.WriteAllBytes(made[2].BackupPath, changed);
        using (FileStream cut = new(made[4].BackupPath, FileMode.Open))
        {
            cut.SetLength(cut.Length - 4096);
        }

        File.Copy(made[0].ManifestPath, made[6].ManifestPath, overwrite: true);

        IReadOnlyList<BackupInfo> listed = BackupList.Read(Database, Backups);
        BackupTestResult[] tests = [.. listed.Select(b => BackupTest.Run(Database, b.BackupPath))];

        listed.Count.ShouldBe(10);
        listed.Count(b => b.Error is not null).ShouldBe(2, "a changed byte is not seen in a list");
        tests.Count(t => t.Status == BackupTestStatus.Good).ShouldBe(7);
        Dictionary<string, string?> bad = tests
            .Where(t => t.Status == BackupTestStatus.Bad)
            .ToDictionary(t => t.BackupPath, t => t.Error?.ErrorId);
        bad.ShouldBe(
            new Dictionary<string, string?>
            {
                [made[2].BackupPath] = ErrorIds.BackupTampered,
                [made[4].BackupPath] = ErrorIds.BackupTampered,
                [made[6].BackupPath] = ErrorIds.ManifestInvalid,
            },
            ignoreOrder: true);
        BackupList.Read(Database, Backups).Count(b => b.VerifiedAt is not null).ShouldBe(7);
        DatabaseRestore.Restore(Database, made[9].BackupPath).Verified.ShouldBeTrue("a note beside a backup does not disturb a restore");
    }

    [Fact]
    public void Damage_that_the_backup_has_preserved_is_bad()
    {
        CreateSampleStore();
        Shell.Sql(
            Database,
            "CREATE TABLE twin(id INTEGER PRIMARY KEY, x); CREATE INDEX twin_x ON twin(x); INSERT INTO twin VALUES (1, 2), (3, 4);" +
                "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '(x)', '(id)') WHERE name = 'twin_x'");
        BackupResult backup = DatabaseBackup.Create(Database, Backups);

        BackupTestResult test = BackupTest.Run(Database, backup.BackupPath);

        (test.Status, test.Error?.ErrorId).ShouldBe((BackupTestStatus.Bad, ErrorIds.DatabaseCorrupt));
        test.Checks.Single(c => c.Name == "FileIntegrity").Status.ShouldBe(CheckStatus.Failed);
    }

    [Fact]
    public void Test_of_a_backup_leaves_only_its_note()
    {
        BackupResult backup = Make(1).Single();
        string before = Sha256(Database);

        BackupTest.Run(Database, backup.BackupPath, record: false).Status.ShouldBe(BackupTestStatus.Good);
        Directory.GetFiles(Backups).Length.ShouldBe(2);
        BackupTest.Run(Database, backup.BackupPath).Status.ShouldBe(BackupTestStatus.Good);

        Directory.GetFiles(Backups).Order(StringComparer.Ordinal).ShouldBe(
            [backup.BackupPath, backup.ManifestPath, backup.BackupPath + ".verified.json"]);
        Sha256(Database).ShouldBe(before);
        Directory.GetFileSystemEntries(Path.GetTempPath(), "pos.db.backup-test.*").ShouldBeEmpty();
        Bad(backup);
        BackupTest.Run(Database, backup.BackupPath).Status.ShouldBe(BackupTestStatus.Bad);
        File.Exists(backup.BackupPath + ".verified.json").ShouldBeFalse();
    }

    [Theory]
    [InlineData(3, null, 3)]
    [InlineData(null, 0.0, 1)]
    [InlineData(2, 10.0, 6)]
    public void Removal_keeps_what_it_was_told_to_keep(int? keepLast, double? daysOld, int left)
    {
        Make(6);
        foreach (BackupInfo backup in Unneeded(keepLast, daysOld))
        {
            BackupRemoval.Remove(backup);
        }

        BackupList.Read(Database, Backups).Count.ShouldBe(left);
        Directory.GetFiles(Backups, "*.backup-*").Count(f => !f.EndsWith(".json", StringComparison.Ordinal)).ShouldBe(left);
    }

    [Fact]
    public void Newest_good_backup_stays_even_if_newer_ones_are_bad()
    {
        BackupResult[] made = Make(4);
        Bad(made[3]);
        Bad(made[2]);

        Unneeded(keepLast: 1, daysOld: null).Select(b => b.BackupPath).ShouldBe([made[2].BackupPath, made[0].BackupPath]);

        Bad(made[1]);
        Bad(made[0]);
        Should.Throw<PosTenancyException>(() => Unneeded(keepLast: 1, daysOld: null)).ErrorId.ShouldBe(ErrorIds.NoGoodBackup);
    }

    [Fact]
    public void Backup_that_a_cancelled_upgrade_may_go_on_with_stays()
    {
        CreateSampleStore();
        using CancellationTokenSource stop = new();
        Observer cancel = new(report =>
        {
            if (report.Stage == Stage.Rehearsal)
            {
                stop.Cancel();
            }
        });
        UpgradeOptions options = new(new MigrationOptions(Tenant)) { Destination = Backups };
        BackupResult kept = GuardedUpgrade.Run(Database, options, cancel, stop.Token).Backup.ShouldNotBeNull();
        Thread.Sleep(1100);
        DatabaseBackup.Create(Database, Backups);

        Unneeded(keepLast: 1, daysOld: null).ShouldBeEmpty();

        File.Delete(Database + ".postenancy-journal");
        Unneeded(keepLast: 1, daysOld: null).Single().BackupPath.ShouldBe(kept.BackupPath);
    }

    protected override void Dispose(bool disposing)
    {
        Directory.Delete(Backups, recursive: true);
        base.Dispose(disposing);
    }

    private static void Bad(BackupResult backup)
    {
        byte[] bytes = File.ReadAllBytes(backup.BackupPath);
        bytes[6000] ^= 1;
        File.WriteAllBytes(backup.BackupPath, bytes);
    }

    private IReadOnlyList<BackupInfo> Unneeded(int? keepLast, double? daysOld) =>
        BackupRemoval.Find(Database, Backups, keepLast, daysOld is { } days ? TimeSpan.FromDays(days) : null);

    /// <summary>Backups of the same second get a number, and so their order.</summary>
    private BackupResult[] Make(int count)
    {
        CreateSampleStore();
        return [.. Enumerable.Range(0, count).Select(_ => DatabaseBackup.Create(Database, Backups))];
    }
}
