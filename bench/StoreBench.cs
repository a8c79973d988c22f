using System.Diagnostics;
using System.Globalization;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Reporting;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Bench;

/// <summary>
/// A store with years of work: the guarded upgrade and its parts, each beside the programs that do the same by hand, in alternating rounds.
/// </summary>
internal sealed class StoreBench
{
    private readonly string _folder;
    private readonly string _store;
    private readonly MigrationOptions _options = new("caps-automotive");
    private readonly string _script;
    private readonly IReadOnlyList<string> _tables;

    private StoreBench(string folder, long bytes)
    {
        _folder = folder;
        _store = Path.Combine(folder, "store.db");
        GrownStore.Create(_store, bytes);
        MigrationPlan plan = TenantPlan.Read(_store, _options);
        _script = Statements.Script(plan.Statements);
        _tables = [.. plan.TenantTables.Select(t => t.Table)];
    }

    /// <summary>Measures a store of about that size; the parts of the upgrade too, unless that would take hours.</summary>
    /// <returns>How long the upgrade and the procedure by hand took.</returns>
    public static (TimeSpan Ours, TimeSpan ByHand) Run(string folder, long bytes)
    {
        bool isHuge = bytes > 2_000_000_000;
        int rounds = isHuge ? 1 : 3;
        StoreBench bench = new(folder, bytes);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\nA store of {new FileInfo(bench._store).Length:N0} bytes; seconds, medians of {rounds} alternating rounds"));
        (TimeSpan Ours, TimeSpan ByHand) medians = bench.Upgrades(rounds);
        bench.Memory();
        if (!isHuge)
        {
            bench.Parts(rounds);
        }

        File.Delete(bench._store);
        return medians;
    }

    /// <summary>The sample store, in a process in which everything was compiled before.</summary>
    public static IReadOnlyList<TimeSpan> RunSample(string folder, int rounds)
    {
        StoreBench bench = new(folder, bytes: 0);
        List<TimeSpan> byHand = [];
        List<TimeSpan> ours = [];
        for (int round = -2; round < rounds; round++)
        {
            byHand.Add(bench.On(bench.ByHand));
            ours.Add(bench.Upgrade(new UpgradeOptions(bench._options)).Duration);
        }

        Figures.Header("The sample store, 26 rows", "by hand");
        Figures.Row("upgrade in a warm session", ours[2..], byHand[2..], 0.70);
        File.Delete(bench._store);
        return byHand;
    }

    private (TimeSpan Ours, TimeSpan ByHand) Upgrades(int rounds)
    {
        List<TimeSpan> byHand = [];
        List<UpgradeResult> rehearsed = [];
        List<UpgradeResult> unrehearsed = [];
        List<UpgradeResult> tested = [];
        for (int round = 0; round < rounds; round++)
        {
            byHand.Add(On(ByHand));
            rehearsed.Add(Upgrade(new UpgradeOptions(_options)));
            unrehearsed.Add(Upgrade(new UpgradeOptions(_options) { SkipRehearsal = true }));
            tested.Add(Test(new UpgradeOptions(_options)));
        }

        Figures.Header("Upgrade", "by hand");
        List<TimeSpan> ours = [.. rehearsed.Select(r => r.Duration)];
        Figures.Row("with rehearsal and report", ours, byHand, 0.40);
        Figures.Row("  of it, the database locked", [.. rehearsed.Select(r => r.LockedTime!.Value)], byHand, 0.20);
        foreach (Stage stage in rehearsed[0].Stages.Select(s => s.Stage))
        {
            Figures.Row($"  stage {stage}", [.. rehearsed.Select(r => r.Stages.Single(s => s.Stage == stage).Duration)], byHand);
        }

        foreach (string check in rehearsed[0].Rehearsal!.Checks.Select(c => c.Name))
        {
            List<TimeSpan> times = [.. rehearsed.Select(r => r.Rehearsal!.Checks.Single(c => c.Name == check).Duration)];
            if (Figures.Median(times) / Figures.Median(byHand) > 0.005)
            {
                Figures.Row($"    check {check}", times, byHand);
            }
        }

        Figures.Row("without rehearsal", [.. unrehearsed.Select(r => r.Duration)], byHand, 0.40);
        Figures.Header("Downtime", "real");
        List<TimeSpan> foretold = [.. tested.Select(r => r.Downtime!.Value)];
        Figures.Row("foretold by Test-PosTenantUpgrade", foretold, [.. rehearsed.Select(r => r.Downtime!.Value)], 1.50);
        Console.WriteLine($"proved by {rehearsed[0].ProvedBy}, without rehearsal by {unrehearsed[0].ProvedBy}; " +
            $"SQLite {rehearsed[0].Before!.SqliteVersion}");
        return (Figures.Median(ours), Figures.Median(byHand));
    }

    /// <summary>The peak of a process that upgrades, above that of one that does nothing.</summary>
    private void Memory()
    {
        On(database =>
        {
            double idle = Peak("idle", database);
            double upgrade = Peak("upgrade", database);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{"memory in MiB | of an idle process",-39}{upgrade,8:0}{idle,14:0}{upgrade - idle,7:+0}  " +
                    $"{Figures.Verdict(upgrade - idle, 96)}"));
            return TimeSpan.Zero;
        });

        double Peak(string work, string database) =>
            double.Parse(
                Shell.Output("dotnet", typeof(StoreBench).Assembly.Location, work, database),
                CultureInfo.InvariantCulture) / (1 << 20);
    }

    private void Parts(int rounds)
    {
        List<TimeSpan> statements = [];
        List<TimeSpan> shell = [];
        List<TimeSpan> backup = [];
        List<TimeSpan> copies = [];
        List<TimeSpan> checks = [];
        List<TimeSpan> shellChecks = [];
        List<TimeSpan> restore = [];
        for (int round = 0; round < rounds; round++)
        {
            shell.Add(On(database => Shell.Time("sqlite3", _script, database)));
            copies.Add(On(database => Shell.Time("cp", null, database, database + ".copy") +
                Shell.Time("openssl", null, "dgst", "-sha256", database) +
                Shell.Time("openssl", null, "dgst", "-sha256", database + ".copy")));
            On(database =>
            {
                BackupResult made = DatabaseBackup.Create(database);
                backup.Add(made.Duration);
                StatementTimer timer = new();
                Require(TenantMigration.Migrate(database, _options, made.BackupPath, progress: timer).Status == MigrationStatus.Migrated);
                statements.Add(timer.Time);
                shellChecks.Add(Shell.Time("sqlite3", "PRAGMA integrity_check; PRAGMA foreign_key_check;\n.sha3sum\n", database));
                TenantExpectation expected = TenantExpectation.From(_options);
                checks.Add(Shell.Time(() =>
                    Require(TenantIntegrity.Test(database, expected, made.BackupPath).All(c => c.Status != CheckStatus.Failed))));
                restore.Add(Shell.Time(() => Require(DatabaseRestore.Restore(database, made.BackupPath).Verified)));
                return TimeSpan.Zero;
            });
        }

        Figures.Header("Parts", "by hand");
        Figures.Row("statements and COMMIT | sqlite3", statements, shell, 0.90);
        Figures.Row("backup | cp, openssl dgst x 2", backup, copies, 0.55);
        Figures.Row("all checks | integrity, keys, .sha3sum", checks, shellChecks, 0.35);
        Figures.Row("restore | cp, openssl dgst x 2", restore, copies, 1.00);
    }

    private UpgradeResult Upgrade(UpgradeOptions how)
    {
        UpgradeResult? result = null;
        On(database =>
        {
            result = GuardedUpgrade.Run(database, how);
            UpgradeReport.Write(result, Path.Combine(Path.GetDirectoryName(database)!, "report.md"));
            return result.Duration;
        });
        Require(result!.Status == UpgradeStatus.Succeeded);
        return result;
    }

    private UpgradeResult Test(UpgradeOptions how)
    {
        UpgradeResult? result = null;
        On(database =>
        {
            result = UpgradeTest.Run(database, how);
            return result.Duration;
        });
        Require(result!.Status == UpgradeStatus.Rehearsed);
        return result;
    }

    /// <summary>Works on a copy of the store that is on the disk, so that no round pays for writing it.</summary>
    private TimeSpan On(Func<string, TimeSpan> work)
    {
        string place = Directory.CreateDirectory(Path.Combine(_folder, "round")).FullName;
        string database = Path.Combine(place, "pos.db");
        File.Copy(_store, database);
        Shell.Time("sync", null);
        TimeSpan time = work(database);
        Directory.Delete(place, recursive: true);
        return time;
    }

    private TimeSpan ByHand(string database)
    {
        string backup = database + ".backup";
        string rehearsal = database + ".rehearsal";
        return Shell.Time("cp", null, database, backup)
            + Shell.Time("sha256sum", null, database)
            + Shell.Time("sha256sum", null, backup)
            + Shell.Time("cp", null, database, rehearsal)
            + Shell.Time("sqlite3", _script, rehearsal)
            + Counts("SELECT count(*) FROM")
            + Shell.Time("sqlite3", _script, database)
            + Shell.Time("sqlite3", "PRAGMA integrity_check;", database)
            + Shell.Time("sqlite3", "PRAGMA foreign_key_check;", database)
            + Counts("SELECT count(*), count(*) FILTER (WHERE tenant_id IS NULL), count(DISTINCT tenant_id) FROM");

        // One call for each table, as the person types them.
        TimeSpan Counts(string select) =>
            _tables.Aggregate(TimeSpan.Zero, (sum, table) => sum + Shell.Time("sqlite3", $"{select} {table};", database));
    }

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new InvalidOperationException("What was to be measured has failed.");
        }
    }

    /// <summary>Times the statements and COMMIT of a migration by its reports, without the checks between them.</summary>
    private sealed class StatementTimer : IProgress<StageProgress>
    {
        private readonly Stopwatch _watch = new();

        public TimeSpan Time => _watch.Elapsed;

        public void Report(StageProgress value)
        {
            if (value is { Stage: Stage.Migration, Part: StagePart.Statements or StagePart.Commit })
            {
                _watch.Start();
            }
            else
            {
                _watch.Stop();
            }
        }
    }
}
