using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reliability;

/// <summary>A disk that cannot be written, not even by root: from the beginning, or from the middle of an upgrade.</summary>
public sealed class ReadOnlyDiskTests : ReliabilityFolder
{
    [Theory]
    [InlineData("")]
    [InlineData(Wal)]
    public void A_database_on_a_read_only_disk_is_refused(string mode)
    {
        using SmallDisk disk = SmallDisk.Mount(Path.Combine(Folder, "disk"), "size=8192k");
        string live = Path.Combine(disk.Folder, "pos.db");
        CreateShop(live, mode);
        BackupResult backup = DatabaseBackup.Create(live);
        disk.Remount("ro");
        string before = Snapshot();

        foreach (Action attempt in new Action[]
        {
            () => DatabaseBackup.Create(live, Folder),
            () => TenantMigration.Migrate(live, Options.Migration, backup.BackupPath),
            () => DatabaseRestore.Restore(live, backup.BackupPath),
            () => DatabaseRestore.Preview(live, backup.BackupPath),
            () => GuardedUpgrade.Preview(live, Options),
        })
        {
            Should.Throw<PosTenancyException>(attempt).ErrorId.ShouldBe(ErrorIds.ReadOnly);
        }

        UpgradeResult result = GuardedUpgrade.Run(live, Options);

        (result.Status, result.Error?.ErrorId).ShouldBe((UpgradeStatus.Refused, ErrorIds.ReadOnly));
        Snapshot().ShouldBe(before);
        disk.Remount("rw");
        GuardedUpgrade.Run(live, Options).Status.ShouldBe(UpgradeStatus.Succeeded);
    }

    [Fact]
    public void A_backup_folder_on_a_read_only_disk_is_refused()
    {
        using SmallDisk disk = SmallDisk.Mount(Path.Combine(Folder, "disk"), "size=8192k");
        CreateShop();
        disk.Remount("ro");
        string before = Snapshot();

        GuardedUpgrade
            .Run(Database, Options with { Destination = disk.Folder })
            .Error.ShouldNotBeNull()
            .ErrorId.ShouldBe(ErrorIds.DestinationNotWritable);
        Should
            .Throw<PosTenancyException>(() => DatabaseBackup.Create(Database, disk.Folder))
            .ErrorId.ShouldBe(ErrorIds.DestinationNotWritable);

        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void A_disk_that_becomes_read_only_between_rehearsal_and_migration_ends_the_upgrade_with_the_file_as_it_was()
    {
        using SmallDisk disk = SmallDisk.Mount(Path.Combine(Folder, "disk"), "size=8192k");
        string live = Path.Combine(disk.Folder, "pos.db");
        CreateShop(live, "");
        string before = Sha256(live);
        Observer system = new(report =>
        {
            if (report.Activity == "Rehearsed")
            {
                disk.BecomeReadOnly();
            }
        });

        UpgradeResult result = GuardedUpgrade.Run(live, Options, system);

        (result.Status, result.Error?.ErrorId).ShouldBe((UpgradeStatus.Refused, ErrorIds.ReadOnly));
        Sha256(live).ShouldBe(before);

        // The journal and the rehearsed copy could not be removed; the next run removes them.
        string copy = Directory.GetDirectories(disk.Folder).ShouldHaveSingleItem();
        ShouldHaveNoDebris(disk.Folder, "a disk that became read-only", live + ".postenancy-journal", copy);
        disk.BecomeWritable();
        GuardedUpgrade.Run(live, Options).Status.ShouldBe(UpgradeStatus.Succeeded);
        ShouldHaveNoDebris(disk.Folder, "the run after it");
    }
}
