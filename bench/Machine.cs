using System.Globalization;
using System.Runtime.InteropServices;

namespace PosTenancy.Bench;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    public static string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {RuntimeInformation.OSDescription}
        {Processor()}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB
        {RuntimeInformation.FrameworkDescription}, sqlite3 {Shell.Output("sqlite3", "--version").Split(' ')[0]}
        """);

    private static string Processor() =>
        File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").First(l => l.StartsWith("model name", StringComparison.Ordinal)).Split(':')[1].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();
}
