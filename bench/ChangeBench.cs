using System.Diagnostics;
using System.Globalization;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Tenants;

namespace PosTenancy.Bench;

/// <summary>
/// The changes of a tenant of one size in a database of twice that size, beside statements in the sqlite3 shell that leave the same rows
/// and prove nothing, and without a backup.
/// </summary>
internal sealed class ChangeBench
{
    private const string Tenant = "north";

    private readonly string _original;
    private readonly string _database;
    private readonly string _export;
    private readonly IReadOnlyList<string> _tables;

    private ChangeBench(string folder, long bytes)
    {
        // A restore takes only what was made from the database of that path.
        _original = Path.Combine(folder, "original.db");
        _database = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "round")).FullName, "hq.db");
        GrownStore.Create(_database, bytes, "hq-");
        UpgradeResult upgrade = GuardedUpgrade.Run(
            _database, new UpgradeOptions(new MigrationOptions("hq") { UniqueScope = UniqueScope.Tenant }) { SkipRehearsal = true });
        string store = Path.Combine(folder, Tenant + ".db");
        GrownStore.Create(store, bytes, Tenant + "-");
        TenantImportResult import = TenantImport.Run(
            _database, [new TenantSource(store, Tenant)], new TenantImportOptions { SkipRehearsal = true })[0];
        if ((upgrade.Error ?? import.Error) is { } error)
        {
            throw new InvalidOperationException(error.ToString());
        }

        _tables = [.. TenantPlan.Read(_database, new MigrationOptions("hq")).TenantTables.Select(t => t.Table)];
        _export = TenantExport.Create(_database, new TenantExportOptions(Tenant) { Destination = folder }).ExportPath;

        // What a restore brings back: a tenth of the tenant's rows in the largest table.
        Shell.Time("sqlite3", $"DELETE FROM work_order_lines WHERE tenant_id = '{Tenant}' AND rowid % 10 = 0", _database);
        File.Move(_database, _original);
        File.Delete(store);
    }

    /// <summary>Measures.</summary>
    /// <param name="folder">A folder for the files.</param>
    /// <param name="bytes">Size of each of the two tenants.</param>
    public static void Run(string folder, long bytes)
    {
        ChangeBench bench = new(folder, bytes);
        Figures.Header(
            string.Create(CultureInfo.InvariantCulture, $"In {new FileInfo(bench._original).Length / 1_000_000:N0} MB"), "shell");
        bench.Measure("rename", t => $"UPDATE {t} SET tenant_id = 'nord' WHERE tenant_id = '{Tenant}';\n");
        bench.Measure(
            "restore",
            t => $"DELETE FROM {t} WHERE tenant_id = '{Tenant}'; INSERT INTO {t} SELECT * FROM b.{t};\n",
            before: $"ATTACH '{bench._export}' AS b;\n");
        bench.Measure("remove", t => $"DELETE FROM {t} WHERE tenant_id = '{Tenant}';\n");
        bench.Measure(
            "erase", t => $"DELETE FROM {t} WHERE tenant_id = '{Tenant}';\n", before: "PRAGMA secure_delete = ON;\n", after: "VACUUM;");
        bench.Measure("complete", t => $"UPDATE {t} SET tenant_id = tenant_id;\n");
    }

    /// <summary>Makes one change, and prints the peak of memory of the process.</summary>
    /// <param name="change">What to do; anything else does nothing.</param>
    /// <param name="database">The database.</param>
    /// <param name="export">The export that a restore reads.</param>
    public static int Peak(string change, string database, string export)
    {
        Make(change, database, export);
        using Process self = Process.GetCurrentProcess();
        Console.WriteLine(self.PeakWorkingSet64.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    private static void Make(string change, string database, string export)
    {
        TenantChangeResult? result = change switch
        {
            "rename" => new TenantRename(database, new TenantRenameOptions(Tenant, "nord")).Run(),
            "restore" => new TenantRestore(database, new TenantRestoreOptions(Tenant, export)).Run(),
            "remove" => new TenantRemoval(database, new TenantRemovalOptions(Tenant)).Run(),
            "erase" => new TenantRemoval(database, new TenantRemovalOptions(Tenant) { Erase = true }).Run(),
            "complete" => new TenantCompletion(database, new TenantCompletionOptions { Force = true }).Run(),
            _ => null,
        };
        if (result?.Error is { } error)
        {
            throw new InvalidOperationException($"What was to be measured has failed: {error}");
        }
    }

    private void Measure(string change, Func<string, string> statement, string before = "", string after = "")
    {
        string script = $"{before}BEGIN;\n{string.Concat(_tables.Select(statement))}COMMIT;\n{after}";
        List<TimeSpan> ours = [];
        List<TimeSpan> shell = [];
        for (int round = 0; round < 3; round++)
        {
            shell.Add(On(() => Shell.Time("sqlite3", script, _database)));
            ours.Add(On(() => Shell.Time(() => Make(change, _database, _export))));
        }

        Figures.Row($"{change}, with backup and rehearsal", ours, shell);
        On(() =>
        {
            double idle = MemoryOf("nothing");
            double peak = MemoryOf(change);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{"  memory in MiB | of an idle process",-39}{peak,8:0}{idle,14:0}{peak - idle,7:+0}"));
            return TimeSpan.Zero;
        });
    }

    private double MemoryOf(string change) => double.Parse(
        Shell.Output("dotnet", typeof(ChangeBench).Assembly.Location, "change-peak", change, _database, _export),
        CultureInfo.InvariantCulture) / (1 << 20);

    private TimeSpan On(Func<TimeSpan> work)
    {
        string place = Path.GetDirectoryName(_database)!;
        Directory.Delete(place, recursive: true);
        _ = Directory.CreateDirectory(place);
        File.Copy(_original, _database);
        Shell.Time("sync", null);
        return work();
    }
}
