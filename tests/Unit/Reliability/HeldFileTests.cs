using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reliability;

/// <summary>
/// Windows lets a program open a file exclusively, or deny writing to others. Each file is held by the test's own process, which Windows
/// treats
/// like any other.
/// </summary>
[Trait("Windows", "Short")]
public sealed class HeldFileTests : TestFolder
{
    private static readonly UpgradeOptions Options = new(new MigrationOptions(Tenant)) { LockTimeout = TimeSpan.FromMilliseconds(300) };

    [Theory]
    [InlineData(FileShare.None)]
    [InlineData(FileShare.Read)]
    public void Database_that_another_program_holds_is_refused_as_in_use_and_nothing_is_written(FileShare share)
    {
        OnlyOn.Windows("a program that opens a file decides who else may");
        CreateSampleStore();
        string before = Snapshot();
        UpgradeResult upgrade;
        using (FileStream held = new(Database, FileMode.Open, FileAccess.Read, share))
        {
            upgrade = GuardedUpgrade.Run(Database, Options);
            Should
                .Throw<PosTenancyException>(() => DatabaseBackup.Create(Database, lockTimeout: TimeSpan.Zero))
                .ErrorId.ShouldBe(ErrorIds.DatabaseInUse);
            Should.Throw<PosTenancyException>(() => GuardedUpgrade.Preview(Database, Options)).ErrorId.ShouldBe(ErrorIds.DatabaseInUse);
        }

        upgrade.Status.ShouldBe(UpgradeStatus.Refused);
        upgrade.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.DatabaseInUse);
        upgrade.Duration.ShouldBeGreaterThan(Options.LockTimeout!.Value);
        upgrade.Backup.ShouldBeNull();
        Snapshot().ShouldBe(before);
    }

    [Theory]
    [InlineData(FileShare.None)]
    [InlineData(FileShare.Read)]
    public void Database_that_another_program_holds_is_waited_for(FileShare share)
    {
        OnlyOn.Windows("a program that opens a file decides who else may");
        CreateSampleStore();
        FileStream held = new(Database, FileMode.Open, FileAccess.Read, share);
        using Timer release = new(_ => held.Dispose(), null, 1000, Timeout.Infinite);
        bool waited = true;
        Observer observer = new(report => waited &= report.Stage == Stage.Plan || held.SafeFileHandle.IsClosed);

        UpgradeResult result = GuardedUpgrade.Run(Database, Options with { LockTimeout = TimeSpan.FromSeconds(30) }, observer);

        result.Error.ShouldBeNull();
        waited.ShouldBeTrue("the backup was begun while another program held the database");
        result.Status.ShouldBe(UpgradeStatus.Succeeded);
    }

    [Fact]
    public void Command_that_only_reads_says_that_a_database_is_in_use()
    {
        OnlyOn.Windows("a program that opens a file decides who else may");
        CreateSampleStore();
        using FileStream held = new(Database, FileMode.Open, FileAccess.Read, FileShare.None);

        Should
            .Throw<PosTenancyException>(() => TenantPlan.Read(Database, new MigrationOptions(Tenant)))
            .ErrorId.ShouldBe(ErrorIds.DatabaseInUse);
    }

    [Fact]
    public void Account_that_may_not_write_the_database_is_told_before_any_backup()
    {
        OnlyOn.RealWindows("permissions that deny writing to an account");
        CreateSampleStore();
        string before = Snapshot();
        const string Everyone = "*S-1-1-0";
        Shell.Run("icacls", null, Database, "/deny", Everyone + ":(WD,AD)").ExitCode.ShouldBe(0);
        UpgradeResult result;
        try
        {
            result = GuardedUpgrade.Run(Database, Options);
        }
        finally
        {
            Shell.Run("icacls", null, Database, "/remove:d", Everyone).ExitCode.ShouldBe(0);
        }

        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.AccessDenied);
        result.Backup.ShouldBeNull();
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Scanner_that_opens_a_finished_backup_for_a_moment_does_not_make_it_fail()
    {
        OnlyOn.Windows("a file that is open cannot be renamed");
        CreateSampleStore();
        using MomentaryScanner scanner = new(Folder, p => p.EndsWith(".partial", StringComparison.Ordinal));

        BackupResult result = DatabaseBackup.Create(
            Database,
            progress: new Observer(r => scanner.OpenWhen(r.Activity == "Reading the backup back")));

        scanner.HasOpened.ShouldBeTrue();
        result.Verified.ShouldBeTrue();
        Sha256(result.BackupPath).ShouldBe(result.Sha256);
    }

    [Fact]
    public void Scanner_that_opens_the_file_of_a_restore_for_a_moment_does_not_make_it_fail()
    {
        OnlyOn.Windows("a file that is open cannot be renamed");
        CreateSampleStore();
        BackupResult backup = DatabaseBackup.Create(Database);
        Shell.Sql(Database, "DELETE FROM users");
        using MomentaryScanner scanner = new(Folder, p => p.EndsWith(".restore", StringComparison.Ordinal));

        RestoreResult result = DatabaseRestore.Restore(
            Database, backup.BackupPath, progress: new Observer(r => scanner.OpenWhen(r.Activity == "Reading the copy back")));

        scanner.HasOpened.ShouldBeTrue();
        result.Verified.ShouldBeTrue();
        Sha256(Database).ShouldBe(backup.Sha256);
    }

    [Fact]
    public void Scanner_that_opens_what_a_killed_run_left_for_a_moment_does_not_keep_it_there()
    {
        OnlyOn.Windows("a file that is open cannot be deleted");
        CreateSampleStore();
        using MomentaryScanner scanner = new(Folder, p => p.EndsWith(".partial", StringComparison.Ordinal));
        using (RunJournal killed = RunJournal.Open(Database, "backup", progress: null))
        {
            killed.Begin(Folder);
            File.WriteAllText(killed.Temporary(Database + ".backup-20260101-000000", TemporaryEnding.Partial), "half of it");
        }

        scanner.OpenWhen(true);
        using RunJournal next = RunJournal.Open(Database, "backup", progress: null);

        next.Earlier.Leftovers.Remaining.ShouldBeEmpty();
        next.Earlier.Leftovers.Removed.ShouldHaveSingleItem();
    }

    /// <summary>Opens a file for reading as a virus scanner does, and closes it a second later.</summary>
    private sealed class MomentaryScanner(string folder, Func<string, bool> isWanted) : IDisposable
    {
        private FileStream? _file;
        private Timer? _close;

        public bool HasOpened => _file is not null;

        public void OpenWhen(bool isTheMoment)
        {
            if (!isTheMoment || HasOpened)
            {
                return;
            }

            string path = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).First(isWanted);
            _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            _close = new Timer(_ => _file.Dispose(), null, 1000, Timeout.Infinite);
        }

        public void Dispose()
        {
            _close?.Dispose();
            _file?.Dispose();
        }
    }
}
