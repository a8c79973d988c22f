using System.Diagnostics;
using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Tests.Faults.Victim;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Journal;

/// <summary>
/// A killed run and the next command, which reports the interruption, removes the files of that run and no others, and finishes or undoes
/// its
/// work.
/// </summary>
[Trait("Windows", "Short")]
public sealed class InterruptedRunTests : TestFolder
{
    private static readonly MigrationOptions Options = new(Tenant);

    private readonly string _killed = Directory.CreateTempSubdirectory("postenancy-killed-").FullName;
    private readonly List<string> _notices = [];

    [Theory]
    [InlineData("", "Copying under the lock", RecoveryAction.StartedOver)]
    [InlineData("", "Reading the backup back", RecoveryAction.StartedOver)]
    [InlineData("", "Backed up", RecoveryAction.Resumed)]
    [InlineData("", "Copying the backup", RecoveryAction.Resumed)]
    [InlineData("", "Rehearsed", RecoveryAction.Resumed)]
    [InlineData("", "Proving that the file equals its backup", RecoveryAction.Resumed)]
    [InlineData("", "live: CREATE INDEX \"idx_users_tenant_id\" ON \"users\" (\"tenant_id\")", RecoveryAction.Resumed)]
    [InlineData("", "live: Comparing the committed file with the rehearsed copy", RecoveryAction.Verified)]
    [InlineData("PRAGMA journal_mode = WAL;", "Reading the backup back", RecoveryAction.StartedOver)]
    [InlineData("PRAGMA journal_mode = WAL;", "Rehearsed", RecoveryAction.Resumed)]
    [InlineData(
        "PRAGMA journal_mode = WAL;",
        "live: CREATE INDEX \"idx_users_tenant_id\" ON \"users\" (\"tenant_id\")",
        RecoveryAction.Resumed
    )]
    [InlineData("PRAGMA journal_mode = WAL;", "live: Comparing the committed file with the rehearsed copy", RecoveryAction.Verified)]
    public void Upgrade_that_was_killed_is_taken_up_again(string mode, string killedAt, RecoveryAction action)
    {
        CreateSampleStore(mode);
        File.WriteAllText(Path.Combine(Folder, "pos.db.backup-20200101-000000.0123456789abcdef.partial"), "somebody's own");
        Kill(killedAt, "upgrade", Database, Tenant);

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options), Listener());

        result.Error.ShouldBeNull();
        result.Status.ShouldBe(UpgradeStatus.Succeeded);
        RecoveryResult recovery = result.Recovery.ShouldNotBeNull();
        recovery.Action.ShouldBe(action);
        recovery.Interrupted.ShouldStartWith($"An upgrade for tenant '{Tenant}' that began on ");
        _notices.ShouldContain(n => n.Contains("was interrupted in the stage", StringComparison.Ordinal));
        foreach (string removed in recovery.RemovedPaths)
        {
            File.Exists(removed).ShouldBeFalse();
            _notices[0].ShouldContain(removed);
        }

        Shell.Sql(Database, "SELECT count(*) = sum(tenant_id = 'caps-automotive') FROM users").ShouldBe("1");
        Shell.Sql(Database, "PRAGMA integrity_check").ShouldBe("ok");
        string[] left =
        [
            .. Directory
                .EnumerateFileSystemEntries(Folder)
                .Select(Path.GetFileName)
                .Where(n => !n!.StartsWith("pos.db-", StringComparison.Ordinal))!,
        ];
        left.Length.ShouldBe(4, string.Join(", ", left));
        left.ShouldContain("pos.db.backup-20200101-000000.0123456789abcdef.partial");
        GuardedUpgrade.Run(Database, new UpgradeOptions(Options)).ShouldSatisfyAllConditions(
            r => r.Status.ShouldBe(UpgradeStatus.AlreadyMigrated),
            r => r.Recovery.ShouldBeNull());
    }

    [Fact]
    public void Commands_that_only_read_say_what_was_interrupted_and_change_nothing()
    {
        CreateSampleStore();
        InterruptionNotice.Describe(Database).ShouldBeNull();
        Kill("live: Comparing the committed file with the rehearsed copy", "upgrade", Database, Tenant);
        string before = Snapshot();

        string text = InterruptionNotice.Describe(Database).ShouldNotBeNull();

        text.ShouldContain("was interrupted in the stage Migration");
        text.ShouldContain("Run Invoke-PosTenantUpgrade with the same options");
        text.ShouldContain(Backup());
        Snapshot().ShouldBe(before);
    }

    [Theory]
    [InlineData("UPDATE products SET price_cents = price_cents + 1 WHERE rowid = 1", "may have been written to since")]
    public void Committed_upgrade_that_others_wrote_to_is_left_alone_and_says_so(string sale, string why)
    {
        CreateSampleStore();
        Kill("live: Comparing the committed file with the rehearsed copy", "upgrade", Database, Tenant);
        Shell.Sql(Database, sale);
        string before = Sha256(Database);

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options), Listener());

        result.Status.ShouldBe(UpgradeStatus.Refused);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.UpgradeInterrupted);
        result.Error.Message.ShouldContain(why);
        result.Error.Message.ShouldContain(Backup());
        Sha256(Database).ShouldBe(before);

        // The run stays unfinished until the user decides; a backup does not change that, and restoring the old one does.
        DatabaseBackup.Create(Database).Verified.ShouldBeTrue();
        Should.Throw<PosTenancyException>(() => TenantMigration.Migrate(Database, Options)).ErrorId.ShouldBe(ErrorIds.UpgradeInterrupted);
        InterruptionNotice.Describe(Database).ShouldNotBeNull();
        DatabaseRestore.Restore(Database, Backup());
        InterruptionNotice.Describe(Database).ShouldBeNull();
        GuardedUpgrade.Run(Database, new UpgradeOptions(Options)).Status.ShouldBe(UpgradeStatus.Succeeded);
    }

    [Fact]
    public void Committed_upgrade_that_is_not_good_is_taken_back_if_nobody_else_has_written()
    {
        CreateSampleStore();
        string before = Sha256(Database);
        Kill("live: Comparing the committed file with the rehearsed copy", "upgrade", Database, Tenant);
        Damage();

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options), Listener());

        result.Status.ShouldBe(UpgradeStatus.RolledBack);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.MigrationRestored);
        result.Recovery.ShouldNotBeNull().Action.ShouldBe(RecoveryAction.RolledBack);
        Sha256(Database).ShouldBe(before);
        InterruptionNotice.Describe(Database).ShouldBeNull();
    }

    [Fact]
    public void Committed_upgrade_is_not_finished_with_other_options()
    {
        CreateSampleStore();
        Kill("live: Comparing the committed file with the rehearsed copy", "upgrade", Database, Tenant);
        string before = Sha256(Database);

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("another")));

        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.UpgradeInterrupted);
        result.Error.Message.ShouldContain($"for tenant '{Tenant}'");
        Sha256(Database).ShouldBe(before);
        GuardedUpgrade.Run(Database, new UpgradeOptions(Options)).Status.ShouldBe(UpgradeStatus.Succeeded);
    }

    [Fact]
    public void Backup_that_is_gone_is_no_reason_to_stop_but_is_said()
    {
        CreateSampleStore();
        Kill("live: Comparing the committed file with the rehearsed copy", "upgrade", Database, Tenant);
        File.Delete(Backup());

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options), Listener());

        result.Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
        result.Recovery.ShouldNotBeNull().Action.ShouldBe(RecoveryAction.NotCompared);
        _notices.ShouldContain(n => n.Contains("what it had done cannot be determined", StringComparison.Ordinal));
    }

    [Fact]
    public void Sales_made_after_the_crash_are_backed_up_before_it_begins_again()
    {
        CreateSampleStore();
        Kill("Rehearsed", "upgrade", Database, Tenant);
        Shell.Sql(Database, "UPDATE products SET name = 'sold since'");
        string sold = Sha256(Database);

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options));

        result.Status.ShouldBe(UpgradeStatus.Succeeded);
        result.Recovery.ShouldNotBeNull().Action.ShouldBe(RecoveryAction.StartedOver);
        result.Backup.ShouldNotBeNull().Sha256.ShouldBe(sold);
    }

    [Fact]
    public void Backup_goes_where_it_should_even_if_there_is_one_elsewhere()
    {
        CreateSampleStore();
        string elsewhere = Directory.CreateDirectory(Path.Combine(Folder, "backups")).FullName;
        Kill("Rehearsed", "upgrade", Database, Tenant);

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options) { Destination = elsewhere });

        result.Status.ShouldBe(UpgradeStatus.Succeeded);
        Path.GetDirectoryName(result.BackupPath).ShouldBe(elsewhere);
    }

    [Fact]
    public void Backup_that_was_killed_leaves_nothing_after_the_next_one()
    {
        CreateSampleStore();
        string elsewhere = Directory.CreateDirectory(Path.Combine(Folder, "backups")).FullName;
        Kill("Reading the backup back", "backup", Database, elsewhere);
        Directory.GetFiles(elsewhere, "*.partial").Length.ShouldBe(1);

        DatabaseBackup.Create(Database, progress: Listener());

        Directory.GetFiles(elsewhere).ShouldBeEmpty();
        _notices.ShouldHaveSingleItem().ShouldContain("A backup that began on ");
        Directory.GetFiles(Folder).Length.ShouldBe(3);
    }

    [Fact]
    public void Restore_that_was_killed_leaves_nothing_after_the_next_one()
    {
        CreateSampleStore();
        BackupResult backup = DatabaseBackup.Create(Database);
        Shell.Sql(Database, "UPDATE products SET name = 'newer'");
        Kill("Copying the backup", "restore", Database, backup.BackupPath);
        Directory.GetFiles(Folder, "*.restore").Length.ShouldBe(1);

        DatabaseRestore.Restore(Database, backup.BackupPath, progress: Listener());

        Sha256(Database).ShouldBe(backup.Sha256);
        _notices.ShouldHaveSingleItem().ShouldContain("The database is intact: it is either the original or the backup.");
        Directory.GetFiles(Folder).Length.ShouldBe(4);
    }

    [Fact]
    public async Task Trial_of_another_programs_journal_that_was_killed_leaves_nothing_after_the_next_command()
    {
        CreateSampleStore();
        string rows = Shell.Sql(Database, "SELECT * FROM products");
        CrashOfTheApplication();
        using (FileSystemWatcher watcher = new(Folder, "*.recovery"))
        {
            // The trial itself reports nothing: its folder is detected when it appears, and the state after a kill is made from it.
            TaskCompletionSource<string> seen = new();
            watcher.Created += (_, e) => seen.TrySetResult(e.FullPath);
            watcher.EnableRaisingEvents = true;
            Kill("Copying under the lock", "backup", Database);
            string folder = await seen.Task.WaitAsync(TimeSpan.FromSeconds(10));
            Directory.Exists(folder).ShouldBeFalse("the command that was not killed removed it");
            Path.GetFileName(folder).Length.ShouldBe("pos.db.0123456789abcdef.recovery".Length);
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "pos.db"), "half a copy");
            File.WriteAllText(Path.Combine(folder, "pos.db-journal"), "half a journal");
        }

        string others = Directory.CreateDirectory(Path.Combine(Folder, "pos.db.0123456789abcdef.recovery")).FullName;

        DatabaseBackup.Create(Database, progress: Listener());

        Directory.GetDirectories(Folder).ShouldBe([others]);
        _notices.ShouldHaveSingleItem().ShouldContain(".recovery'");
        Shell.Sql(Database, "SELECT * FROM products").ShouldBe(rows);
    }

    [Fact]
    public void Migration_that_tried_another_programs_journal_first_is_known_by_its_own_options()
    {
        CreateSampleStore();
        CrashOfTheApplication();
        Kill("live: Reopening the committed file", "migration", Database, Tenant);

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options));

        RecoveryResult recovery = result.Recovery.ShouldNotBeNull();
        recovery.Action.ShouldBe(RecoveryAction.Verified);
        recovery.Interrupted.ShouldStartWith($"A migration for tenant '{Tenant}'");
    }

    [Fact]
    public void Journal_that_another_command_began_in_between_is_not_removed()
    {
        CreateSampleStore();
        BackupResult backup = DatabaseBackup.Create(Database);
        FileStream? others = null;

        PosTenancyException refusal = Should.Throw<PosTenancyException>(() =>
            TenantMigration.Migrate(
                Database,
                new MigrationOptions(Tenant),
                backup.BackupPath,
                progress: new Observer(_ =>
                    others ??= new FileStream(Database + ".postenancy-journal", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None)))
        );

        refusal.ErrorId.ShouldBe(ErrorIds.DatabaseInUse);
        others.ShouldNotBeNull().Dispose();
        File.Exists(Database + ".postenancy-journal").ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Copy_of_an_isolation_test_that_was_killed_is_removed_by_the_next_command(bool isElsewhere)
    {
        CreateSampleStore();
        GuardedUpgrade.Run(Database, new UpgradeOptions(Options)).Status.ShouldBe(UpgradeStatus.Succeeded);
        string folder = isElsewhere ? Directory.CreateDirectory(Path.Combine(Folder, "copies")).FullName : Folder;
        TenantExpectation expectation = TenantExpectation.From(Options);
        Kill("Indexing foreign keys on the copy", "isolation", Database, Tenant, folder);
        string copy = Directory.GetDirectories(folder, "*.copy").ShouldHaveSingleItem();
        Shell.Sql(Path.Combine(copy, "pos.db"), "SELECT count(*) > 0 FROM users").ShouldBe("1");
        string others = Directory.CreateDirectory(Path.Combine(folder, "pos.db.isolation.0123456789abcdef.copy")).FullName;

        if (isElsewhere)
        {
            TenantIsolation.Test(Database, expectation, folder, Listener()).Results.ShouldNotBeEmpty();
        }
        else
        {
            DatabaseBackup.Create(Database, progress: Listener());
        }

        Directory.GetDirectories(folder).ShouldBe([others]);
        Directory.GetFiles(folder, "*.postenancy-journal").ShouldBeEmpty();
        string notice = _notices.ShouldHaveSingleItem();
        notice.ShouldContain("An isolation test that began on ");
        notice.ShouldContain("was interrupted in the stage Isolation");
        notice.ShouldContain(copy);
    }

    [Fact]
    public void Copy_that_a_test_is_at_work_with_stays_and_the_next_test_has_one_of_its_own()
    {
        CreateSampleStore();
        GuardedUpgrade.Run(Database, new UpgradeOptions(Options)).Status.ShouldBe(UpgradeStatus.Succeeded);
        TenantExpectation expectation = TenantExpectation.From(Options);
        int tests = 0;

        TenantIsolation.Test(Database, expectation, progress: new Observer(report =>
        {
            if (report.Activity == "Indexing foreign keys on the copy" && tests++ == 0)
            {
                DatabaseBackup.Create(Database, progress: Listener());
                TenantIsolation.Test(Database, expectation, progress: Listener()).Results.ShouldNotBeEmpty();
                Directory.GetDirectories(Folder, "pos.db.isolation.*.copy").Length.ShouldBe(1);
            }
        })).Results.ShouldNotBeEmpty();

        tests.ShouldBe(1);
        _notices.ShouldBeEmpty();
        Directory.GetDirectories(Folder).ShouldBeEmpty();
        Directory.GetFiles(Folder, "*.postenancy-journal").ShouldBeEmpty();
    }

    [Fact]
    public void Journal_of_a_database_that_is_named_like_a_copy_is_not_taken_for_one()
    {
        CreateSampleStore();
        string namesake = Database + ".isolation";
        File.Copy(Database, namesake);
        Kill("Rehearsed", "upgrade", namesake, Tenant);

        DatabaseBackup.Create(Database, progress: Listener());

        _notices.ShouldBeEmpty();
        GuardedUpgrade.Run(namesake, new UpgradeOptions(Options)).Recovery.ShouldNotBeNull().Action.ShouldBe(RecoveryAction.Resumed);
    }

    [Fact]
    public void Second_command_waits_until_the_first_has_ended()
    {
        CreateSampleStore();
        UpgradeResult? second = null;
        UpgradeResult first = GuardedUpgrade.Run(Database, new UpgradeOptions(Options), new Observer(report =>
        {
            if (report.Activity == "Rehearsed")
            {
                second = GuardedUpgrade.Run(Database, new UpgradeOptions(Options));
                InterruptionNotice.Describe(Database).ShouldBeNull();
            }
        }));

        first.Status.ShouldBe(UpgradeStatus.Succeeded);
        Failure refusal = second.ShouldNotBeNull().Error.ShouldNotBeNull();
        refusal.ErrorId.ShouldBe(ErrorIds.DatabaseInUse);
        refusal.Message.ShouldContain("Another PosTenancy command is running");
    }

    [Theory]
    [InlineData("shopping list\n")]
    [InlineData(
        "{\"format\":\"PosTenancy.Journal\",\"version\":2,\"run\":\"0123456789abcdef\"," +
        "\"command\":\"backup\",\"startedAt\":\"2026-01-01T00:00:00+00:00\"}\n"
    )]
    [InlineData("{\"run\":\"0123456789abcdef\",\"stage\":\"Backup\"}\n")]
    [InlineData(
        "{\"format\":\"PosTenancy.Journal\",\"version\":1,\"run\":\"*************db*\"," +
        "\"command\":\"backup\",\"startedAt\":\"2026-01-01T00:00:00+00:00\"}\n"
    )]
    public void File_that_is_no_journal_of_ours_is_refused_and_stays(string content)
    {
        CreateSampleStore();
        File.WriteAllText(Database + ".postenancy-journal", content);
        string before = Snapshot();

        Should.Throw<PosTenancyException>(() => DatabaseBackup.Create(Database)).ErrorId.ShouldBe(ErrorIds.JournalInvalid);
        GuardedUpgrade.Run(Database, new UpgradeOptions(Options)).Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.JournalInvalid);

        Snapshot().ShouldBe(before);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0\0")]
    [InlineData("{\"format\":\"Pos")]
    [InlineData("{\"format\":\"PosTenancy.Journal\",\"version\":1,\"run\":\"01")]
    public void Journal_that_was_torn_at_its_beginning_tells_of_nothing(string content)
    {
        CreateSampleStore();
        File.WriteAllText(Database + ".postenancy-journal", content);

        GuardedUpgrade.Run(Database, new UpgradeOptions(Options)).Status.ShouldBe(UpgradeStatus.Succeeded);

        File.Exists(Database + ".postenancy-journal").ShouldBeFalse();
    }

    protected override void Dispose(bool disposing)
    {
        Directory.Delete(_killed, recursive: true);
        base.Dispose(disposing);
    }

    private Observer Listener() => new(report =>
    {
        if (report.Notice is { } notice)
        {
            _notices.Add(notice);
        }
    });

    private string Backup() =>
        Directory
            .GetFiles(Folder, "pos.db.backup-*")
            .Order(StringComparer.Ordinal)
            .First(f => f.Length == Database.Length + ".backup-yyyyMMdd-HHmmss".Length);

    /// <summary>Leaves a rollback journal, and half a transaction in the file.</summary>
    private void CrashOfTheApplication()
    {
        Shell.Sql(Database, """
            CREATE TABLE padding(x);
            WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 200)
            INSERT INTO padding SELECT hex(randomblob(500)) FROM n;
            """);
        using OtherProcess crashed = new(
            Database,
            "PRAGMA cache_spill = 1; PRAGMA cache_size = 5; BEGIN; UPDATE padding SET x = hex(randomblob(500));");
        crashed.Kill();
    }

    /// <summary>Leaves the folder in the state of a command killed at a certain report.</summary>
    private void Kill(string activity, params string[] command)
    {
        if (OperatingSystem.IsWindows())
        {
            KillProcess(activity, command);
            return;
        }

        // The same state as after a kill, but faster: cp ignores locks.
        bool seen = false;
        VictimCommand.Run(command, new Observer(report =>
        {
            if (!seen && StageLines.Is(report, activity))
            {
                seen = true;
                Shell.Run("cp", null, "-a", Folder + "/.", _killed).ExitCode.ShouldBe(0);
            }
        })).ShouldNotBeNull();
        seen.ShouldBeTrue();
        foreach (string entry in Directory.EnumerateFileSystemEntries(Folder))
        {
            Shell.Run("rm", null, "-r", entry).ExitCode.ShouldBe(0);
        }

        Shell.Run("cp", null, "-a", _killed + "/.", Folder).ExitCode.ShouldBe(0);
    }

    /// <summary>Kills a real process: Windows does not allow copying a journal that is in use.</summary>
    private static void KillProcess(string activity, string[] command)
    {
        Environment.SetEnvironmentVariable(StageLines.StopAt, activity);
        using Process victim = Shell.Start(
            Path.Combine(AppContext.BaseDirectory, "..", "Victim", "PosTenancy.Tests.Faults.Victim.exe"),
            command);
        Environment.SetEnvironmentVariable(StageLines.StopAt, null);
        string? line;
        do
        {
            line = victim.StandardError.ReadLine();
        }
        while (line is not (null or StageLines.Stopped));
        line.ShouldNotBeNull($"'{activity}' was not reached");
        victim.Kill();
        victim.WaitForExit();
    }

    /// <summary>Changes a price in the bytes of the file, bypassing SQLite, which would increment its change counter.</summary>
    private void Damage()
    {
        byte[] bytes = File.ReadAllBytes(Database);
        byte[] name = System.Text.Encoding.UTF8.GetBytes(Shell.Sql(Database, "SELECT name FROM products LIMIT 1"));
        int place = bytes.AsSpan().IndexOf(name);
        place.ShouldBeGreaterThan(0);
        bytes[place] ^= 1;
        File.WriteAllBytes(Database, bytes);
    }
}
