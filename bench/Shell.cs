using System.Diagnostics;

namespace PosTenancy.Bench;

/// <summary>The programs that we are measured against.</summary>
internal static class Shell
{
    /// <summary>Runs a program and gives the wall time from its start to its end.</summary>
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
