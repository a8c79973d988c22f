using System.Diagnostics;
using System.Globalization;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Migration;

/// <summary>An upgrade is tested on a copy, at any hour: what is open and written to stays as it is, and its writers do not wait.</summary>
public sealed class UpgradeTestTests : TestFolder
{
    private static readonly MigrationOptions Options = new(Tenant);

    private string Elsewhere { get; } = Directory.CreateTempSubdirectory("postenancy-elsewhere-").FullName;

    [Theory]
    [InlineData("")]
    [InlineData("PRAGMA journal_mode = WAL;")]
    public void Result_is_that_of_the_upgrade_that_follows(string mode)
    {
        CreateSampleStore(mode);
        string before = Snapshot();

        UpgradeResult test = UpgradeTest.Run(Database, new UpgradeOptions(Options) { Destination = Elsewhere });

        test.Status.ShouldBe(UpgradeStatus.Rehearsed, test.Error?.Message);
        Snapshot().ShouldBe(before);
        Directory.GetFileSystemEntries(Elsewhere).ShouldBeEmpty();
        (test.Path, test.Backup, test.Migration).ShouldBe((Database, null, null));
        test.Downtime.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
        UpgradeResult real = GuardedUpgrade.Run(Database, new UpgradeOptions(Options));
        real.Status.ShouldBe(UpgradeStatus.Succeeded);
        test.RequiredBytes.ShouldBe(real.RequiredBytes);
        test.Checks.ShouldAllBe(c => c.Path == Database);
        test.Checks.Select(c => (c.Name, c.Status, c.Actual)).ShouldBe(real.Checks.Select(c => (c.Name, c.Status, c.Actual)));
        test.Plan.ShouldNotBeNull().Statements.ShouldBe(real.Plan!.Statements);
        UpgradeTest.Run(Database, new UpgradeOptions(Options)).Status.ShouldBe(UpgradeStatus.AlreadyMigrated);
    }

    [Fact]
    public void Upgrade_that_would_fail_is_refused_with_the_reason_and_the_name_of_the_database()
    {
        CreateSampleStore();
        Shell.Sql(Database, "CREATE TABLE broken(id INTEGER PRIMARY KEY, tenant_id AS (id))");
        string before = Snapshot();

        UpgradeResult test = UpgradeTest.Run(Database, new UpgradeOptions(Options) { Destination = Elsewhere });

        test.Status.ShouldBe(UpgradeStatus.Refused);
        test.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.PlanBlocked);
        test.Error.Message.ShouldContain($"'{Database}'");
        test.Error.Message.ShouldNotContain(Elsewhere);
        Snapshot().ShouldBe(before);
        Directory.GetFileSystemEntries(Elsewhere).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("PRAGMA journal_mode = WAL;")]
    public void Writers_that_sell_during_the_test_lose_nothing_and_wait_a_moment_at_most(string mode)
    {
        CreateSampleStore(mode);
        Shell.Sql(
            Database,
            "CREATE TABLE sold(id INTEGER PRIMARY KEY, x); CREATE TABLE large(x);" +
                "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 20000) " +
                "INSERT INTO large SELECT zeroblob(1000) FROM n;");
        using Till till = new(Database);

        UpgradeResult test = UpgradeTest.Run(Database, new UpgradeOptions(Options) { Destination = Elsewhere });
        (int sold, TimeSpan longest) = till.Stop();

        test.Status.ShouldBe(UpgradeStatus.Rehearsed, test.Error?.Message);
        sold.ShouldBeGreaterThan(10);
        longest.ShouldBeLessThan(TimeSpan.FromSeconds(2));
        Shell.Sql(Database, "SELECT count(*) FROM sold").ShouldBe(sold.ToString(CultureInfo.InvariantCulture));
        Shell.Sql(Database, "PRAGMA integrity_check").ShouldBe("ok");
    }

    [Fact]
    public void Copy_that_is_overtaken_again_and_again_ends_in_a_clear_error()
    {
        CreateSampleStore();
        Shell.Sql(
            Database,
            "CREATE TABLE large(x); WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 6000) " +
                "INSERT INTO large SELECT zeroblob(4000) FROM n;");
        int sales = 0;
        using LiveDatabase live = LiveDatabase.Open(Database, CancellationToken.None);

        Should.Throw<PosTenancyException>(() => DatabaseCopy.Write(live, Path.Combine(Elsewhere, "copy.db"), Sell, TimeSpan.Zero))
            .ErrorId.ShouldBe(ErrorIds.CopyOvertaken);

        sales.ShouldBe(21, "the first step, and 20 that began again");

        // Between two steps no lock is held.
        void Sell(long done, long total) => Shell.Sql(Database, $"UPDATE products SET quantity_on_hand = {++sales}");
    }

    [Fact]
    public void Cancelled_test_leaves_nothing()
    {
        CreateSampleStore();
        string before = Snapshot();
        using CancellationTokenSource stop = new();
        Observer observer = new(report =>
        {
            if (report.Stage == Stage.Rehearsal)
            {
                stop.Cancel();
            }
        });

        Should.Throw<OperationCanceledException>(() =>
            UpgradeTest.Run(Database, new UpgradeOptions(Options) { Destination = Elsewhere }, observer, stop.Token));

        Snapshot().ShouldBe(before);
        Directory.GetFileSystemEntries(Elsewhere).ShouldBeEmpty();
    }

    protected override void Dispose(bool disposing)
    {
        Directory.Delete(Elsewhere, recursive: true);
        base.Dispose(disposing);
    }

    /// <summary>A program that sells as fast as it can, one transaction for each sale, and measures how long each takes.</summary>
    private sealed class Till : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task<(int Sold, TimeSpan Longest)> _selling;

        public Till(string database)
        {
            _selling = Task.Run(() => Sell(database));
            SpinWait
                .SpinUntil(() => Shell.Sql(database, ".timeout 10000\nSELECT count(*) > 0 FROM sold") == "1", TimeSpan.FromSeconds(30))
                .ShouldBeTrue();
        }

        public (int Sold, TimeSpan Longest) Stop()
        {
            _stop.Cancel();
            return _selling.GetAwaiter().GetResult();
        }

        public void Dispose()
        {
            _stop.Cancel();
            _ = Task.WhenAny(_selling).GetAwaiter().GetResult();
            _stop.Dispose();
        }

        private (int Sold, TimeSpan Longest) Sell(string database)
        {
            using Process shell = Process.Start(new ProcessStartInfo("sqlite3", [database])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            shell.StandardInput.WriteLine(".timeout 10000");
            int sold = 0;
            TimeSpan longest = TimeSpan.Zero;
            while (!_stop.IsCancellationRequested)
            {
                Stopwatch watch = Stopwatch.StartNew();
                shell.StandardInput.WriteLine("INSERT INTO sold(x) VALUES ('a sale'); SELECT changes();");
                shell.StandardOutput.ReadLine().ShouldBe("1");
                sold++;
                longest = watch.Elapsed > longest ? watch.Elapsed : longest;
            }

            shell.StandardInput.Close();
            shell.WaitForExit();
            return (sold, longest);
        }
    }
}
