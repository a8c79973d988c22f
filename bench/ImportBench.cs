using System.Diagnostics;
using System.Globalization;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Tenants;

namespace PosTenancy.Bench;

/// <summary>
/// A store that is brought into a database, beside the sqlite3 shell's ATTACH and INSERT … SELECT of the same rows, which proves nothing,
/// maps no key and makes no backup.
/// </summary>
internal sealed class ImportBench
{
    private readonly string _folder;
    private readonly string _store;
    private readonly string _script;

    private ImportBench(string folder, long bytes)
    {
        _folder = folder;
        _store = Path.Combine(folder, "north.db");
        GrownStore.Create(_store, bytes, "north-");
        IEnumerable<string> tables = TenantPlan.Read(_store, new MigrationOptions("hq")).TenantTables.Select(t => t.Table);
        _script = $"ATTACH '{_store}' AS north; BEGIN;\n" +
            string.Concat(tables.Select(t => $"INSERT INTO {t} SELECT *, 'north' FROM north.{t};\n")) + "COMMIT;";
    }

    /// <summary>Measures.</summary>
    /// <param name="folder">A folder for the files.</param>
    /// <param name="bytes">Size of the store.</param>
    /// <param name="each">Size of each of the 20 stores that the database has already.</param>
    public static void Run(string folder, long bytes, long each)
    {
        ImportBench bench = new(folder, bytes);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\nImport of a store of {new FileInfo(bench._store).Length:N0} bytes; medians of 3 alternating rounds"));
        bench.Into(0, each);
        bench.Into(20, each);
        File.Delete(bench._store);
        Many(folder, 100);
    }

    /// <summary>Prints the peak of memory of a process that imports, and of one that does nothing.</summary>
    public static int Peak(string database, string store)
    {
        if (store.Length > 0)
        {
            Require(TenantImport.Run(database, [new TenantSource(store, "north") { Keys = Keys }], new TenantImportOptions()));
        }

        using Process self = Process.GetCurrentProcess();
        Console.WriteLine(self.PeakWorkingSet64.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    private static KeyDeclarations Keys =>
        KeyDeclarations.Parse(new Dictionary<string, string>(StringComparer.Ordinal) { ["*.id"] = "Key" });

    private void Into(int stores, long each)
    {
        string database = Path.Combine(_folder, "hq.db");
        Create(database, stores, each);
        List<TimeSpan> shell = [];
        List<TimeSpan> live = [];
        List<TimeSpan> whole = [];
        IReadOnlyList<CheckResult> checks = [];
        for (int round = 0; round < 3; round++)
        {
            shell.Add(On(database, copy => Shell.Time("sqlite3", _script, copy)));
            live.Add(On(database, copy => Live(copy)));
            whole.Add(On(database, copy => Shell.Time(() => checks = Import(copy, skip: false).Rehearsal!.Checks)));
        }

        Figures.Header($"Into {stores} stores, {new FileInfo(database).Length / 1_000_000:N0} MB", "shell");
        Figures.Row("on the live file", live, shell, 3);
        Figures.Row("with backup and rehearsal", whole, shell, 6);
        foreach (CheckResult check in checks.Where(c => c.Duration.TotalSeconds > 0.05))
        {
            Figures.Row($"  check {check.Name}", [check.Duration], shell);
        }

        On(database, copy =>
        {
            double idle = MemoryOf(copy, "");
            double peak = MemoryOf(copy, _store);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{"memory in MiB | of an idle process",-39}{peak,8:0}{idle,14:0}"));
            return TimeSpan.Zero;

            static double MemoryOf(string database, string store) =>
                double.Parse(
                    Shell.Output("dotnet", typeof(ImportBench).Assembly.Location, "import-peak", database, store),
                    CultureInfo.InvariantCulture) / (1 << 20);
        });
        File.Delete(database);
    }

    /// <summary>From the first row to the verified file, without the backup and the rehearsal before it.</summary>
    private TimeSpan Live(string database)
    {
        LiveTimer timer = new();
        Import(database, skip: true, timer);
        return timer.Time;
    }

    /// <summary>A hundred sample stores in one run.</summary>
    private static void Many(string folder, int count)
    {
        string database = Path.Combine(folder, "hq.db");
        Create(database, 0, 0);
        TenantSource[] sources =
        [
            .. Enumerable.Range(1, count).Select(i =>
            {
                string path = Path.Combine(folder, $"store{i}.db");
                GrownStore.Create(path, 0);
                return new TenantSource(path, $"t{i}") { Keys = Keys };
            }),
        ];
        TimeSpan time = Shell.Time(() => Require(TenantImport.Run(database, sources, new TenantImportOptions())));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\n{count} sample stores in one run{time.TotalSeconds,20:0.0} s  {Figures.Verdict(time.TotalSeconds, 60)}"));
        Array.ForEach(sources, s => File.Delete(s.Path));
        File.Delete(database);
    }

    private static void Create(string database, int stores, long each)
    {
        GrownStore.CreateEmpty(database);
        UpgradeResult upgrade = GuardedUpgrade.Run(
            database, new UpgradeOptions(new MigrationOptions("hq") { UniqueScope = UniqueScope.Tenant }) { SkipRehearsal = true });
        if (upgrade.Error is { } error)
        {
            throw new InvalidOperationException(error.Message);
        }

        for (int i = 0; i < stores; i++)
        {
            string path = database + $".{i}";
            GrownStore.Create(path, each, $"s{i}-");
            Require(TenantImport.Run(database, [new TenantSource(path, $"s{i}")], new TenantImportOptions { SkipRehearsal = true }));
            File.Delete(path);
            foreach (string file in Directory
                .GetFiles(Path.GetDirectoryName(database)!)
                .Where(f => f.StartsWith(database + ".", StringComparison.Ordinal)))
            {
                File.Delete(file);
            }
        }
    }

    private TenantImportResult Import(string database, bool skip, IProgress<StageProgress>? progress = null)
    {
        IReadOnlyList<TenantImportResult> results = TenantImport.Run(
            database, [new TenantSource(_store, "north") { Keys = Keys }], new TenantImportOptions { SkipRehearsal = skip }, progress);
        Require(results);
        return results[0];
    }

    private TimeSpan On(string original, Func<string, TimeSpan> work)
    {
        string place = Directory.CreateDirectory(Path.Combine(_folder, "round")).FullName;
        string database = Path.Combine(place, "hq.db");
        File.Copy(original, database);
        Shell.Time("sync", null);
        TimeSpan time = work(database);
        Directory.Delete(place, recursive: true);
        return time;
    }

    private static void Require(IReadOnlyList<TenantImportResult> results)
    {
        if (results.FirstOrDefault(r => r.Status != TenantChangeStatus.Succeeded) is { } failed)
        {
            throw new InvalidOperationException($"What was to be measured has failed: {failed.Error}");
        }
    }

    /// <summary>Times what is done on the live file after its backup.</summary>
    private sealed class LiveTimer : IProgress<StageProgress>
    {
        private readonly Stopwatch _watch = new();

        public TimeSpan Time => _watch.Elapsed;

        public void Report(StageProgress value)
        {
            if (value.Stage is Stage.Migration or Stage.Verification)
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
