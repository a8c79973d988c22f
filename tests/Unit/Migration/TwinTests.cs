using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Scripts;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Migration;

/// <summary>
/// The rehearsed copy proves the committed file if both are equal, byte for byte. If they are not, the checks run on the committed file.
/// </summary>
public sealed class TwinTests : TestFolder
{
    private const string Comparing = "Comparing the committed file with the rehearsed copy";

    private static readonly MigrationOptions Options = new(Tenant);

    [Theory]
    [InlineData("", UniqueScope.Database, IndexStrategy.Separate)]
    [InlineData("PRAGMA journal_mode = WAL;", UniqueScope.Database, IndexStrategy.Separate)]
    [InlineData("PRAGMA auto_vacuum = FULL; VACUUM;", UniqueScope.Database, IndexStrategy.Composite)]
    [InlineData("PRAGMA page_size = 512; VACUUM;", UniqueScope.Tenant, IndexStrategy.Separate)]
    [InlineData("PRAGMA journal_mode = WAL;", UniqueScope.Tenant, IndexStrategy.Composite)]
    public void Committed_file_that_equals_the_copy_has_the_results_that_checks_on_it_would_have(
        string mode, UniqueScope scope, IndexStrategy strategy)
    {
        CreateSampleStore(mode);
        MigrationOptions options = Options with { UniqueScope = scope, IndexStrategy = strategy };

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(options));

        (result.Status, result.ProvedBy).ShouldBe((UpgradeStatus.Succeeded, ProvedBy.Twin), result.Error?.Message);
        result.Rehearsal.ShouldNotBeNull().ProvedBy.ShouldBe(ProvedBy.Checks);
        TenantIntegrity
            .Test(Database, TenantExpectation.From(options), result.BackupPath)
            .Select(c => (c.Name, c.Status, c.Actual))
            .ShouldBe(result.Checks.Select(c => (c.Name, c.Status, c.Actual)));
        Shell.Sql(Database, "PRAGMA integrity_check").ShouldBe("ok");
        Directory.GetDirectories(Folder).ShouldBeEmpty();
    }

    [Fact]
    public void Upgrade_without_a_rehearsal_is_proved_by_its_checks()
    {
        CreateSampleStore();
        GuardedUpgrade.Run(Database, new UpgradeOptions(Options) { SkipRehearsal = true }).ProvedBy.ShouldBe(ProvedBy.Checks);
        GuardedUpgrade.Run(Database, new UpgradeOptions(Options)).ProvedBy.ShouldBeNull();
    }

    [Fact]
    public void Script_that_writes_random_values_is_proved_by_its_checks()
    {
        Shell.Sql(
            Database,
            "CREATE TABLE item(id INTEGER PRIMARY KEY, name); INSERT INTO item VALUES(1, 'a'); CREATE TABLE tenants(name);");
        string script = Path.Combine(Folder, "008.sql");
        File.WriteAllText(script, $"""
            ALTER TABLE item ADD COLUMN tenant_id VARCHAR(255) NOT NULL DEFAULT '{Tenant}';
            CREATE INDEX idx_item_tenant_id ON item(tenant_id);
            INSERT INTO tenants VALUES(hex(randomblob(16)));
            """);

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options with { Script = ScriptFile.Read(script) }));

        (result.Status, result.ProvedBy).ShouldBe((UpgradeStatus.Succeeded, ProvedBy.Checks), result.Error?.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PRAGMA journal_mode = WAL;")]
    public void Byte_of_a_row_that_another_program_changes_after_COMMIT_is_found_and_the_backup_restored(string mode)
    {
        CreateSampleStore(mode);
        string before = Sha256(Database);
        string name = Shell.Sql(Database, "SELECT name FROM products LIMIT 1");

        UpgradeResult result = RunWhile(() => AnotherProgram.Writes(
            Database, Bytes(Database).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(name)), "?"));

        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.MigrationRestored);
        result.Error.Message.ShouldContain("DataUnchanged");
        result.Error.Message.ShouldContain("products");
        Sha256(Database).ShouldBe(before);
        Directory.GetDirectories(Folder).ShouldBeEmpty();
    }

    [Fact]
    public void Table_that_is_given_the_pages_of_another_after_COMMIT_is_found_and_the_backup_restored()
    {
        CreateSampleStore();
        string before = Sha256(Database);
        string other = Path.Combine(Folder, "other.db");

        UpgradeResult result = RunWhile(() =>
        {
            // The shell changes a copy, whose schema page then replaces that of the locked file.
            File.WriteAllBytes(other, Bytes(Database));
            Shell.Sql(other, """
                .dbconfig defensive off
                PRAGMA writable_schema = ON;
                UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'users') WHERE name = 'products';
                """);
            byte[] now = Bytes(Database);
            byte[] changed = File.ReadAllBytes(other);
            for (int i = 100; i < now.Length; i++)
            {
                if (now[i] != changed[i])
                {
                    changed[i].ShouldBeInRange((byte)1, (byte)127);
                    AnotherProgram.Writes(Database, i, ((char)changed[i]).ToString());
                }
            }

            File.Delete(other);
        });

        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.MigrationRestored, result.Error.Message);
        result.Error.Message.ShouldContain("products");
        Sha256(Database).ShouldBe(before);
    }

    [Fact]
    public void Copy_that_is_gone_proves_nothing_and_the_checks_run()
    {
        CreateSampleStore();
        UpgradeResult result = RunWhile(() => AnotherProgram.Does(() => Directory.Delete(Directory.GetDirectories(Folder).Single(), true)));
        (result.Status, result.ProvedBy).ShouldBe((UpgradeStatus.Succeeded, ProvedBy.Checks), result.Error?.Message);
    }

    [Fact]
    public void Locked_time_leaves_out_the_rehearsal_and_downtime_does_not()
    {
        CreateSampleStore();
        TimeSpan pause = TimeSpan.FromMilliseconds(300);
        Observer slow = new(report =>
        {
            if (report.Activity == "Rehearsed")
            {
                Thread.Sleep(pause);
            }
        });

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options), slow);

        TimeSpan locked = result.LockedTime.ShouldNotBeNull();
        TimeSpan downtime = result.Downtime.ShouldNotBeNull();
        locked.ShouldBeGreaterThan(result.Backup!.Duration + result.Migration!.Duration);
        (downtime - locked).ShouldBeGreaterThan(pause);
        result.Duration.ShouldBeGreaterThan(downtime);
    }

    [Fact]
    public void Upgrade_that_never_locked_the_database_was_no_downtime()
    {
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options));
        (result.Error?.ErrorId, result.LockedTime, result.Downtime).ShouldBe((ErrorIds.FileNotFound, null, null));
    }

    private UpgradeResult RunWhile(Action act)
    {
        bool done = false;
        Observer other = new(report =>
        {
            if (!done && report.Activity == Comparing)
            {
                done = true;
                act();
            }
        });
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options), other);
        done.ShouldBeTrue();
        return result;
    }
}
