using System.Globalization;
using Microsoft.Data.Sqlite;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Sqlite;

/// <summary>Other processes that use the same file.</summary>
[Trait("Windows", "Short")]
public sealed class LockTests : TestFolder
{
    private static readonly UpgradeOptions NoWait = new(new MigrationOptions(Tenant)) { LockTimeout = TimeSpan.Zero };

    [Theory]
    [InlineData("", "SELECT count(*) FROM users;", ErrorIds.DatabaseInUse)]
    [InlineData("", "BEGIN; SELECT count(*) FROM users;", ErrorIds.DatabaseLocked)]
    [InlineData("", "BEGIN IMMEDIATE;", ErrorIds.DatabaseLocked)]
    [InlineData("", "BEGIN EXCLUSIVE;", ErrorIds.DatabaseLocked)]
    [InlineData("PRAGMA journal_mode = WAL;", "SELECT count(*) FROM users;", ErrorIds.DatabaseInUse)]
    [InlineData("PRAGMA journal_mode = WAL;", "BEGIN IMMEDIATE;", ErrorIds.DatabaseInUse)]
    public void Refuses_a_database_that_another_process_has_open(string mode, string sql, string errorId)
    {
        CreateSampleStore(mode);
        using OtherProcess other = new(Database, sql);
        string before = Snapshot();

        UpgradeResult result = GuardedUpgrade.Run(Database, NoWait);

        result.Status.ShouldBe(UpgradeStatus.Refused);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(errorId);
        result.Error.Message.ShouldContain($"sqlite3 ({other.Id.ToString(CultureInfo.InvariantCulture)})");
        Should.Throw<PosTenancyException>(() => GuardedUpgrade.Preview(Database, NoWait)).ErrorId.ShouldBe(ErrorIds.DatabaseInUse);
        if (mode.Length == 0)
        {
            Snapshot().ShouldBe(before);
        }
    }

    [Fact]
    public void Waits_for_another_process_to_go_away()
    {
        CreateSampleStore();
        using OtherProcess other = new(Database, "BEGIN EXCLUSIVE;");
        using Timer timer = new(_ => other.Kill(), null, 500, Timeout.Infinite);
        GuardedUpgrade.Run(Database, NoWait with { LockTimeout = TimeSpan.FromSeconds(20) }).Status.ShouldBe(UpgradeStatus.Succeeded);
    }

    [Fact]
    public void Refuses_a_database_that_this_process_has_open_by_other_means()
    {
        CreateSampleStore();
        using FileStream open = File.OpenRead(Database);
        GuardedUpgrade.Run(Database, NoWait).Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.DatabaseInUse);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PRAGMA journal_mode = WAL;")]
    public void Audits_a_store_that_is_open_and_does_not_disturb_it(string mode)
    {
        CreateSampleStore(mode);
        using OtherProcess store = new(Database, "BEGIN IMMEDIATE; UPDATE users SET role = role;");
        TenantPlan.Read(Database, new MigrationOptions(Tenant)).Changes.Count().ShouldBe(32);
        store.Run("COMMIT; INSERT INTO stores(id, code, name) VALUES('s2', 'C2', 'Second');");
        TenantPlan.Read(Database, new MigrationOptions(Tenant)).Tables.Single(t => t.Table == "stores").Rows.ShouldBe(2);
    }

    [Theory]
    [InlineData("", Stage.Backup)]
    [InlineData("", Stage.Migration)]
    [InlineData("", Stage.Verification)]
    [InlineData("PRAGMA journal_mode = WAL;", Stage.Backup)]
    [InlineData("PRAGMA journal_mode = WAL;", Stage.Migration)]
    [InlineData("PRAGMA journal_mode = WAL;", Stage.Verification)]
    public void Nobody_can_write_while_a_stage_works_on_the_live_file(string mode, Stage stage)
    {
        CreateSampleStore(mode);
        List<string> answers = [];
        Observer writer = new(report =>
        {
            // "Locking" is reported before the lock is held: until then others may write, and the stage refuses a database that they
            // changed.
            if (report.Stage == stage && report.Result is null && !report.Activity.StartsWith("Locking", StringComparison.Ordinal))
            {
                answers.Add(
                    Shell
                        .Run("sqlite3", "INSERT INTO stores(id, code, name) VALUES('s' || random(), random(), 'x');", "-bail", Database)
                        .Error);
            }
        });

        GuardedUpgrade
            .Run(Database, NoWait with { LockTimeout = TimeSpan.FromSeconds(5) }, writer)
            .Status.ShouldBe(UpgradeStatus.Succeeded);

        answers.ShouldNotBeEmpty();
        answers.ShouldAllBe(a => a.Contains("database is locked"));
        Shell.Sql(Database, "SELECT count(*) FROM stores").ShouldBe("1");
    }

    [Fact]
    public void A_second_command_of_this_process_is_refused_and_does_not_break_the_lock_of_the_first()
    {
        CreateSampleStore();
        int seconds = 0;
        List<string> writes = [];
        Observer second = new(report =>
        {
            if (report is { Stage: Stage.Migration, Activity: "Checking" })
            {
                Task.Run(() =>
                        Should
                            .Throw<PosTenancyException>(() => DatabaseBackup.Create(Database, lockTimeout: TimeSpan.Zero))
                            .ErrorId.ShouldBe(ErrorIds.DatabaseInUse))
                    .Wait();
                seconds++;
                writes.Add(Shell.Run("sqlite3", "DELETE FROM users;", "-bail", Database).Error);
            }
        });

        GuardedUpgrade
            .Run(Database, NoWait with { LockTimeout = TimeSpan.FromSeconds(5) }, second)
            .Status.ShouldBe(UpgradeStatus.Succeeded);

        seconds.ShouldBeGreaterThan(0);
        writes.ShouldAllBe(w => w.Contains("database is locked"));
    }

    [Fact]
    public void A_write_between_backup_and_migration_is_noticed_and_kept()
    {
        CreateSampleStore();
        bool sold = false;
        Observer seller = new(report =>
        {
            if (report.Stage == Stage.Rehearsal && !sold)
            {
                sold = true;
                Shell.Sql(Database, "UPDATE products SET name = 'sold in the meantime' WHERE rowid = 1");
            }
        });

        UpgradeResult result = GuardedUpgrade.Run(Database, NoWait, seller);

        result.Status.ShouldBe(UpgradeStatus.Refused);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.DatabaseChanged);
        Shell.Sql(Database, "SELECT name FROM products WHERE rowid = 1").ShouldBe("sold in the meantime");
        Shell.Sql(Database, "SELECT count(*) FROM pragma_table_info('users') WHERE name = 'tenant_id'").ShouldBe("0");
    }

    [Fact]
    public void The_lock_of_another_sqlite_in_this_process_survives_a_refusal()
    {
        CreateSampleStore();
        using SqliteConnection neighbour = new($"Data Source={Database};Pooling=False");
        neighbour.Open();
        using SqliteCommand begin = neighbour.CreateCommand();
        begin.CommandText = "BEGIN EXCLUSIVE";
        begin.ExecuteNonQuery();

        // Windows ties locks to handles, so there the file can be opened again without harm.
        string errorId = OperatingSystem.IsWindows() ? ErrorIds.DatabaseLocked : ErrorIds.DatabaseInUse;
        Should.Throw<PosTenancyException>(() => TenantPlan.Read(Database, new MigrationOptions(Tenant))).ErrorId.ShouldBe(errorId);
        Should.Throw<PosTenancyException>(() => DatabaseBackup.Create(Database)).ErrorId.ShouldBe(errorId);

        Shell.Run("sqlite3", "SELECT count(*) FROM users;", "-bail", Database).Error.ShouldContain("database is locked");
    }
}
