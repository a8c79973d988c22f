using System.Diagnostics;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Faults.Tracing;

/// <summary>The strace of this machine: it writes down what the victim asks of the system, and makes one call of it go wrong.</summary>
internal static class Strace
{
    /// <summary>Every call that can change what is on a disk.</summary>
    private const string Calls =
        "pwrite64,pwritev,write,writev,fsync,fdatasync,sync_file_range,ftruncate,truncate,fallocate,openat,open,creat,"
        + "copy_file_range,sendfile,"
        + "rename,renameat,renameat2,link,linkat,unlink,unlinkat,symlink,symlinkat,mkdir,mkdirat,rmdir,"
        + "chmod,fchmod,fchmodat,chown,fchown,fchownat,utimensat";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly Lazy<(string[] Alone, string? WhyNot)> Found = new(Find);

    /// <summary>Held by whoever starts a process, and by whoever runs the engine in this one.</summary>
    /// <remarks>
    /// Between fork and exec a child has every file open that this process has: to the engine it would be somebody who is at work on
    /// the database.
    /// </remarks>
    public static Lock Forking { get; } = new();

    /// <summary>Why nothing can be traced here; <see langword="null"/> if it can.</summary>
    public static string? WhyNot => Found.Value.WhyNot;

    /// <summary>Whether the victim sees no other processes, so that their number does not count among the files that it opens.</summary>
    public static bool IsAlone => Found.Value.Alone.Length > 0;

    /// <summary>Runs the victim to its end, or to the end that is made for it.</summary>
    /// <param name="log">Where the calls are written to.</param>
    /// <param name="injection">What <c>-e inject=</c> takes; <see langword="null"/> to make nothing go wrong.</param>
    /// <param name="only">The path that a call must concern to be made go wrong; <see langword="null"/> for any.</param>
    /// <param name="isWhole">Whether everything that is written is in the log, and not its beginning alone.</param>
    /// <param name="command">The victim's arguments.</param>
    public static VictimRun Run(string log, string? injection, string? only, bool isWhole, params string[] command)
    {
        List<string> arguments =
        [
            .. Found.Value.Alone,
            "strace",
            "-f",
            "-y",
            "-qq",
            "-xx",
            "-s",
            isWhole ? "4000000" : "64",
            "-e",
            "trace=" + Calls,
            "-e",
            "signal=none",
            "-o",
            log,
        ];
        if (injection is not null)
        {
            arguments.AddRange(["-e", "inject=" + injection]);
        }

        if (only is not null)
        {
            arguments.AddRange(["-P", only]);
        }

        // With it only the calls that are asked for cost time; but a signal is then never delivered.
        if (injection?.Contains("signal", StringComparison.Ordinal) != true)
        {
            arguments.Add("--seccomp-bpf");
        }

        arguments.Add(Path.Combine(AppContext.BaseDirectory, "PosTenancy.Tests.Faults.Victim"));
        arguments.AddRange(command);
        (int code, string output, string error) = Execute([.. arguments]);
        return VictimRun.From(code, output, error, TraceLog.Read(log));
    }

    private static (string[] Alone, string? WhyNot) Find()
    {
        if (!OperatingSystem.IsLinux())
        {
            return ([], "Faults are injected with strace, which only Linux has.");
        }

        string? path = Environment.GetEnvironmentVariable("PATH");
        if (Shell.Find(path, "strace") is null)
        {
            return ([], "No folder of PATH has strace, with which faults are injected.");
        }

        string log = Path.GetTempFileName();
        try
        {
            string[] probe =
            [
                "strace",
                "-f",
                "--seccomp-bpf",
                "-e",
                "trace=openat",
                "-e",
                "inject=rename:error=EIO:when=1",
                "-o",
                log,
                "true",
            ];
            if (Execute(probe) is { Code: not 0 } failed)
            {
                return ([], "strace cannot trace a process here: " + failed.Error.Trim());
            }

            string[][] ways =
            [
                ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"],
                ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc"],
            ];
            return (
                Shell.Find(path, "unshare") is null ? [] : ways.FirstOrDefault(way => Execute([.. way, .. probe]).Code == 0) ?? [],
                null);
        }
        finally
        {
            File.Delete(log);
        }
    }

    private static (int Code, string Output, string Error) Execute(string[] command)
    {
        ProcessStartInfo start = new(command[0]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }

        // Nothing of the runtime's own that would come between, and nothing of a test run that wants to be part of the victim.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["TERM"] = "dumb";
        Process process;
        lock (Forking)
        {
            process = Process.Start(start)!;
        }

        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"The victim did not end: {string.Join(' ', command)}");
            }

            return (process.ExitCode, output.Result, error.Result);
        }
    }
}
