using System.Globalization;
using PosTenancy.Bench;

// Every figure is printed beside that of the sqlite3 shell (or cp, or sha256sum) for the same work, alternating in one run on one machine:
// the ratios are the result, not the seconds.
string folder = Directory.CreateTempSubdirectory("postenancy-bench-").FullName;
try
{
    switch (args)
    {
        case ["store", string size] when TryParse(size, out long bytes):
            StoreBench.Run(folder, bytes, rounds: bytes > 2_000_000_000 ? 1 : 3);
            return 0;
        case ["schema"]:
            SchemaBench.Run(folder);
            return 0;
        case ["generated", string path]:
            SchemaBench.CreateGenerated(path);
            return 0;
        case ["rebuild"]:
            RebuildBench.Run(folder, rows: 1_000_000);
            return 0;
        case ["queries"]:
            QueryBench.Run(folder, sales: 1_000_000);
            return 0;
        default:
            return 2;
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

// "160MB", "8GB": decimal units.
static bool TryParse(string size, out long bytes)
{
    long unit = size.EndsWith("GB", StringComparison.OrdinalIgnoreCase) ? 1_000_000_000
        : size.EndsWith("MB", StringComparison.OrdinalIgnoreCase) ? 1_000_000
        : 0;
    bool isNumber = long.TryParse(size.AsSpan(0, Math.Max(0, size.Length - 2)), CultureInfo.InvariantCulture, out long number);
    bytes = number * unit;
    return isNumber && bytes > 0;
}
