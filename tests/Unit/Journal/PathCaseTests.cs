using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Reporting;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Journal;

/// <summary>On Windows a path in capitals is the same path: another spelling of it leads to the same database.</summary>
[Trait("Windows", "Short")]
public sealed class PathCaseTests : TestFolder
{
    private const string OneFile = "names that differ in case are one file";

    private static readonly MigrationOptions Options = new(Tenant);

    private string InCapitals => Path.Combine(Folder, "POS.DB");

    [Fact]
    public void Partial_backup_of_a_run_that_was_killed_is_removed()
    {
        OnlyOn.Windows(OneFile);
        CreateSampleStore();
        string folder = Directory.CreateDirectory(Path.Combine(Folder, "backups")).FullName;
        string partial;
        using (RunJournal killed = RunJournal.Open(Database, "backup", progress: null))
        {
            killed.Begin(folder);
            partial = killed.Temporary(Path.Combine(folder, "pos.db.backup-20260101-000000"), TemporaryEnding.Partial);
            File.WriteAllText(partial, "half of it");
        }

        DatabaseBackup.Create(InCapitals, Path.Combine(Folder, "BACKUPS"));

        File.Exists(partial).ShouldBeFalse();
        Directory.GetFiles(Folder).ShouldBe([Database]);
    }

    [Fact]
    public void Copy_of_an_isolation_test_that_was_killed_is_removed()
    {
        OnlyOn.Windows(OneFile);
        CreateSampleStore();
        string copy;
        using (RunJournal killed = CopyJournals.Isolation.Begin(Database, Folder, progress: null))
        {
            copy = killed.CopyFolder;
            Directory.CreateDirectory(copy);
        }

        DatabaseBackup.Create(InCapitals, Directory.CreateDirectory(Path.Combine(Folder, "backups")).FullName);

        Directory.Exists(copy).ShouldBeFalse();
        Directory.GetFiles(Folder).ShouldBe([Database]);
    }

    [Fact]
    public void Upgrade_that_was_killed_goes_on_with_its_backup()
    {
        OnlyOn.Windows(OneFile);
        CreateSampleStore();
        string folder = Directory.CreateDirectory(Path.Combine(Folder, "backups")).FullName;
        BackupResult backup;
        using (RunJournal killed = RunJournal.Open(Database, "upgrade", progress: null))
        using (ExclusiveDatabase database = ExclusiveDatabase.Open(Database, NoRemains, TimeSpan.Zero, CancellationToken.None))
        {
            killed.Begin(folder, Options);
            backup = DatabaseBackup.Create(database, folder, killed, progress: null, CancellationToken.None);
        }

        UpgradeResult result = GuardedUpgrade.Run(
            InCapitals,
            new UpgradeOptions(Options) { Destination = Path.Combine(Folder, "BACKUPS") });

        result.Status.ShouldBe(UpgradeStatus.Succeeded);
        result.Recovery.ShouldNotBeNull().Action.ShouldBe(RecoveryAction.Resumed);
        result.BackupPath.ShouldBe(backup.BackupPath);
    }

    [Fact]
    public void Database_that_a_command_of_this_process_holds_is_named_as_such()
    {
        OnlyOn.Windows(OneFile);
        CreateSampleStore();
        using ExclusiveDatabase first = ExclusiveDatabase.Open(Database, NoRemains, TimeSpan.Zero, CancellationToken.None);

        PosTenancyException refusal = Should.Throw<PosTenancyException>(() =>
            ExclusiveDatabase.Open(InCapitals, NoRemains, TimeSpan.Zero, CancellationToken.None));

        refusal.ErrorId.ShouldBe(ErrorIds.DatabaseInUse);
        refusal.Message.ShouldContain("another command of this process");
    }

    [Fact]
    public void Report_gets_the_tests_of_its_database()
    {
        CreateSampleStore();
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options));
        IsolationResult[] tests = [.. TenantIsolation.Test(InCapitalsOnWindows(), TenantExpectation.From(Options)).Results];

        UpgradeReport.With(result, tests, []).Isolation.Count.ShouldBe(tests.Length);
        UpgradeReport.With(result, tests.Select(t => t with { Path = Path.Combine(Folder, "another.db") }), []).Isolation.ShouldBeEmpty();

        string InCapitalsOnWindows() => OperatingSystem.IsWindows() ? InCapitals : Database;
    }
}
