using System.Diagnostics;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Migration;

namespace PosTenancy.Bench;

/// <summary>The sample store: our guarded migration beside the shell that only runs the statements.</summary>
internal static class SampleBench
{
    public static void Run(string folder, int rounds)
    {
        string store = Path.Combine(folder, "store.db");
        string sample = Path.Combine(AppContext.BaseDirectory, "pos-store");
        Shell.Time("sqlite3", File.ReadAllText(Path.Combine(sample, "schema.sql")) + File.ReadAllText(Path.Combine(sample, "seed.sql")), store);
        MigrationOptions options = new("caps-automotive");
        string script = Statements.Script(store, options);

        List<TimeSpan> shell = [];
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
            Stopwatch watch = Stopwatch.StartNew();
            MigrationResult result = TenantMigration.Migrate(database, options, backup.BackupPath);
            migration.Add(watch.Elapsed);
            transaction.Add(result.Duration);
            first = round == 0 ? result.Duration : first;

            File.Copy(store, database, overwrite: true);
            watch.Restart();
            GuardedUpgrade.Run(database, new UpgradeOptions(options));
            upgrade.Add(watch.Elapsed);
        }

        TimeSpan other = Figures.Median(shell);
        Console.WriteLine($"Sample store, 32 tables, 26 rows; medians of {rounds} alternating rounds; the shell's time includes starting it (about 2 ms)");
        Figures.Header("sqlite3");
        Figures.Row("32 x (ADD COLUMN + CREATE INDEX), 8 checks, COMMIT", Figures.Median(transaction), other);
        Figures.Row("the same in a process that has just started", first, other);
        Figures.Row("migration: lock, proof, transaction, verification", Figures.Median(migration), other);
        Figures.Row("whole upgrade: backup, rehearsal, migration", Figures.Median(upgrade), other);
    }
}
