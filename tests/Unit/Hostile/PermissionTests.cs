using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Reporting;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Hostile;

/// <summary>An account that may not read the database can at no moment read any file derived from it.</summary>
public sealed class PermissionTests : TestFolder
{
    private const UnixFileMode Anybody = (UnixFileMode)0x1FF;

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    [Theory]
    [InlineData("600")]
    [InlineData("640")]
    [InlineData("660")]
    public void Nothing_made_of_a_database_is_wider_than_it(string mode)
    {
        OnlyOn.Unix("a file has a mode");
        CreateSampleStore();
        UnixFileMode own = (UnixFileMode)Convert.ToInt32(mode, 8);
        File.SetUnixFileMode(Database, own);
        Observer observer = new(_ => ShouldBePrivate(own));

        UpgradeResult upgrade = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)), observer);
        upgrade.Error.ShouldBeNull();
        foreach (string ending in new[] { "md", "html", "json" })
        {
            UpgradeReport.Write(upgrade, Path.Combine(Folder, "report." + ending));
        }

        _ = TenantIsolation.Test(Database, new TenantExpectation(Tenant, "tenant_id", []), progress: observer);
        RestoreResult restored = DatabaseRestore.Restore(Database, upgrade.Backup!.BackupPath, progress: observer);
        ShouldBePrivate(own);

        // As another program reports it, and no narrower: a backup that only root may read is useless to the store.
        (_, string modes, _) = Shell.Run("stat", null, ["-c", "%a %u:%g", .. Directory.GetFiles(Folder)]);
        modes.TrimEnd('\n').Split('\n').Distinct().ShouldHaveSingleItem().ShouldStartWith(mode + " ");
        _seen.ShouldContain(f => f.Contains(".rehearsal", StringComparison.Ordinal));
        _seen.ShouldContain(f => f.Contains(".isolation", StringComparison.Ordinal));
        File.Exists(restored.ReplacedPath).ShouldBeTrue();
    }

    [Fact]
    public void A_report_of_a_database_that_is_not_here_is_its_readers_own()
    {
        OnlyOn.Unix("a file has a mode");
        CreateSampleStore();
        UpgradeResult upgrade = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));
        string report = Path.Combine(Folder, "report.json");
        File.Delete(Database);
        UpgradeReport.Write(upgrade, report);
        File.GetUnixFileMode(report).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private void ShouldBePrivate(UnixFileMode own)
    {
        foreach (string path in Directory.GetFileSystemEntries(Folder, "*", SearchOption.AllDirectories))
        {
            UnixFileMode allowed = Directory.Exists(path) ? UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute : own;
            (File.GetUnixFileMode(path) & Anybody & ~allowed).ShouldBe(UnixFileMode.None, path);
            _seen.Add(path);
        }
    }
}
