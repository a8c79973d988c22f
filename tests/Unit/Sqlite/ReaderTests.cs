using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Sqlite;

/// <summary>Reading changes nothing: no byte of the database, and no file beside it.</summary>
public sealed class ReaderTests : TestFolder
{
    public static TheoryData<string, Action<string>> Databases => new()
    {
        { "rollback journal", _ => { } },
        { "write-ahead log, closed", p => Shell.Sql(p, "PRAGMA journal_mode = WAL") },
        { "write-ahead log left by a crash", LeaveLog },
        { "write-ahead log left by a crash, without its index", p => { LeaveLog(p); File.Delete(p + "-shm"); } },
        { "write-ahead log, empty", p => { Shell.Sql(p, "PRAGMA journal_mode = WAL"); File.WriteAllBytes(p + "-wal", []); } },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Databases))]
    public void Looking_changes_nothing(string what, Action<string> prepare)
    {
        CreateSampleStore();
        prepare(Database);
        string before = Snapshot();
        long rows = what.Contains("crash", StringComparison.Ordinal) ? 2 : 1;

        TenantPlan.Read(Database, new MigrationOptions(Tenant)).Tables.Single(t => t.Table == "stores").Rows.ShouldBe(rows, what);
        GuardedUpgrade.Preview(Database, new UpgradeOptions(new MigrationOptions(Tenant))).Changes.Count().ShouldBe(32, what);
        TenantIntegrity
            .Test(Database, new TenantExpectation(Tenant, "tenant_id", []))
            .ShouldContain(c => c.Status == CheckStatus.Failed, what);
        TenantIntegrity.Distribution(Database, "tenant_id", _ => true).ShouldBeEmpty(what);

        Snapshot().ShouldBe(before, what);
    }

    [Fact]
    public void Path_may_have_any_character()
    {
        string odd = Path.Combine(
            Folder,
            OperatingSystem.IsWindows() ? "ein%20Laden #1 & 'so' weiter 🛒.db" : "ein%20Laden? #1 & 'so' \"weiter\" 🛒.db");
        CreateSampleStore();
        File.Move(Database, odd);
        GuardedUpgrade.Run(odd, new UpgradeOptions(new MigrationOptions(Tenant))).Status.ShouldBe(UpgradeStatus.Succeeded);
        File.Copy(odd, Database);
        Shell.Sql(Database, "SELECT count(*) FROM users WHERE tenant_id NOT NULL").ShouldBe("3");
        Directory.GetFiles(Folder).Length.ShouldBe(4);
    }

    private static void LeaveLog(string path)
    {
        Shell.Sql(path, "PRAGMA journal_mode = WAL");
        using OtherProcess crashed = new(
            path,
            "PRAGMA wal_autocheckpoint = 0; INSERT INTO stores(id, code, name) VALUES('s2', 'C2', 'Second');");
        crashed.Kill();
    }
}
