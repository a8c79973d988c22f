using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Guard;

/// <summary>What a cancelled command reports and leaves, and how the next one continues. For the upgrade see MigrationGuardTests.</summary>
public sealed class CancelTests : TestFolder
{
    private static readonly MigrationOptions Options = new(Tenant);

    private readonly CancellationTokenSource _stop = new();

    public CancelTests() => CreateSampleStore();

    [Fact]
    public void Migration_that_was_cancelled_is_resumed_with_its_backup()
    {
        string before = Sha256(Database);
        CommandCancelledException said = Should.Throw<CommandCancelledException>(
            () => TenantMigration.Migrate(Database, Options, progress: StopAt("Checking"), cancellation: _stop.Token));
        said.Message.ShouldContain(
            $"The migration of '{Database}' was cancelled in the stage Migration. The database is in its original state");
        Sha256(Database).ShouldBe(before);
        string backup = TheBackup();
        InterruptionNotice
            .Describe(Database)
            .ShouldNotBeNull()
            .ShouldContain(
                "was cancelled in the stage Migration. It did not change the database. " +
                $"If the database still equals its backup '{backup}'");

        TenantMigration.Migrate(Database, Options).BackupPath.ShouldBe(backup);

        TheBackup().ShouldBe(backup);
        InterruptionNotice.Describe(Database).ShouldBeNull();
    }

    [Fact]
    public void Sale_after_a_cancelled_upgrade_makes_the_next_one_back_up_again()
    {
        Cancel("ALTER TABLE");
        string first = TheBackup();
        Shell.Sql(Database, "UPDATE products SET price_cents = price_cents + 1");
        string sold = Sha256(Database);

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options));

        result.Status.ShouldBe(UpgradeStatus.Succeeded);
        result.Recovery.ShouldNotBeNull().Action.ShouldBe(RecoveryAction.StartedOver);
        result.BackupPath.ShouldNotBe(first);
        Sha256(result.BackupPath!).ShouldBe(sold);
        File.Exists(first).ShouldBeTrue();
    }

    [Fact]
    public void Upgrade_that_is_cancelled_twice_still_has_one_backup()
    {
        Cancel("Copying the backup");
        Cancel("Copying the backup");
        string backup = TheBackup();

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options));

        result.Status.ShouldBe(UpgradeStatus.Succeeded);
        result.BackupPath.ShouldBe(backup);
        TheBackup().ShouldBe(backup);
    }

    [Fact]
    public void Refusal_and_backup_between_do_not_lose_the_backup_of_a_cancelled_upgrade()
    {
        Cancel("Rehearsed");
        string backup = TheBackup();
        using (new OtherProcess(Database, "SELECT count(*) FROM users;"))
        {
            GuardedUpgrade
                .Run(Database, new UpgradeOptions(Options) { LockTimeout = TimeSpan.Zero })
                .Error.ShouldNotBeNull()
                .ErrorId.ShouldBe(ErrorIds.DatabaseInUse);
        }

        _ = DatabaseBackup.Create(Database, Directory.CreateDirectory(Path.Combine(Folder, "elsewhere")).FullName);

        GuardedUpgrade.Run(Database, new UpgradeOptions(Options)).BackupPath.ShouldBe(backup);
    }

    [Fact]
    public void Restore_ends_the_journal_of_a_cancelled_upgrade()
    {
        Cancel("Rehearsed");
        DatabaseRestore.Restore(Database, TheBackup());
        InterruptionNotice.Describe(Database).ShouldBeNull();
        File.Exists(Database + ".postenancy-journal").ShouldBeFalse();
    }

    [Fact]
    public void Restore_that_was_cancelled_says_that_nothing_was_replaced()
    {
        string backup = DatabaseBackup.Create(Database).BackupPath;
        Shell.Sql(Database, "DELETE FROM vehicle_fitment");
        string before = Snapshot();
        Should
            .Throw<CommandCancelledException>(() =>
                DatabaseRestore.Restore(Database, backup, progress: StopAt("Copying the backup"), cancellation: _stop.Token))
            .Message.ShouldBe($"The restore of '{Database}' was cancelled. The database was not replaced, and no file was left behind.");
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void What_others_wrote_during_the_cancellation_is_said_and_not_called_unchanged()
    {
        bool isWritten = false;
        Observer seller = new(report =>
        {
            if (report.Activity == "Rehearsed")
            {
                _stop.Cancel();
                Shell.Sql(Database, "UPDATE products SET price_cents = price_cents + 1");
                isWritten = true;
            }
        });

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options), seller, _stop.Token);

        isWritten.ShouldBeTrue();
        result.Status.ShouldBe(UpgradeStatus.Cancelled);
        result.Error.ShouldNotBeNull().Message.ShouldContain(
            "The database no longer equals its backup: another program has written to it.");
    }

    [Fact]
    public void Database_that_must_only_be_verified_is_not_changed()
    {
        string before = Sha256(Database);
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options) { OnlyVerify = true });
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.DatabaseChanged);
        Should
            .Throw<PosTenancyException>(() => TenantMigration.Migrate(Database, Options, onlyVerify: true))
            .ErrorId.ShouldBe(ErrorIds.DatabaseChanged);
        Sha256(Database).ShouldBe(before);
        Directory.GetFiles(Folder).ShouldHaveSingleItem();

        GuardedUpgrade.Run(Database, new UpgradeOptions(Options)).Status.ShouldBe(UpgradeStatus.Succeeded);
        GuardedUpgrade.Run(Database, new UpgradeOptions(Options) { OnlyVerify = true }).Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
    }

    [Theory]
    [InlineData("PRAGMA journal_mode = DELETE;", 2)]
    [InlineData("PRAGMA journal_mode = WAL;", null)]
    public void Preview_of_a_restore_says_whether_the_database_has_changed(string mode, int? transactions)
    {
        Shell.Sql(Database, mode);
        string backup = DatabaseBackup.Create(Database).BackupPath;
        RestorePreview same = DatabaseRestore.Preview(Database, backup);
        same.IsChanged.ShouldBe(false);
        Shell.Sql(Database, "DELETE FROM vehicle_fitment; UPDATE users SET id = id");

        RestorePreview changed = DatabaseRestore.Preview(Database, backup);

        changed.IsChanged.ShouldBe(true);
        changed.Transactions.ShouldBe(transactions);
        changed.LastWrittenAt.ShouldBe(new DateTimeOffset(File.GetLastWriteTime(Database)));
        changed.CreatedAt.ShouldBe(same.CreatedAt);
    }

    [Fact]
    public void Preview_of_a_restore_knows_a_database_that_is_missing_or_damaged()
    {
        string backup = DatabaseBackup.Create(Database).BackupPath;
        File.WriteAllText(Database, "not a database");
        DatabaseRestore
            .Preview(Database, backup)
            .ShouldSatisfyAllConditions(p => p.IsChanged.ShouldBeNull(), p => p.LastWrittenAt.ShouldNotBeNull());
        File.Delete(Database);
        DatabaseRestore
            .Preview(Database, backup)
            .ShouldSatisfyAllConditions(p => p.IsChanged.ShouldBeNull(), p => p.LastWrittenAt.ShouldBeNull());
    }

    protected override void Dispose(bool disposing)
    {
        _stop.Dispose();
        base.Dispose(disposing);
    }

    private void Cancel(string activity)
    {
        using CancellationTokenSource stop = new();
        Observer stopper = new(report =>
        {
            if (report.Activity.StartsWith(activity, StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        });
        GuardedUpgrade.Run(Database, new UpgradeOptions(Options), stopper, stop.Token).Status.ShouldBe(UpgradeStatus.Cancelled);
    }

    private Observer StopAt(string activity) => new(report =>
    {
        if (report.Activity == activity)
        {
            _stop.Cancel();
        }
    });

    private string TheBackup() => Directory.GetFiles(Folder, "*.backup-*").Single(f => !f.EndsWith(".json", StringComparison.Ordinal));
}
