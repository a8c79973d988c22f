using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>What guards a restore: its checks, a way back, and what the next command makes of one that was interrupted.</summary>
public sealed class RestoreGuardTests : RestoreFolder
{
    private const string Comparing = "Comparing the committed file with the rehearsed copy";

    private const string Schema = "CREATE TABLE a(id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE tenants(slug TEXT PRIMARY KEY);";

    private readonly string _killed = Directory.CreateTempSubdirectory("postenancy-killed-").FullName;
    private readonly List<string> _notices = [];

    [Theory]
    [InlineData("Comparing pages", true)]
    [InlineData(Comparing, false)]
    public void Row_of_another_tenant_that_changes_meanwhile_is_seen_and_the_backup_restored(string activity, bool skipsRehearsal)
    {
        string backup = Create();
        string before = Read();
        long place = Bytes(Database).AsSpan().IndexOf("south-marker"u8);
        place.ShouldBeGreaterThan(0);
        bool isDone = false;
        TenantRestoreResult result = Run(backup, o => o with { SkipRehearsal = skipsRehearsal }, report =>
        {
            if (report.Activity == activity && !isDone)
            {
                isDone = true;
                AnotherProgram.Writes(Database, place, "S");
            }
        });
        isDone.ShouldBeTrue();
        result.Status.ShouldBe(TenantChangeStatus.RolledBack);
        result.Error!.Message.ShouldContain("OtherTenantsUnchanged");
        (result.RowsReturned, result.ProvedBy).ShouldBe((0, null));
        Read().ShouldBe(before);
    }

    [Theory]
    [InlineData(false, "was changed by another program while it was being read")]
    [InlineData(true, "TenantEqualsSource")]
    public void Rows_that_are_not_those_of_the_source_are_rolled_back(bool keepsTime, string problem)
    {
        Create();

        // More than SQLite keeps in its cache, so that it reads the file again.
        Sql("INSERT INTO a SELECT value, zeroblob(4000), 'north' FROM generate_series(100, 3200); " +
            "INSERT INTO a VALUES(4000, 'last-marker', 'north')");
        string backup = Backup();
        Sql("DELETE FROM a WHERE id >= 100");
        string before = Sha256(Database);
        bool isDone = false;
        TenantRestoreResult result = Run(backup, o => o with { SkipRehearsal = true }, report =>
        {
            if (report.Activity == "Restoring rows" && !isDone)
            {
                isDone = true;
                DateTime time = File.GetLastWriteTimeUtc(backup);
                AnotherProgram.Writes(backup, Bytes(backup).AsSpan().IndexOf("last-marker"u8), "X");
                if (keepsTime)
                {
                    File.SetLastWriteTimeUtc(backup, time);
                }
            }
        });
        isDone.ShouldBeTrue();
        result.Status.ShouldBe(TenantChangeStatus.RolledBack);
        result.Error!.ErrorId.ShouldBe(ErrorIds.ChangeRolledBack);
        result.Error.Message.ShouldContain(problem);
        Sha256(Database).ShouldBe(before);
    }

    [Theory]
    [InlineData(Stage.Backup)]
    [InlineData(Stage.Rehearsal)]
    [InlineData(Stage.Migration)]
    [InlineData(Stage.Verification)]
    public void Cancelled_restore_leaves_the_database_as_it_was(Stage stage)
    {
        string backup = Create();
        string before = Read();
        using CancellationTokenSource cancellation = new();
        TenantRestoreResult result = new TenantRestore(Database, new TenantRestoreOptions("north", backup)).Run(
            new Observer(report =>
            {
                if (report.Stage == stage)
                {
                    cancellation.Cancel();
                }
            }),
            cancellation.Token);
        result.Status.ShouldBe(TenantChangeStatus.Cancelled, result.Error?.Message);
        Read().ShouldBe(before);
        RestoreGood(backup);
    }

    [Theory]
    [InlineData("Committing", false)]
    [InlineData(Comparing, true)]
    public void Restore_that_was_killed_is_settled_by_any_command_even_if_its_source_is_gone(string activity, bool isCommitted)
    {
        string backup = Create();
        string before = Read();
        Snapshot(activity, observer => new TenantRestore(Database, new TenantRestoreOptions("north", backup)).Run(observer));
        (Read() == before).ShouldBe(!isCommitted);
        string restored = Read();
        File.Delete(backup);
        File.Delete(backup + ".json");

        string store = Path.Combine(Folder, "west.db");
        Shell.Sql(store, "CREATE TABLE a(id INTEGER PRIMARY KEY, v TEXT); INSERT INTO a VALUES(500, 'west');");
        TenantImportResult import = TenantImport.Run(
            Database, [new TenantSource(store, "west")], new TenantImportOptions(), new Observer(Note), Cancel).Single();

        import.Status.ShouldBe(TenantChangeStatus.Succeeded, import.Error?.Message);
        string notice = _notices[^1];
        notice.ShouldContain("A tenant restore that began on");
        notice.Contains("It was verified now, and is complete", StringComparison.Ordinal).ShouldBe(isCommitted);
        Sql("DELETE FROM a WHERE tenant_id = 'west'");
        Read().ShouldBe(restored);
        Directory.GetFiles(Folder, "*postenancy-journal*").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(RestoreConflictAction.NewKey, "1|north-marker\n3|c\n13|b")]
    [InlineData(RestoreConflictAction.Skip, "1|north-marker\n3|c")]
    public void Restore_with_other_rows_than_its_source_is_settled_too(RestoreConflictAction action, string rows)
    {
        string backup = Create();
        Sql("INSERT INTO a VALUES(2, 'taken', 'south'), (12, 'x', 'south')");
        TenantRestoreOptions options = new("north", backup) { OnConflict = action };
        Snapshot(Comparing, observer => new TenantRestore(Database, options).Run(observer));
        File.Delete(backup);
        TenantRestoreResult again = Run(backup, o => o, static _ => { });
        again.Recovery.ShouldNotBeNull().ShouldContain("It was verified now, and is complete");
        again.Error!.ErrorId.ShouldBe(ErrorIds.BackupNotFound);
        Sql("SELECT id, v FROM a WHERE tenant_id = 'north' ORDER BY id").ShouldBe(rows);
    }

    [Theory]
    [InlineData("UPDATE a SET v = 'changed' WHERE tenant_id = 'south'", "OtherTenantsUnchanged")]
    [InlineData("UPDATE a SET v = 'changed' WHERE id = 1", "TenantAsRecorded")]
    [InlineData("DELETE FROM a WHERE id = 2", "TenantAsRecorded")]
    [InlineData("INSERT INTO tenants VALUES('west')", "OtherTenantsUnchanged")]
    public void Restore_that_was_killed_after_its_commit_and_is_wrong_is_not_called_verified(string change, string check)
    {
        string backup = Create();
        Snapshot(Comparing, observer => new TenantRestore(Database, new TenantRestoreOptions("north", backup)).Run(observer));
        Sql(change);
        TenantRestoreResult again = Run(backup, o => o, static _ => { });
        again.Status.ShouldBe(TenantChangeStatus.Refused);
        again.Error!.ErrorId.ShouldBe(ErrorIds.UpgradeInterrupted);
        again.Error.Message.ShouldContain(check);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_killed, recursive: true);
    }

    /// <summary>A database in which rows and the entry of north were lost since the backup that is returned.</summary>
    private string Create()
    {
        Create(
            Schema,
            "INSERT INTO a VALUES(1, 'north-marker'), (2, 'b'), (3, 'c'); INSERT INTO tenants VALUES('north'), ('south');",
            "INSERT INTO a VALUES(11, 'south-marker', 'south');");
        foreach (string old in Directory.GetFiles(Folder, "*.backup-*"))
        {
            File.Delete(old);
        }

        string backup = Backup();
        Sql("DELETE FROM a WHERE id = 2; UPDATE a SET v = 'x' WHERE id = 3; INSERT INTO a VALUES(4, 'd', 'north'); " +
            "DELETE FROM tenants WHERE slug = 'north';");
        return backup;
    }

    private TenantRestoreResult Run(
        string backup, Func<TenantRestoreOptions, TenantRestoreOptions> change, Action<StageProgress> onReport) =>
        new TenantRestore(Database, change(new TenantRestoreOptions("north", backup))).Run(
            new Observer(report =>
            {
                Note(report);
                onReport(report);
            }),
            Cancel);

    private void Note(StageProgress report)
    {
        if (report.Notice is { } notice)
        {
            _notices.Add(notice);
        }
    }

    /// <summary>Leaves the folder as a kill at a report would: cp ignores locks.</summary>
    private void Snapshot(string activity, Action<Observer> run)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Only on Unix: a file that is open cannot be copied with what was written to it.");
        bool seen = false;
        run(new Observer(report =>
        {
            if (!seen && report.Activity == activity)
            {
                seen = true;
                Shell.Run("cp", null, "-a", Folder + "/.", _killed).ExitCode.ShouldBe(0);
            }
        }));
        seen.ShouldBeTrue();
        foreach (string entry in Directory.EnumerateFileSystemEntries(Folder))
        {
            Shell.Run("rm", null, "-r", entry).ExitCode.ShouldBe(0);
        }

        Shell.Run("cp", null, "-a", _killed + "/.", Folder).ExitCode.ShouldBe(0);
    }

    private string Read() => Sql("SELECT * FROM a ORDER BY 1; SELECT * FROM tenants ORDER BY 1; PRAGMA integrity_check;");
}
