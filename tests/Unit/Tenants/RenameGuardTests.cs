using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>What guards a rename: its checks, a way back, and what the next command makes of one that was interrupted.</summary>
public sealed class RenameGuardTests : RenameFolder
{
    private const string Comparing = "Comparing the committed file with the rehearsed copy";

    private readonly string _killed = Directory.CreateTempSubdirectory("postenancy-killed-").FullName;
    private readonly List<string> _notices = [];

    [Theory]
    [InlineData("north-marker", "OtherTenantsUnchanged")]
    [InlineData("south-marker", "TenantEqualsBackup")]
    [InlineData("Plan", "HistoryFollows")]
    [InlineData("The South", "HistoryFollows")]
    public void Value_that_changes_meanwhile_is_seen_and_the_backup_restored(string marker, string check)
    {
        CreateThree();
        string before = Read();
        bool isDone = false;
        TenantRenameResult result = Run("south", "east", o => o with { SkipRehearsal = true }, Watch(report =>
        {
            if (report is { Stage: Stage.Verification } && !isDone)
            {
                isDone = true;
                foreach (long place in FindAll(marker))
                {
                    AnotherProgram.Writes(Database, place, "X");
                }
            }
        }));
        isDone.ShouldBeTrue();

        result.Status.ShouldBe(TenantChangeStatus.RolledBack);
        result.Error!.Message.ShouldContain(check);
        Read().ShouldBe(before);
    }

    [Fact]
    public void Committed_file_that_differs_from_the_rehearsed_copy_is_checked_and_restored()
    {
        CreateThree();
        string before = Read();
        TenantRenameResult result = Run("south", "east", null, Watch(report =>
        {
            if (report.Activity == Comparing && report.Completed == 0)
            {
                AnotherProgram.Writes(Database, FindAll("north-marker")[0], "X");
            }
        }));
        result.Status.ShouldBe(TenantChangeStatus.RolledBack);
        Read().ShouldBe(before);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Key_that_the_new_name_violates_is_rolled_back(bool skipRehearsal)
    {
        Make("""
            CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT, v TEXT);
            CREATE UNIQUE INDEX u ON a(substr(tenant_id, 1, 3), v);
            INSERT INTO a VALUES(1, 'south', 'x'), (2, 'north', 'x');
            """);
        string before = Sha256(Database);

        TenantRenameResult result = Run("south", "nor", o => o with { SkipRehearsal = skipRehearsal });

        result.Status.ShouldBe(skipRehearsal ? TenantChangeStatus.RolledBack : TenantChangeStatus.Refused);
        result.Error!.Message.ShouldContain("UNIQUE constraint failed: index 'u'");
        Sha256(Database).ShouldBe(before);
    }

    [Fact]
    public void Reference_that_the_new_name_breaks_is_found_before_commit()
    {
        // The column follows the name, and so does not stand in the way; what references its values does not.
        Make("""
            CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT, label TEXT AS (tenant_id || id) STORED UNIQUE);
            CREATE TABLE b(label TEXT REFERENCES a(label));
            INSERT INTO a(id, tenant_id) VALUES(1, 'south'), (2, 'north');
            INSERT INTO b VALUES('south1'), ('north2');
            """);
        string before = Sha256(Database);

        TenantRenameResult result = Run("south", "east", o => o with { SkipRehearsal = true });

        result.Status.ShouldBe(TenantChangeStatus.RolledBack);
        result.Error!.ErrorId.ShouldBe(ErrorIds.ChangeRolledBack);
        result.Error.Message.ShouldContain("ForeignKeysIntact: expected as many violations as before, found 1 violations");
        Sha256(Database).ShouldBe(before);
    }

    [Theory]
    [InlineData(Stage.Plan)]
    [InlineData(Stage.Backup)]
    [InlineData(Stage.Rehearsal)]
    [InlineData(Stage.Migration)]
    [InlineData(Stage.Verification)]
    public void Cancelled_rename_leaves_the_database_as_it_was(Stage stage)
    {
        CreateThree();
        string before = Read();
        using CancellationTokenSource cancellation = new();
        TenantRenameResult result = Run(
            "south",
            "east",
            null,
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
        _ = Rename();
        Directory.GetFiles(Folder, "*postenancy-journal*").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Copying under the lock", false)]
    [InlineData("Copying the backup", false)]
    [InlineData("Committing", false)]
    [InlineData(Comparing, true)]
    public void Rename_that_was_killed_is_settled_by_the_next_one(string activity, bool isCommitted)
    {
        CreateThree();
        string before = Read();
        Kill(activity);
        (Read() == before).ShouldBe(!isCommitted);

        TenantRenameResult again = Run("south", "east", null, Watch(static _ => { }));

        again.Status.ShouldBe(TenantChangeStatus.Succeeded, again.Error?.Message);
        again.ProvedBy.ShouldBe(isCommitted ? null : ProvedBy.Twin);
        (again.Recovery ?? "").Contains("It was verified now, and is complete", StringComparison.Ordinal).ShouldBe(isCommitted);
        _notices.ShouldContain(n => n.Contains("A rename that began on", StringComparison.Ordinal));
        ("\n" + Read()).ShouldBe(("\n" + before).Replace("\nsouth|", "\neast|", StringComparison.Ordinal));
        Directory.GetFiles(Folder, "*postenancy-journal*").ShouldBeEmpty();
    }

    [Fact]
    public void Committed_rename_is_settled_by_an_import()
    {
        CreateThree();
        Kill(Comparing);
        string before = Sha256(Database);
        UpgradeResult upgrade = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("east")));
        upgrade.Error!.ErrorId.ShouldBe(ErrorIds.UpgradeInterrupted);
        upgrade.Error.Message.ShouldContain("Run Rename-PosTenant again");
        Sha256(Database).ShouldBe(before);

        TenantImportResult import = TenantImport.Run(
            Database, [new TenantSource(Source, "north")], new TenantImportOptions(), cancellation: Cancel)[0];

        import.Status.ShouldBe(TenantChangeStatus.AlreadyImported, import.Error?.Message);
        import.Recovery!.ShouldContain("A rename that began on");
        GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("east"))).Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
    }

    [Theory]
    [InlineData("UPDATE customers SET name = 'changed' WHERE tenant_id = 'north' AND code = 'e'", "OtherTenantsUnchanged")]
    [InlineData("UPDATE customers SET name = 'changed' WHERE tenant_id = 'east' AND id = 1", "TenantEqualsBackup")]
    [InlineData("DELETE FROM notes WHERE tenant_id = 'east'", "TenantEqualsBackup")]
    [InlineData("INSERT INTO notes(about, tenant_id) VALUES('new', 'south')", "TenantEqualsBackup")]
    [InlineData("UPDATE tenants SET title = 'changed' WHERE id = 'east'", "HistoryFollows")]
    [InlineData("UPDATE tenants SET title = 'changed' WHERE id = 'north'", "OtherTenantsUnchanged")]
    [InlineData("UPDATE _postenancy_history SET name = 'changed' WHERE kind = 'Import'", "HistoryFollows")]
    [InlineData("CREATE INDEX more ON notes(about)", "SchemaUnchanged")]
    [InlineData("UPDATE regions SET name = 'changed'", "OtherTenantsUnchanged")]
    public void Committed_rename_that_was_changed_since_is_not_called_verified(string sql, string check)
    {
        CreateThree();
        Kill(Comparing);
        _ = Sql(sql);
        TenantRenameResult again = Run("south", "east");
        again.Status.ShouldBe(TenantChangeStatus.Refused);
        again.Error!.ErrorId.ShouldBe(ErrorIds.UpgradeInterrupted);
        again.Error.Message.ShouldContain(check);
    }

    [Fact]
    public void Row_that_has_its_tenant_from_the_default_alone_is_not_called_verified()
    {
        CreateThree();
        Kill(Comparing);
        _ = Sql("""
            .dbconfig defensive off
            DELETE FROM notes WHERE tenant_id = 'east';
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = 'CREATE TABLE notes(about TEXT, word TEXT)' WHERE name = 'notes';
            DELETE FROM sqlite_schema WHERE name = 'idx_notes_tenant_id';
            PRAGMA schema_version = 4711;
            """);
        string text = Shell.Sql(Backup(), "SELECT sql FROM sqlite_schema WHERE name = 'notes'")
            .Replace("'south'", "'east'", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal);
        _ = Sql($"""
            .dbconfig defensive off
            INSERT INTO notes(rowid, about, word) VALUES(1, 'south', 'x');
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = '{text}' WHERE name = 'notes';
            PRAGMA schema_version = 4712;
            """);

        TenantRenameResult again = Run("south", "east");

        again.Error!.Message.ShouldContain("RowsStoreTenant");
        again.Error.Message.ShouldContain("notes: 1 rows");
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_killed, recursive: true);
    }

    /// <summary>South and north, a list of tenants and a table without tenants; no backup yet.</summary>
    private void CreateThree()
    {
        string[] shared = ["CREATE TABLE regions(name TEXT)", "INSERT INTO regions VALUES('all')"];
        Create(Source, [.. North, .. shared]);
        Create(Database, [.. South, .. shared, "INSERT INTO notes VALUES('south-marker', 'x')"]);
        Migrate(new MigrationOptions("south") { ReferenceTable = ["regions"] });
        _ = Import();
        _ = Sql("""
            INSERT INTO notes(about, tenant_id) VALUES('other', 'west');
            CREATE TABLE tenants(id TEXT PRIMARY KEY, title TEXT);
            INSERT INTO tenants VALUES('south', 'The South'), ('north', 'north-marker');
            """);
        foreach (string backup in Directory.GetFiles(Folder, "*.backup-*"))
        {
            File.Delete(backup);
        }
    }

    private Observer Watch(Action<StageProgress> onReport) => new(report =>
    {
        if (report.Notice is { } notice)
        {
            _notices.Add(notice);
        }

        onReport(report);
    });

    private void Kill(string activity) => Snapshot(activity, observer => Run("south", "east", null, observer));

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

    private string Backup() => Directory.GetFiles(Folder, "*.backup-*").Single(f => !f.EndsWith(".json", StringComparison.Ordinal));

    /// <summary>The places of a text in the file; some of them may be in free space.</summary>
    private List<long> FindAll(string text)
    {
        byte[] bytes = Bytes(Database);
        byte[] wanted = System.Text.Encoding.ASCII.GetBytes(text);
        List<long> places = [];
        for (int next = 0; bytes.AsSpan(next).IndexOf(wanted) is >= 0 and int found; next += found + 1)
        {
            places.Add(next + found);
        }

        places.ShouldNotBeEmpty();
        return places;
    }

    private string Read() => Sql("""
        SELECT tenant_id, id, name, code FROM customers ORDER BY id;
        SELECT tenant_id, about, word FROM notes ORDER BY rowid;
        SELECT * FROM tenants ORDER BY title;
        SELECT * FROM regions;
        PRAGMA integrity_check;
        """);
}
