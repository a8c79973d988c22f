using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reliability;

/// <summary>
/// A disk that is full, or that another program fills at the worst moment: the message is clear, nothing changes, nothing is left behind,
/// and
/// free space is enough to succeed.
/// </summary>
public sealed class FullDiskTests : ReliabilityFolder
{
    private const string Comparing = "Comparing the committed file with the rehearsed copy";

    /// <summary>Moments that only an upgrade without a rehearsal has: its file is checked, not compared with a rehearsed copy.</summary>
    private const string NotRehearsed = "the committed file of an upgrade without a rehearsal ";

    /// <summary>Moments at which another program uses up the space: one in each kind of work.</summary>
    private static readonly (string Name, Func<StageProgress, bool> Is)[] Moments =
    [
        ("the backup is copied", r => r is { Stage: Stage.Backup, Activity: "Copying under the lock" }),
        ("the backup is read back", r => r is { Stage: Stage.Backup, Activity: "Reading the backup back" }),
        ("the backup is made", r => r is { Stage: Stage.Backup, Activity: "Backed up" }),
        ("the copy is made", r => r is { Stage: Stage.Rehearsal, Activity: "Copying the backup" }),
        (
            "the rehearsal alters the first table",
            r => r.Stage == Stage.Rehearsal && r.Activity.StartsWith("ALTER", StringComparison.Ordinal)),
        ("the rehearsal is checked", r => r is { Stage: Stage.Rehearsal, Activity: "Checking" }),
        ("the rehearsal is over", r => r is { Stage: Stage.Rehearsal, Activity: "Rehearsed" }),
        ("the file is proved", r => r is { Stage: Stage.Migration, Activity: "Proving that the file equals its backup" }),
        ("the first table is altered", r => r.Stage == Stage.Migration && r.Activity.StartsWith("ALTER", StringComparison.Ordinal)),
        ("the first index is made", r => r.Stage == Stage.Migration && r.Activity.StartsWith("CREATE INDEX", StringComparison.Ordinal)),
        ("the migration is checked", r => r is { Stage: Stage.Migration, Activity: "Checking" }),
        ("the committed file is compared", r => r is { Stage: Stage.Verification, Activity: Comparing }),
        (NotRehearsed + "is opened", r => r is { Stage: Stage.Verification, Activity: "Reopening the committed file" }),
        (NotRehearsed + "is checked", r => r is { Stage: Stage.Verification, Activity: "Checking" }),
    ];

    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> cases = [];
            for (int i = 0; i < Moments.Length; i++)
            {
                // In WAL mode another file runs out of space: relevant from the first write to the live file.
                cases.Add(Moments[i].Name, "");
                if (Soak.IsOn || i >= 7)
                {
                    cases.Add(Moments[i].Name, Wal);
                }
            }

            return cases;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(Wal)]
    public void Every_size_of_the_disk_ends_in_a_refusal_that_changed_nothing_or_in_success(string mode)
    {
        using SmallDisk disk = SmallDisk.Mount(Path.Combine(Folder, "disk"), "size=16384k");
        CreateShop(mode);
        string live = Path.Combine(disk.Folder, "pos.db");
        string before = Sha256(Database);
        string rows = Rows(Database);
        long smallest = (new FileInfo(Database).Length / 1024) + 4;
        int refused = 0;
        int succeeded = 0;

        // Use steps of one page near the limit, because there a later stage that needs space again must not fail.
        for (long size = smallest; succeeded < 3; size += Soak.IsOn || size >= 1240 ? 4 : 128)
        {
            string what = $"{size} KiB";
            disk.Resize(16384);
            Empty(disk.Folder);
            File.Copy(Database, live);
            disk.Resize(size);

            UpgradeResult result = GuardedUpgrade.Run(live, Options);

            if (result.Status == UpgradeStatus.Succeeded)
            {
                succeeded++;
            }
            else
            {
                refused++;
                succeeded.ShouldBe(0, $"{what}: there was room enough before");
                (result.Status, result.Error?.ErrorId).ShouldBe((UpgradeStatus.Refused, ErrorIds.InsufficientDiskSpace), what);
                Sha256(live).ShouldBe(before, what);
                Directory.GetFileSystemEntries(disk.Folder).ShouldBe([live], what);
                disk.Resize(16384);
                GuardedUpgrade.Run(live, Options).Status.ShouldBe(UpgradeStatus.Succeeded, what);
            }

            Rows(live).ShouldBe(rows, what);
            IsMigrated(live).ShouldBeTrue(what);
        }

        refused.ShouldBeGreaterThan(5, "the sizes must begin where there is too little");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_disk_that_fills_up_on_the_way_leaves_the_file_wholly_old_or_wholly_new(string moment, string mode)
    {
        using SmallDisk disk = SmallDisk.Mount(Path.Combine(Folder, "disk"), "size=8192k");
        CreateShop(mode);
        foreach (long left in Soak.IsOn ? Enumerable.Range(0, 80).Select(n => 4L * n) : [0, 8, 40])
        {
            Empty(disk.Folder);
            bool rehearses = !moment.StartsWith(NotRehearsed, StringComparison.Ordinal);
            FillsUp(disk, disk, moment, left, Options with { SkipRehearsal = !rehearses });
        }
    }

    [Theory]
    [InlineData("the backup is copied")]
    [InlineData("the backup is read back")]
    [InlineData("the backup is made")]
    [InlineData("the copy is made")]
    [InlineData("the rehearsal alters the first table")]
    public void A_destination_that_fills_up_is_no_harm_to_the_database(string moment)
    {
        using SmallDisk disk = SmallDisk.Mount(Path.Combine(Folder, "disk"), "size=8192k");
        using SmallDisk destination = SmallDisk.Mount(Path.Combine(Folder, "backups"), "size=8192k");
        CreateShop();
        foreach (long left in Soak.IsOn ? Enumerable.Range(0, 80).Select(n => 4L * n) : [0, 28])
        {
            Empty(disk.Folder);
            Empty(destination.Folder);
            FillsUp(disk, destination, moment, left, Options with { Destination = destination.Folder });
            ShouldHaveNoDebris(destination.Folder, $"{moment}, {left} KiB left");
        }
    }

    [Fact]
    public void A_disk_that_fills_up_during_a_restore_leaves_the_file_that_was_there()
    {
        using SmallDisk disk = SmallDisk.Mount(Path.Combine(Folder, "disk"), "size=8192k");
        CreateShop();
        string live = Path.Combine(disk.Folder, "pos.db");
        string[] moments = ["Verifying the backup", "Copying the backup"];
        foreach (
            (string moment, long left) in moments.SelectMany(m =>
                (Soak.IsOn ? Enumerable.Range(0, 40).Select(n => 4L * n) : [0, 4, 28, 60]).Select(left => (m, left))))
        {
            string what = $"{moment}, {left} KiB left";
            Empty(disk.Folder);
            File.Copy(Database, live);
            BackupResult backup = DatabaseBackup.Create(live);
            Shell.Sql(live, "UPDATE sales SET cents = 0");
            string before = Sha256(live);
            bool filled = false;
            Observer other = new(report =>
            {
                if (!filled && report.Activity == moment)
                {
                    filled = true;
                    disk.LeaveFree(left);
                }
            });

            PosTenancyException? failure = (PosTenancyException?)
                Record.Exception(() => DatabaseRestore.Restore(live, backup.BackupPath, TimeSpan.Zero, other));

            filled.ShouldBeTrue(what);
            ShouldHaveNoDebris(disk.Folder, what, disk.Ballast);
            if (failure is not null)
            {
                failure.ErrorId.ShouldBe(ErrorIds.InsufficientDiskSpace, what);
                Sha256(live).ShouldBe(before, what);
                disk.MakeRoom();
                DatabaseRestore.Restore(live, backup.BackupPath, TimeSpan.Zero);
            }

            Sha256(live).ShouldBe(backup.Sha256, what);
        }
    }

    [Fact]
    public void A_migrated_file_that_fails_its_verification_on_a_full_disk_is_named_with_the_way_back()
    {
        using SmallDisk disk = SmallDisk.Mount(Path.Combine(Folder, "disk"), "size=8192k");
        CreateShop();
        string live = Path.Combine(disk.Folder, "pos.db");
        File.Copy(Database, live);
        string rows = Rows(live);
        bool filled = false;
        Observer other = new(report =>
        {
            if (report is { Stage: Stage.Verification, Activity: "Checking" } && !filled)
            {
                filled = true;
                disk.LeaveFree(4);
                throw new InvalidOperationException("the verification does not end");
            }
        });

        UpgradeResult result = GuardedUpgrade.Run(live, Options with { SkipRehearsal = true }, other);

        (result.Status, result.Error?.ErrorId).ShouldBe((UpgradeStatus.Failed, ErrorIds.RollbackFailed));
        result.Error!.Message.ShouldContain($"Restore-PosDatabase '{live}' -BackupPath '{result.Backup!.BackupPath}'");
        (Rows(live), IsMigrated(live)).ShouldBe((rows, true), "the migrated file is whole");
        ShouldHaveNoDebris(disk.Folder, "after a restore that found no room", disk.Ballast, live + ".postenancy-journal");
        InterruptionNotice.Describe(live).ShouldNotBeNull("it is still to be settled");

        disk.MakeRoom();
        DatabaseRestore.Restore(live, result.Backup.BackupPath);
        Sha256(live).ShouldBe(Sha256(Database));
        InterruptionNotice.Describe(live).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData(Wal)]
    public void A_disk_on_which_no_more_files_can_be_made_leaves_the_database_as_it_was(string mode)
    {
        CreateShop(mode);
        int succeeded = 0;
        for (int files = 2; succeeded < 2; files++)
        {
            files.ShouldBeLessThan(30);
            using SmallDisk disk = SmallDisk.Mount(Path.Combine(Folder, $"disk{files}"), $"size=8192k,nr_inodes={files}");
            string what = $"room for {files - 1} files";
            string live = Path.Combine(disk.Folder, "pos.db");
            File.Copy(Database, live);
            string before = Sha256(live);

            UpgradeResult result = GuardedUpgrade.Run(live, Options);

            if (result.Status == UpgradeStatus.Succeeded)
            {
                succeeded++;
                continue;
            }

            // SQLite reports that it could not open its journal, but not why.
            result.Error.ShouldNotBeNull(what).ErrorId.ShouldBeOneOf(
                [ErrorIds.InsufficientDiskSpace, ErrorIds.InputOutput, ErrorIds.RehearsalFailed, ErrorIds.MigrationRolledBack], what);
            Sha256(live).ShouldBe(before, what);
            ShouldHaveNoDebris(disk.Folder, what);
            disk.Remount("nr_inodes=100");
            GuardedUpgrade.Run(live, Options).Status.ShouldBe(UpgradeStatus.Succeeded, what);
        }
    }

    private void FillsUp(SmallDisk disk, SmallDisk filling, string moment, long left, UpgradeOptions options)
    {
        string what = $"{moment}, {left} KiB left";
        string live = Path.Combine(disk.Folder, "pos.db");
        File.Copy(Database, live);
        string before = Sha256(live);
        string rows = Rows(Database);
        Func<StageProgress, bool> isMoment = Moments.Single(m => m.Name == moment).Is;
        bool filled = false;
        Observer other = new(report =>
        {
            if (!filled && isMoment(report))
            {
                filled = true;
                filling.LeaveFree(left);
            }
        });

        UpgradeResult result = GuardedUpgrade.Run(live, options, other);

        what += $", {result.Status}: {result.Error?.Message}";
        filled.ShouldBeTrue(what);
        filling.MakeRoom();
        ShouldHaveNoDebris(disk.Folder, what);
        if (result.Status != UpgradeStatus.Succeeded)
        {
            ShouldBeFull(result, what);
            IsMigrated(live).ShouldBeFalse(what);
            Sha256(live).ShouldBe(before, what);
            GuardedUpgrade.Run(live, options).Status.ShouldBe(UpgradeStatus.Succeeded, what);
        }

        (Rows(live), IsMigrated(live)).ShouldBe((rows, true), what);
    }

    /// <summary>In whatever stage the space ran out, the message names the lack of space.</summary>
    private static void ShouldBeFull(UpgradeResult result, string what)
    {
        result.Status.ShouldBeOneOf([UpgradeStatus.Refused, UpgradeStatus.RolledBack], what);
        result.Error.ShouldNotBeNull(what).ErrorId.ShouldBeOneOf(
            [ErrorIds.InsufficientDiskSpace, ErrorIds.RehearsalFailed, ErrorIds.MigrationRolledBack, ErrorIds.MigrationRestored], what);
        result.Error.Message.ShouldMatch("full|No space left|bytes free", $"{what}: {result.Error.Message}");
    }

    private static void Empty(string folder)
    {
        foreach (string file in Directory.GetFiles(folder))
        {
            File.Delete(file);
        }
    }
}
