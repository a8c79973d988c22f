using System.Diagnostics;
using System.Globalization;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Migration;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reliability;

/// <summary>A hundred other processes at once: no row whose COMMIT was acknowledged is lost.</summary>
public sealed class OthersAtWorkTests : ReliabilityFolder
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private static int RowsOfEach => Soak.IsOn ? 100 : 6;

    private readonly List<Worker> _workers = [];

    [Theory]
    [InlineData("")]
    [InlineData(Wal)]
    public void What_a_hundred_processes_were_told_is_committed_is_in_the_migrated_database(string mode)
    {
        CreateShop(mode);
        using (OtherProcess first = new(Database, "BEGIN IMMEDIATE;"))
        {
            for (int i = 0; i < 50; i++)
            {
                _workers.Add(new Worker(Database, Sales(i)));
                _workers.Add(new Worker(Database, [.. Enumerable.Repeat("SELECT sum(cents) > 0 FROM sales;", RowsOfEach)]));
            }

            UpgradeResult refused = GuardedUpgrade.Run(Database, Options);
            refused.Error.ShouldNotBeNull().ErrorId.ShouldBeOneOf(ErrorIds.DatabaseInUse, ErrorIds.DatabaseLocked);
            refused.Error.Message.ShouldContain($"sqlite3 ({first.Id.ToString(CultureInfo.InvariantCulture)})");
            first.Run("COMMIT;");
        }

        // All of them are running. Whether an attempt gets the lock between two of them is up to chance; the fate of their rows is not.
        while (_workers.Any(w => w.IsRunning))
        {
            UpgradeResult early = GuardedUpgrade.Run(Database, Options);
            early.Error?.ErrorId.ShouldBeOneOf(
                ErrorIds.DatabaseInUse,
                ErrorIds.DatabaseLocked,
                ErrorIds.DatabaseChanged,
                ErrorIds.RehearsalDeviation);
        }

        UpgradeResult result = GuardedUpgrade.Run(Database, Options);

        result.Status.ShouldBeOneOf([UpgradeStatus.Succeeded, UpgradeStatus.AlreadyMigrated], result.Error?.Message);
        ShouldHaveEveryAcknowledgedRow(50 * RowsOfEach);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Wal)]
    public void Writers_who_come_during_the_migration_are_held_off_and_go_on_afterwards(string mode)
    {
        CreateShop(mode);
        HashSet<string> moments = [];
        Observer till = new(report =>
        {
            string moment = report switch
            {
                { Stage: Stage.Migration, Activity: "Proving that the file equals its backup" } => "before the first statement",
                { Stage: Stage.Migration, Activity: "Checking" } => "before COMMIT",
                { Stage: Stage.Verification } => "after COMMIT",
                _ => "",
            };
            if (moment.Length > 0 && moments.Add(moment))
            {
                for (int i = 0; i < 5; i++)
                {
                    _workers.Add(new Worker(Database, Sales(_workers.Count)));
                }

                // Connected, and waiting for PosTenancy's lock: a worker that is not that far yet would prove nothing.
                foreach (Worker worker in _workers)
                {
                    SpinWait.SpinUntil(() => worker.HasOpen(Database) || !worker.IsRunning, Patience).ShouldBeTrue();
                }
            }
        });

        UpgradeResult result = GuardedUpgrade.Run(Database, Options, till);

        result.Status.ShouldBe(UpgradeStatus.Succeeded, result.Error?.Message);
        moments.Count.ShouldBe(3);
        ShouldHaveEveryAcknowledgedRow(15 * RowsOfEach);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Wal)]
    public void Writers_who_come_between_backup_and_migration_make_it_be_refused_and_lose_nothing(string mode)
    {
        CreateShop(mode);
        Observer till = new(report =>
        {
            if (report.Activity == "Backed up")
            {
                for (int i = 0; i < 10; i++)
                {
                    _workers.Add(new Worker(Database, Sales(i)));
                }
            }
            else if (report.Activity == "Rehearsed")
            {
                _workers.ForEach(w => w.Wait(Patience));
            }
        });

        UpgradeResult result = GuardedUpgrade.Run(Database, Options, till);

        result.Status.ShouldBe(UpgradeStatus.Refused);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBeOneOf([ErrorIds.DatabaseChanged, ErrorIds.RehearsalDeviation], result.Error.Message);
        IsMigrated(Database).ShouldBeFalse();
        GuardedUpgrade.Run(Database, Options).Status.ShouldBe(UpgradeStatus.Succeeded);
        ShouldHaveEveryAcknowledgedRow(10 * RowsOfEach);
    }

    [Theory]
    [InlineData("", "SELECT count(*) FROM sales;", ErrorIds.DatabaseInUse)]
    [InlineData("", "BEGIN; SELECT count(*) FROM sales;", ErrorIds.DatabaseLocked)]
    [InlineData("", "BEGIN IMMEDIATE; INSERT INTO sales VALUES (1000, 1, 'not paid yet', 1);", ErrorIds.DatabaseLocked)]
    [InlineData(Wal, "SELECT count(*) FROM sales;", ErrorIds.DatabaseInUse)]
    [InlineData(Wal, "BEGIN; SELECT count(*) FROM sales;", ErrorIds.DatabaseInUse)]
    [InlineData(Wal, "BEGIN IMMEDIATE; INSERT INTO sales VALUES (1000, 1, 'not paid yet', 1);", ErrorIds.DatabaseInUse)]
    public void A_program_that_connects_between_rehearsal_and_migration_is_named_and_can_go_on(string mode, string sql, string errorId)
    {
        CreateShop(mode);
        OtherProcess? other = null;
        try
        {
            Observer till = new(report =>
            {
                if (report.Activity == "Rehearsed")
                {
                    other = new OtherProcess(Database, sql);
                }
            });

            UpgradeResult result = GuardedUpgrade.Run(Database, Options, till);

            (result.Status, result.Error?.ErrorId).ShouldBe((UpgradeStatus.Refused, errorId));
            result.Error!.Message.ShouldContain($"sqlite3 ({other!.Id.ToString(CultureInfo.InvariantCulture)})");
            if (sql.StartsWith("BEGIN", StringComparison.Ordinal))
            {
                other.Run("COMMIT;");
            }

            other.Run("INSERT INTO sales VALUES (1001, 1, 'paid', 1);");
            Shell
                .Sql(Database, "SELECT count(*) FROM sales WHERE id > 999")
                .ShouldBe(sql.Contains("INSERT", StringComparison.Ordinal) ? "2" : "1");
            IsMigrated(Database).ShouldBeFalse();
        }
        finally
        {
            other?.Dispose();
        }

        GuardedUpgrade.Run(Database, Options).Status.ShouldBe(UpgradeStatus.Succeeded);
    }

    /// <summary>
    /// Each row in its own transaction; its number is printed after its COMMIT has returned, and the shell stops at the first error.
    /// </summary>
    private static string[] Sales(int writer) =>
        [
            .. Enumerable
                .Range(0, RowsOfEach)
                .Select(n => (10_000 + (writer * 1000) + n).ToString(CultureInfo.InvariantCulture))
                .SelectMany(id =>
                    new[]
                    {
                        $"BEGIN IMMEDIATE; INSERT INTO sales(id, store_id, item, cents) VALUES ({id}, 1, 'sale', 1); COMMIT;",
                        $".print {id}",
                    }),
        ];

    private void ShouldHaveEveryAcknowledgedRow(int expected)
    {
        List<string> told = [.. _workers.SelectMany(w => w.Wait(Patience)).Where(line => line.Length == 5)];
        told.Count.ShouldBe(expected, "each writer came to its end");
        HashSet<string> rows = [.. Shell.Sql(Database, $"SELECT id FROM sales WHERE id >= 10000 AND tenant_id = '{Tenant}'").Split('\n')];
        told.Where(id => !rows.Contains(id)).ShouldBeEmpty();
        Shell.Sql(Database, "SELECT count(*) FROM sales WHERE id < 1000; PRAGMA integrity_check").ShouldBe("400\nok");
    }

    protected override void Dispose(bool disposing)
    {
        _workers.ForEach(w => w.Dispose());
        base.Dispose(disposing);
    }

    /// <summary>A sqlite3 shell with a list of statements, which waits for locks as a till does.</summary>
    private sealed class Worker : IDisposable
    {
        private readonly Process _process;
        private readonly Task<string> _output;
        private readonly Task<string> _error;

        public Worker(string database, string[] commands)
        {
            _process = Shell.Start("sqlite3", ["-batch", "-bail", database, ".timeout 170000", .. commands]);
            _process.StandardInput.Close();
            _output = _process.StandardOutput.ReadToEndAsync();
            _error = _process.StandardError.ReadToEndAsync();
        }

        public bool IsRunning => !_process.HasExited;

        public bool HasOpen(string file)
        {
            if (OperatingSystem.IsWindows())
            {
                return OpenFileProcesses.FindOthers(file).Names.Any(n => n.EndsWith($"({_process.Id})", StringComparison.Ordinal));
            }

            try
            {
                return Directory.EnumerateFileSystemEntries($"/proc/{_process.Id}/fd").Any(fd => new FileInfo(fd).LinkTarget == file);
            }
            catch (IOException)
            {
                return false;
            }
        }

        /// <summary>Waits for its end and returns its output lines.</summary>
        public string[] Wait(TimeSpan patience)
        {
            _process.WaitForExit(patience).ShouldBeTrue("a worker did not end");
            _error.Result.ShouldBeEmpty();
            return _output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }

        public void Dispose()
        {
            if (IsRunning)
            {
                _process.Kill();
                _process.WaitForExit();
            }

            _process.Dispose();
        }
    }
}
