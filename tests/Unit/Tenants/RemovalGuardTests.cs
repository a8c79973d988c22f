using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>What guards a removal: its checks, a way back, and what the next command makes of one that was interrupted.</summary>
public sealed class RemovalGuardTests : RemovalFolder
{
    private const string Comparing = "Comparing the committed file with the rehearsed copy";
    private const string Rewriting = "Writing the file again without free pages";
    private const string Copied = "Northern star";

    private readonly List<string> _notices = [];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Row_of_another_tenant_that_changes_meanwhile_is_seen_and_the_backup_restored(bool erase)
    {
        CreateAll();
        string before = Read();
        long place = Find("Ada of the south");
        bool isDone = false;

        TenantRemovalResult result = Run(o => o with { SkipRehearsal = true, Erase = erase }, report =>
        {
            if (report.Activity == "Comparing pages" && !isDone)
            {
                isDone = true;
                AnotherProgram.Writes(Database, erase ? Find("Ada of the south") : place, "X");
            }
        });

        isDone.ShouldBeTrue();
        result.Status.ShouldBe(TenantChangeStatus.RolledBack);
        result.Error!.Message.ShouldContain("OtherTenantsUnchanged");
        result.Export.ShouldBeNull();
        result.HeldBy.ShouldBeEmpty();
        Read().ShouldBe(before);
        Directory.GetFiles(Folder, "*.export-*").ShouldBeEmpty();
    }

    [Fact]
    public void Value_that_survives_an_erasure_is_seen_and_the_backup_restored()
    {
        CreateAll();
        string before = Read();

        TenantRemovalResult result = Run(o => o with { SkipRehearsal = true, Erase = true }, report =>
        {
            if (report.Activity == "Searching the file for values of the tenant")
            {
                int gap = Bytes(Database).AsSpan().LastIndexOf(new byte[64]);
                gap.ShouldBeGreaterThan(0);
                AnotherProgram.Writes(Database, gap, Copied);
            }
        });

        result.Status.ShouldBe(TenantChangeStatus.RolledBack);
        result.Error!.ErrorId.ShouldBe(ErrorIds.MigrationRestored);
        result.Error.Message.ShouldContain("ErasedBytes");
        result.Error.Message.ShouldNotContain(Copied);
        Read().ShouldBe(before);
        Directory.GetFiles(Folder, "*.export-*").ShouldBeEmpty();
    }

    [Fact]
    public void Tenant_whose_export_cannot_be_made_is_not_removed()
    {
        CreateAll();

        // SQLite writes the beginning of a statement in capital letters, so it does not create this schema again.
        Sql("""
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = replace(sql, 'CREATE TABLE', 'create table') WHERE name = 'notes';
            """);
        string before = Sha256(Database);

        TenantRemovalResult result = Run(o => o, static _ => { });

        result.Status.ShouldBe(TenantChangeStatus.RolledBack);
        result.Error!.Message.ShouldContain("SQLite does not create the same again");
        Sha256(Database).ShouldBe(before);
        Directory.GetFiles(Folder, "*.export-*").ShouldBeEmpty();
        RemoveGood(o => o with { SkipExport = true });
    }

    [Theory]
    [InlineData(Stage.Backup)]
    [InlineData(Stage.Rehearsal)]
    [InlineData(Stage.Migration)]
    [InlineData(Stage.Verification)]
    public void Cancelled_removal_leaves_the_database_as_it_was_and_the_next_one_uses_its_backup(Stage stage)
    {
        CreateAll();
        string before = Read();
        using CancellationTokenSource cancellation = new();
        TenantRemovalResult result = new TenantRemoval(Database, new TenantRemovalOptions("north") { Erase = true }).Run(
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
        Directory.GetFiles(Folder, "*.export-*").ShouldBeEmpty();
        int backups = Directory.GetFiles(Folder, "*.backup-*.json").Length;

        _ = EraseGood();
        Directory.GetFiles(Folder, "*.backup-*.json").Length.ShouldBe(stage == Stage.Backup ? 1 : backups);
    }

    [Theory]
    [InlineData("Copying under the lock", false)]
    [InlineData("Copying the backup", false)]
    [InlineData("Writing rows", false)]
    [InlineData("Committing", false)]
    [InlineData(Rewriting, true)]
    [InlineData(Comparing, true)]
    public void Erasure_that_was_killed_is_settled_by_the_next_one(string activity, bool isCommitted)
    {
        CreateAll();
        string before = Read();
        Kill(activity, erase: true);
        (Read() == before).ShouldBe(!isCommitted);

        TenantRemovalResult again = Run(o => o with { Erase = true }, static _ => { });

        again.Status.ShouldBe(TenantChangeStatus.Succeeded, again.Error?.Message);
        (again.ProvedBy is null).ShouldBe(isCommitted);
        (again.Recovery?.Contains("It was verified now", StringComparison.Ordinal) == true).ShouldBe(isCommitted);
        _notices.ShouldContain(n => n.Contains("A removal that began on", StringComparison.Ordinal));
        RequireErased();
    }

    [Theory]
    [InlineData(Rewriting)]
    [InlineData(Comparing)]
    public void Erasure_that_was_killed_after_its_commit_is_finished_by_another_command(string activity)
    {
        CreateAll();
        Kill(activity, erase: true);
        if (activity == Rewriting)
        {
            Sql("PRAGMA freelist_count").ShouldNotBe("0");
        }

        TenantImportResult import = TenantImport.Run(
            Database, [new TenantSource(Source, "east")], new TenantImportOptions(), cancellation: Cancel).Single();

        import.Status.ShouldBe(TenantChangeStatus.Succeeded, import.Error?.Message);
        import.Recovery.ShouldNotBeNull().ShouldContain("It was verified now, and is complete");
        RequireErased();
    }

    [Fact]
    public void Removal_whose_backup_is_lost_keeps_its_export()
    {
        CreateAll();
        Kill(Comparing, erase: false);
        foreach (string backup in Directory.GetFiles(Folder, "*.backup-*"))
        {
            File.Delete(backup);
        }

        TenantRemovalResult again = Run(o => o, static _ => { });

        again.Recovery.ShouldNotBeNull().ShouldContain("is missing, so it was not verified");
        again.HeldBy.Select(h => h.Kind).ShouldContain(TenantHolderKind.Export);
        Directory.GetFiles(Folder, "*.export-*").Length.ShouldBe(2);
        Directory.GetFileSystemEntries(Folder, "*postenancy-journal*").ShouldBeEmpty();
    }

    [Fact]
    public void Removal_that_was_killed_after_its_commit_and_is_wrong_is_not_called_verified()
    {
        CreateAll();
        Kill(Comparing, erase: false);
        Sql("UPDATE customers SET name = 'changed' WHERE tenant_id = 'south' AND id = 1");

        TenantRemovalResult again = Run(o => o, static _ => { });

        again.Status.ShouldBe(TenantChangeStatus.Refused);
        again.Error!.ErrorId.ShouldBe(ErrorIds.UpgradeInterrupted);
        again.Error.Message.ShouldContain("OtherTenantsUnchanged");
    }

    [Fact]
    public void Upgrade_leaves_a_committed_removal_to_the_next_one()
    {
        CreateAll();
        Kill(Comparing, erase: false);

        UpgradeResult upgrade = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions("south")));

        upgrade.Error!.ErrorId.ShouldBe(ErrorIds.UpgradeInterrupted);
        upgrade.Error.Message.ShouldContain("Run Remove-PosTenant again");
    }

    private void CreateAll()
    {
        CreateBoth();
        Sql($"""
            UPDATE customers SET name = 'Ada of the south' WHERE tenant_id = 'south' AND id = 1;
            INSERT INTO notes(about, word, tenant_id) VALUES('{Copied}', 'x', 'north');
            """);
        foreach (string backup in Directory.GetFiles(Folder, "*.backup-*"))
        {
            File.Delete(backup);
        }
    }

    private TenantRemovalResult Run(Func<TenantRemovalOptions, TenantRemovalOptions> change, Action<StageProgress> onReport) =>
        new TenantRemoval(Database, change(new TenantRemovalOptions("north"))).Run(
            new Observer(report =>
            {
                if (report.Notice is { } notice)
                {
                    _notices.Add(notice);
                }

                onReport(report);
            }),
            Cancel);

    /// <summary>A run that is killed; without a rehearsal, the file that is written again is the live one.</summary>
    private void Kill(string activity, bool erase) => KilledRun.Leave(
        Folder,
        activity,
        observer => new TenantRemoval(
            Database,
            new TenantRemovalOptions("north") { Erase = erase, SkipRehearsal = activity == Rewriting }).Run(observer, Cancel));

    private void RequireErased()
    {
        Sql("SELECT count(*) FROM customers WHERE tenant_id = 'north'; PRAGMA freelist_count; PRAGMA integrity_check").ShouldBe("0\n0\nok");
        Grep(Copied).ShouldBe(0);
        Directory.GetFiles(Folder, "*.export-*").Length.ShouldBe(2);
        Directory.GetFileSystemEntries(Folder, "*postenancy-journal*").ShouldBeEmpty();
        Directory.GetFileSystemEntries(Folder, "*.copy").ShouldBeEmpty();
        Directory.GetFileSystemEntries(Folder, "*.recovery").ShouldBeEmpty();
    }

    private long Find(string text)
    {
        int place = Bytes(Database).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text));
        place.ShouldBeGreaterThan(0);
        return place;
    }

    private string Read() => Sql("""
        SELECT * FROM customers ORDER BY rowid; SELECT *, hex(note) FROM sales ORDER BY rowid; SELECT * FROM lines ORDER BY sale, line;
        SELECT * FROM parts ORDER BY rowid; SELECT rowid, * FROM notes ORDER BY rowid; SELECT kind, tenant_id FROM _postenancy_history;
        PRAGMA integrity_check;
        """);
}
