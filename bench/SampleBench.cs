using System.Diagnostics;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;

namespace PosTenancy.Bench;

/// <summary>The sample store: PosTenancy's guarded migration beside the shell that only runs the statements.</summary>
internal static class SampleBench
{
    public static void Run(string folder, int rounds)
    {
        string store = Path.Combine(folder, "store.db");
        string sample = Path.Combine(AppContext.BaseDirectory, "pos-store");
        Shell.Time(
            "sqlite3",
            File.ReadAllText(Path.Combine(sample, "schema.sql")) + File.ReadAllText(Path.Combine(sample, "seed.sql")),
            store);
        MigrationOptions options = new("caps-automotive");
        string script = Statements.Script(store, options);

        List<TimeSpan> shell = [];
        List<TimeSpan> statements = [];
        List<TimeSpan> transaction = [];
        List<TimeSpan> migration = [];
        List<TimeSpan> upgrade = [];
        TimeSpan first = TimeSpan.Zero;
        for (int round = 0; round < rounds; round++)
        {
            string database = Path.Combine(folder, "pos.db");
            File.Copy(store, database, overwrite: true);
            shell.Add(Shell.Time("sqlite3", script, database));

            File.Copy(store, database, overwrite: true);
            BackupResult backup = DatabaseBackup.Create(database);
            CheckTimer checks = new();
            Stopwatch watch = Stopwatch.StartNew();
            MigrationResult result = TenantMigration.Migrate(database, options, backup.BackupPath, progress: checks);
            migration.Add(watch.Elapsed);
            transaction.Add(result.Duration);
            statements.Add(result.Duration - checks.AllButTheLast);
            first = round == 0 ? result.Duration : first;

            File.Copy(store, database, overwrite: true);
            watch.Restart();
            GuardedUpgrade.Run(database, new UpgradeOptions(options));
            upgrade.Add(watch.Elapsed);
        }

        Console.WriteLine(
            $"Sample store, 32 tables, 26 rows; {rounds} alternating rounds; the shell's time includes starting it (about 2 ms)");
        foreach (
            (string what, Func<List<TimeSpan>, TimeSpan> pick) in new (string, Func<List<TimeSpan>, TimeSpan>)[]
            {
                ("median", Figures.Median),
                ("best", l => l.Min()),
            })
        {
            TimeSpan other = pick(shell);
            Figures.Header(what, "sqlite3");
            Figures.Row("32 x (ADD COLUMN + CREATE INDEX), history row, COMMIT, one check", pick(statements), other);
            Figures.Row("the same with all 8 checks before COMMIT", pick(transaction), other);
            Figures.Row("migration: lock, proof, transaction, verification", pick(migration), other);
            Figures.Row("whole upgrade: backup, rehearsal, migration", pick(upgrade), other);
        }

        Console.WriteLine($"the first transaction of the process, in which everything is compiled first: {first.TotalMilliseconds:N1} ms");
    }

    /// <summary>Times the checks before COMMIT, except for the last one, whose end is not reported.</summary>
    private sealed class CheckTimer : IProgress<StageProgress>
    {
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private TimeSpan? _first;
        private TimeSpan _last;

        public TimeSpan AllButTheLast => _last - (_first ?? _last);

        public void Report(StageProgress value)
        {
            if (value is { Stage: Stage.Migration, Activity: "Checking" })
            {
                _last = _watch.Elapsed;
                _first ??= _last;
            }
        }
    }
}
