using System.Diagnostics;
using System.Globalization;
using PosTenancy;
using PosTenancy.Bench;
using PosTenancy.Engine.Migration;

// Every figure is printed beside that of the sqlite3 shell (or cp, or sha256sum) for the same work, alternating in one run on one machine:
// the ratios are the result, not the seconds.
if (args is ["idle" or "upgrade", string path])
{
    return Peak(args[0] == "upgrade", path);
}

if (args is ["import-peak", string hq, string store])
{
    return ImportBench.Peak(hq, store);
}

if (args is ["change-peak", string change, string changed, string export])
{
    return ChangeBench.Peak(change, changed, export);
}

if (args is ["postgres-peak", string source, string target])
{
    return PostgresBench.Peak(source, target);
}

string folder = Directory.CreateTempSubdirectory("postenancy-bench-").FullName;
try
{
    switch (args)
    {
        case ["rebuild"]:
            RebuildBench.Run(folder, rows: 1_000_000);
            return 0;
        case ["import", string size, .. { Length: <= 1 } each] when Parse(size) > 0:
            ImportBench.Run(folder, Parse(size), each.Length == 0 ? 8_000_000 : Parse(each[0]));
            return 0;
        case ["changes", string size] when Parse(size) > 0:
            ChangeBench.Run(folder, Parse(size));
            return 0;
        case ["postgres", string size] when Parse(size) > 0:
            PostgresBench.Run(folder, Parse(size));
            return 0;
        case ["statements"]:
            StatementBench.Run(folder, count: 1000);
            return 0;
        case ["guard"]:
            GuardBench.Run(folder, rows: 100_000, commits: 300);
            return 0;
        case ["queries"]:
            QueryBench.Run(folder, sales: 1_000_000);
            return 0;
        case ["queries", string sales] when int.TryParse(sales, out int count) && count >= 1000:
            QueryBench.Run(folder, count);
            return 0;
        case [string sizes, ..] when sizes.Split(',').All(size => Parse(size) > 0):
            All([.. sizes.Split(',').Select(Parse)], args[1..]);
            return 0;
        default:
            Console.Error.WriteLine("usage: bench size[,size] [manifest program [argument]]");
            Console.Error.WriteLine("                              upgrades of stores of these sizes (160MB,8GB), with all that has a");
            Console.Error.WriteLine("                              target, and the module in that PowerShell");
            Console.Error.WriteLine("       bench import size [size]  a store of this size brought into a database of 0 and of 20 stores");
            Console.Error.WriteLine("       bench changes size     a tenant of this size renamed, restored, removed and erased");
            Console.Error.WriteLine("       bench postgres size    a store of this size copied to PostgreSQL");
            Console.Error.WriteLine("       bench statements       1,000 statements of an application");
            Console.Error.WriteLine("       bench guard            writes on a connection with and without the guard");
            Console.Error.WriteLine("       bench rebuild          a table of 1,000,000 rows rebuilt for a key per tenant");
            Console.Error.WriteLine(
                "       bench queries [sales]  queries before and after, with each index strategy, with and without ANALYZE");
            return 2;
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

void All(IReadOnlyList<long> sizes, IReadOnlyList<string> module)
{
    Console.WriteLine(Machine.Describe());
    (TimeSpan Ours, TimeSpan ByHand)[] stores = [.. sizes.Select(size => StoreBench.Run(folder, size))];
    for (int i = 1; i < stores.Length; i++)
    {
        double growth = stores[i].Ours / stores[i - 1].Ours / (stores[i].ByHand / stores[i - 1].ByHand);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"\ngrowth of the upgrade / that by hand{growth,32:0.00}  {Figures.Verdict(growth, 1.1)}"));
    }

    IReadOnlyList<TimeSpan> byHand = StoreBench.RunSample(folder, rounds: 9);
    SchemaBench.Run(folder);
    if (module.Count > 1)
    {
        new PowerShellBench(folder, [.. module.Skip(1)], module[0]).Run(byHand);
    }
}

static int Peak(bool upgrades, string database)
{
    if (upgrades && GuardedUpgrade.Run(database, new UpgradeOptions(new MigrationOptions("caps-automotive"))).Error is { } error)
    {
        Console.Error.WriteLine(error.Message);
        return 1;
    }

    using Process self = Process.GetCurrentProcess();
    Console.WriteLine(self.PeakWorkingSet64.ToString(CultureInfo.InvariantCulture));
    return 0;
}

// "160MB", "8GB": decimal units; 0 if it is something else.
static long Parse(string size)
{
    long unit = size.EndsWith("GB", StringComparison.OrdinalIgnoreCase) ? 1_000_000_000
        : size.EndsWith("MB", StringComparison.OrdinalIgnoreCase) ? 1_000_000
        : 0;
    return long.TryParse(size.AsSpan(0, Math.Max(0, size.Length - 2)), CultureInfo.InvariantCulture, out long number) ? number * unit : 0;
}
