using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>What guards an import: its checks, a way back, and what the next command makes of one that was interrupted.</summary>
public sealed class ImportGuardTests : ImportFolder
{
    private const string Comparing = "Comparing the committed file with the rehearsed copy";

    private const string Schema = """
        CREATE TABLE a(id INTEGER PRIMARY KEY, v TEXT);
        CREATE TABLE b(id TEXT PRIMARY KEY, a INTEGER REFERENCES a, big BLOB) WITHOUT ROWID;

        """;

    private readonly List<string> _notices = [];

    [Fact]
    public void Row_of_another_tenant_that_changes_meanwhile_is_seen_and_the_backup_restored()
    {
        Create();
        string before = Read();
        string marker = "south-marker-1";
        long place = Find(marker);
        bool isDone = false;
        TenantImportResult result = Run(
            new TenantImportOptions { SkipRehearsal = true },
            report =>
            {
                if (report.Activity == "Comparing pages" && !isDone)
                {
                    isDone = true;
                    AnotherProgram.Writes(Database, place, "S");
                }
            });
        isDone.ShouldBeTrue();

        result.Status.ShouldBe(TenantChangeStatus.RolledBack);
        result.Error!.Message.ShouldContain("OtherTenantsUnchanged");
        Read().ShouldBe(before);
        Directory.GetFiles(Folder, "*keymap*").ShouldBeEmpty();
    }

    [Fact]
    public void Committed_file_that_differs_from_the_rehearsed_copy_is_checked_and_restored()
    {
        Create();
        string before = Read();
        long place = Find("south-marker-2");
        TenantImportResult result = Run(new TenantImportOptions(), report =>
        {
            if (report.Activity == Comparing && report.Completed == 0)
            {
                AnotherProgram.Writes(Database, place, "X");
            }
        });
        result.Status.ShouldBe(TenantChangeStatus.RolledBack);
        result.Error!.Message.ShouldContain("OtherTenantsUnchanged");
        Read().ShouldBe(before);
    }

    [Theory]
    [InlineData(Stage.Backup)]
    [InlineData(Stage.Rehearsal)]
    [InlineData(Stage.Migration)]
    [InlineData(Stage.Verification)]
    public void Cancelled_import_leaves_the_database_as_it_was_and_the_next_one_uses_its_backup(Stage stage)
    {
        Create();
        string before = Read();
        using CancellationTokenSource cancellation = new();
        TenantImportResult result = TenantImport.Run(
            Database,
            [new TenantSource(Source, "north") { Keys = Keys(("b.id", "Key")) }],
            new TenantImportOptions(),
            new Observer(report =>
            {
                if (report.Stage == stage)
                {
                    cancellation.Cancel();
                }
            }),
            cancellation.Token)[0];

        result.Status.ShouldBe(TenantChangeStatus.Cancelled, result.Error?.Message);
        Read().ShouldBe(before);
        Directory.GetFiles(Folder, "*keymap*").ShouldBeEmpty();
        int backups = Directory.GetFiles(Folder, "*.backup-*.json").Length;

        TenantImportResult again = Run(new TenantImportOptions(), static _ => { });
        again.Status.ShouldBe(TenantChangeStatus.Succeeded, again.Error?.Message);
        Directory.GetFiles(Folder, "*.backup-*.json").Length.ShouldBe(stage == Stage.Backup ? 1 : backups);
        Directory.GetFiles(Folder, "*postenancy-journal*").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Copying under the lock", false)]
    [InlineData("Copying the backup", false)]
    [InlineData("Committing", false)]
    [InlineData(Comparing, true)]
    public void Import_that_was_killed_is_settled_by_the_next_one(string activity, bool isCommitted)
    {
        Create();
        string before = Read();
        Kill(activity);
        (Read() == before).ShouldBe(!isCommitted);

        TenantImportResult again = Run(new TenantImportOptions(), static _ => { });

        again.Status.ShouldBe(isCommitted ? TenantChangeStatus.AlreadyImported : TenantChangeStatus.Succeeded, again.Error?.Message);
        _notices.ShouldContain(n => n.Contains("An import that began on", StringComparison.Ordinal));
        Sql("SELECT count(*) FROM a WHERE tenant_id = 'north'").ShouldBe("2");
        Directory.GetFiles(Folder, "*keymap*").ShouldHaveSingleItem();
        Directory.GetFiles(Folder, "*postenancy-journal*").ShouldBeEmpty();
    }

    [Fact]
    public void Other_commands_leave_a_committed_import_to_the_next_import()
    {
        Create();
        Kill(Comparing);
        string before = Sha256(Database);
        UpgradeResult upgrade = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("south")));
        upgrade.Error!.ErrorId.ShouldBe(ErrorIds.UpgradeInterrupted);
        upgrade.Error.Message.ShouldContain("Run Import-PosTenant again");
        Should.Throw<PosTenancyException>(() => TenantMigration.Migrate(Database, new MigrationOptions("south")))
            .ErrorId.ShouldBe(ErrorIds.UpgradeInterrupted);
        Sha256(Database).ShouldBe(before);
    }

    [Fact]
    public void Import_that_was_killed_after_its_commit_and_is_wrong_is_not_called_verified()
    {
        Create();
        Kill(Comparing);
        _ = Sql("UPDATE a SET v = 'changed' WHERE tenant_id = 'south' AND id = 1");
        TenantImportResult again = Run(new TenantImportOptions(), static _ => { });
        again.Status.ShouldBe(TenantChangeStatus.Refused);
        again.Error!.ErrorId.ShouldBe(ErrorIds.UpgradeInterrupted);
        again.Error.Message.ShouldContain("OtherTenantsUnchanged");
    }

    [Fact]
    public void Interrupted_upgrade_is_left_to_the_upgrade()
    {
        Shell.Sql(Database, Schema + "INSERT INTO a VALUES(1, 'x');");
        Shell.Sql(Source, Schema);
        KilledRun.Leave(
            Folder,
            Comparing,
            observer => GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("south")), observer));
        TenantImportResult result = Run(new TenantImportOptions(), static _ => { });
        result.Error!.ErrorId.ShouldBe(ErrorIds.UpgradeInterrupted);
        result.Error.Message.ShouldContain("Run Invoke-PosTenantUpgrade");
    }

    private void Create()
    {
        CreateBoth(
            Schema,
            "INSERT INTO a VALUES(1, 'south-marker-1'), (2, 'south-marker-2'); INSERT INTO b VALUES('k', 1, zeroblob(9000));",
            "INSERT INTO a VALUES(1, 'north-1'), (2, 'north-2'); INSERT INTO b VALUES('k', 2, zeroblob(9000)), ('l', 1, NULL);");
        foreach (string backup in Directory.GetFiles(Folder, "*.backup-*"))
        {
            File.Delete(backup);
        }
    }

    private TenantImportResult Run(TenantImportOptions options, Action<StageProgress> onReport) => TenantImport.Run(
        Database,
        [new TenantSource(Source, "north") { Keys = Keys(("b.id", "Key")) }],
        options,
        new Observer(report =>
        {
            if (report.Notice is { } notice)
            {
                _notices.Add(notice);
            }

            onReport(report);
        }),
        TestContext.Current.CancellationToken)[0];

    private void Kill(string activity) => KilledRun.Leave(Folder, activity, observer => TenantImport.Run(
        Database, [new TenantSource(Source, "north") { Keys = Keys(("b.id", "Key")) }], new TenantImportOptions(), observer));

    /// <summary>The place of a text in the file.</summary>
    private long Find(string text)
    {
        int place = Bytes(Database).AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(text));
        place.ShouldBeGreaterThan(0);
        return place;
    }

    private string Read() =>
        Sql("SELECT * FROM a ORDER BY 1; SELECT id, a, hex(big), tenant_id FROM b ORDER BY 1; PRAGMA integrity_check;");
}
