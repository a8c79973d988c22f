using System.Diagnostics;

namespace PosTenancy.Bench;

/// <summary>The programs used for comparison.</summary>
internal static class Shell
{
    /// <summary>Runs a program and returns its wall time.</summary>
    public static TimeSpan Time(string program, string? input, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Stopwatch watch = Stopwatch.StartNew();
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? watch.Elapsed : throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }
}
