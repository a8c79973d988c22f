using System.Diagnostics;

namespace PosTenancy.Bench;

/// <summary>Wall times of our work, and of the programs that it is compared with.</summary>
internal static class Shell
{
    /// <summary>Does some work and returns its wall time.</summary>
    public static TimeSpan Time(Action work)
    {
        Stopwatch watch = Stopwatch.StartNew();
        work();
        return watch.Elapsed;
    }

    /// <summary>Runs a program and returns its wall time.</summary>
    public static TimeSpan Time(string program, string? input, params IReadOnlyList<string> arguments)
    {
        Stopwatch watch = Stopwatch.StartNew();
        _ = Run(program, input, arguments);
        return watch.Elapsed;
    }

    /// <summary>Runs a program and returns what it printed.</summary>
    public static string Output(string program, params IReadOnlyList<string> arguments) => Run(program, input: null, arguments);

    private static string Run(string program, string? input, IReadOnlyList<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }
}
