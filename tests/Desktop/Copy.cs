using PosTenancy.Postgres;

namespace PosTenancy.Tests.Desktop;

/// <summary>Copies a database to PostgreSQL, compares it, and exports it from there to the folder of the database.</summary>
internal static class Copy
{
    /// <summary>Prints a line for each result. Returns 0 if there is no error.</summary>
    /// <param name="args">The database, the destination, the layout, and a column that is carried as text.</param>
    public static int Run(string[] args)
    {
        TenantCopyOptions options = new("*", args[1])
        {
            Layout = (CopyLayout)Enum.Parse(typeof(CopyLayout), args[2]),
            Conversion = new Dictionary<string, ValueConversion>(StringComparer.Ordinal) { [args[3]] = ValueConversion.Text },
        };
        TenantCopyResult result = TenantCopy.Run(args[0], options)[0];
        Console.WriteLine($"copy: {result.Status} {result.Rows} {result.Error?.Message}");
        if (result.Error is not null)
        {
            return 1;
        }

        Console.WriteLine($"checks: {string.Join(" ", result.Checks.Select(c => c.Status).Distinct())}");
        foreach (TenantDifference difference in TargetComparison.Run(args[0], options).Differences)
        {
            Console.WriteLine($"difference: {difference.Table} {difference.Column} {difference.Left} {difference.Right}");
        }

        TargetExportOptions back = new(result.TenantId, args[1], Path.GetDirectoryName(args[0])!);
        Console.WriteLine($"export: {TargetExport.Create(back).Rows}");
        return 0;
    }
}
