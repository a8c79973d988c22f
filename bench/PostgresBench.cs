using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PosTenancy.Engine.Migration;
using PosTenancy.Postgres;

namespace PosTenancy.Bench;

/// <summary>
/// A store that is copied to PostgreSQL, beside psql's \copy of the same rows with the same keys, indexes and ANALYZE, which examines no
/// value and proves nothing.
/// </summary>
internal sealed class PostgresBench : IDisposable
{
    private const string Tenant = "caps-automotive";

    /// <summary>Stores of a fleet.</summary>
    private const int Stores = 8;

    private readonly string _folder;
    private readonly string _database;
    private readonly Process _server;
    private readonly int _port;

    private PostgresBench(string folder, long bytes)
    {
        _folder = folder;
        _database = Path.Combine(folder, "pos.db");
        GrownStore.Create(_database, bytes);
        _ = TenantMigration.Migrate(_database, new MigrationOptions(Tenant));
        using (TcpListener listener = new(IPAddress.Loopback, 0))
        {
            listener.Start();
            _port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        // As durable as a new installation is.
        string place = Directory.CreateTempSubdirectory("postenancy-pg-").FullName;
        string settings = "fsync = on\nshared_buffers = 128MB\nmax_wal_size = 4GB";
        ProcessStartInfo start = new(
            "bash", [Path.Combine(AppContext.BaseDirectory, "server.sh"), place, Bin(), $"{_port}", settings])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _server = Process.Start(start)!;
        if (_server.StandardOutput.ReadLine() != "started")
        {
            throw new InvalidOperationException("PostgreSQL was not started.");
        }
    }

    /// <summary>Measures.</summary>
    /// <param name="folder">A folder for the files.</param>
    /// <param name="bytes">Size of the store.</param>
    public static void Run(string folder, long bytes)
    {
        if (Bin().Length == 0)
        {
            Console.WriteLine("\nNo PostgreSQL here, so that no copy was measured.");
            return;
        }

        using PostgresBench bench = new(folder, bytes);
        Console.WriteLine(Machine.Describe());
        bench.Measure(CopyLayout.Plain);
        bench.Measure(CopyLayout.Partitioned);
        bench.Fleet(bytes / Stores);
        bench.Memory();
    }

    /// <summary>Prints the peak of memory of a process that copies.</summary>
    public static int Peak(string database, string destination)
    {
        Require(TenantCopy.Run(database, new TenantCopyOptions("*", destination))[0]);
        using Process self = Process.GetCurrentProcess();
        Console.WriteLine(self.PeakWorkingSet64.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    public void Dispose()
    {
        _server.StandardInput.Close();
        _ = _server.WaitForExit(20_000);
        _server.Dispose();
    }

    private static string Bin() => !Directory.Exists("/usr/lib/postgresql")
        ? ""
        : Directory.GetDirectories("/usr/lib/postgresql")
            .Select(d => Path.Combine(d, "bin"))
            .Where(d => File.Exists(Path.Combine(d, "postgres")))
            .OrderByDescending(d => d, StringComparer.Ordinal)
            .FirstOrDefault("");

    private static void Require(TenantCopyResult result)
    {
        if (result.Error is { } error)
        {
            throw new InvalidOperationException(error.Message);
        }
    }

    private void Measure(CopyLayout layout)
    {
        string script = Script(layout);
        List<TimeSpan> ours = [];
        List<TimeSpan> psql = [];
        TenantCopyResult? result = null;
        for (int round = 0; round < 3; round++)
        {
            psql.Add(Shell.Time("psql", script, Arguments(NewDatabase())));
            string target = NewDatabase();
            ours.Add(Shell.Time(() =>
            {
                result = TenantCopy.Run(_database, Options(target, layout))[0];
                Require(result);
            }));
        }

        Figures.Header($"{layout}, {new FileInfo(_database).Length / 1_000_000:N0} MB, {result!.Rows:N0} rows", "psql");
        Figures.Row("examined, loaded, proved", ours, psql, 2.5);
        foreach (CheckResult check in result.Checks.Where(c => c.Duration.TotalSeconds > 0.05))
        {
            Figures.Row($"  check {check.Name}", [check.Duration], psql);
        }
    }

    /// <summary>The same tables, rows, keys and indexes by psql, in one transaction as well.</summary>
    private string Script(CopyLayout layout)
    {
        string target = NewDatabase();
        IReadOnlyList<CopyTablePlan> plan = TenantCopy.Plan(_database, Options(target, layout));
        Require(TenantCopy.Run(_database, Options(target, layout))[0]);
        CopyTablePlan[] tables = [.. plan.Where(t => t.Sql.Count > 0)];
        foreach (CopyTablePlan table in tables)
        {
            _ = Shell.Time("psql", $"\\copy (SELECT * FROM \"{table.Table}\") TO '{File(table)}'", Arguments(target));
        }

        string[] security = ["ROW LEVEL", "CREATE POLICY"];
        string[] all = [.. tables.SelectMany(t => t.Sql).Where(s => !security.Any(s.Contains))];
        bool IsTable(string sql) => sql.StartsWith("CREATE TABLE", StringComparison.Ordinal);
        bool IsReference(string sql) => sql.Contains(" FOREIGN KEY (", StringComparison.Ordinal);
        IEnumerable<string> statements =
        [
            "BEGIN;",
            .. all.Where(IsTable).Select(s => s + ";"),
            .. tables.Select(t => $"\\copy \"{t.Table}\" FROM '{File(t)}'"),
            .. all.Where(s => !IsTable(s) && !IsReference(s)).Select(s => s + ";"),
            .. all.Where(IsReference).Select(s => s + ";"),
            .. tables.Select(t => $"ANALYZE \"{t.Table}\";"),
            "COMMIT;",
        ];
        return string.Join('\n', statements);

        string File(CopyTablePlan table) => Path.Combine(_folder, table.Table + ".txt");
    }

    /// <summary>Several stores come to the same tables, as many at the same time as -ThrottleLimit says.</summary>
    private void Fleet(long bytes)
    {
        string first = Path.Combine(_folder, "store.db");
        GrownStore.Create(first, bytes);
        string[] stores = [.. Enumerable.Range(0, Stores).Select(i => Path.Combine(_folder, $"s{i}.db"))];
        foreach (string store in stores)
        {
            File.Copy(first, store);
            _ = TenantMigration.Migrate(store, new MigrationOptions(Path.GetFileNameWithoutExtension(store)));
        }

        Dictionary<int, List<TimeSpan>> times = new() { [1] = [], [2] = [], [4] = [] };
        for (int round = 0; round < 3; round++)
        {
            foreach ((int limit, List<TimeSpan> taken) in times)
            {
                TenantCopyOptions options = Options(NewDatabase(), CopyLayout.Plain);
                Require(TenantCopy.Run(_database, options)[0]);
                taken.Add(Shell.Time(() => Parallel.ForEach(
                    stores,
                    new ParallelOptions { MaxDegreeOfParallelism = limit },
                    store => Require(TenantCopy.Run(store, options)[0]))));
            }
        }

        Figures.Header($"{Stores} stores of {new FileInfo(stores[0]).Length / 1_000_000:N0} MB", "1 by 1");
        Figures.Row("2 at the same time", times[2], times[1]);
        Figures.Row("4 at the same time", times[4], times[1]);
    }

    private void Memory()
    {
        double peak = double.Parse(
            Shell.Output("dotnet", typeof(PostgresBench).Assembly.Location, "postgres-peak", _database, Destination(NewDatabase())),
            CultureInfo.InvariantCulture) / (1 << 20);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"memory in MiB",-39}{peak,8:0}"));
    }

    private TenantCopyOptions Options(string target, CopyLayout layout) => new("*", Destination(target)) { Layout = layout };

    private string Destination(string target) => $"Host=127.0.0.1;Port={_port};Database={target};Username=postgres";

    private string[] Arguments(string target) =>
        ["-XqAt", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", $"{_port}", "-U", "postgres", "-d", target];

    private string NewDatabase()
    {
        string name = "b" + Guid.NewGuid().ToString("N");
        _ = Shell.Time("psql", $"CREATE DATABASE {name};\nCHECKPOINT", Arguments("postgres"));
        return name;
    }
}
