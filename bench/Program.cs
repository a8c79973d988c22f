using PosTenancy.Bench;

// Every figure is printed beside that of the sqlite3 shell (or cp, or sha256sum) for the same work, alternating in one run on one machine:
// the ratios are the result, not the seconds.
string folder = Directory.CreateTempSubdirectory("postenancy-bench-").FullName;
try
{
    switch (args)
    {
        case []:
            SampleBench.Run(folder, rounds: 21);
            return 0;
        case ["large"]:
            LargeBench.Run(folder, sales: 1_000_000);
            return 0;
        case ["large", string sales] when int.TryParse(sales, out int count) && count > 0:
            LargeBench.Run(folder, count);
            return 0;
        case ["upgrade", string sales] when int.TryParse(sales, out int count) && count > 0:
            UpgradeBench.Run(folder, count);
            return 0;
        case ["rebuild"]:
            RebuildBench.Run(folder, rows: 1_000_000);
            return 0;
        case ["queries"]:
            QueryBench.Run(folder, sales: 1_000_000);
            return 0;
        case ["queries", string sales] when int.TryParse(sales, out int count) && count >= 1000:
            QueryBench.Run(folder, count);
            return 0;
        default:
            Console.Error.WriteLine("usage: bench                  the sample store, 21 rounds");
            Console.Error.WriteLine("       bench large [sales]    a store with that many sales (1,000,000), stage by stage");
            Console.Error.WriteLine("       bench upgrade sales    a whole upgrade of a store with that many sales, and the same by hand");
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
