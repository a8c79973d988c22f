using System.Diagnostics;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Faults.Tracing;

/// <summary>This machine's strace, which records the victim's system calls and makes one of them fail.</summary>
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

    /// <summary>Held while a process is started, and while the engine runs in this one.</summary>
    /// <remarks>
    /// Between fork and exec a child has every file of this process open: the engine would take it for another process that uses the
    /// database.
    /// </remarks>
    public static Lock Forking { get; } = new();

    /// <summary>Why tracing is not possible here; <see langword="null"/> if it is.</summary>
    public static string? WhyNot => Found.Value.WhyNot;

    /// <summary>Whether the victim sees no other processes, so that their number does not affect the files that it opens.</summary>
    public static bool IsAlone => Found.Value.Alone.Length > 0;

    /// <summary>Runs the victim until it ends or is killed.</summary>
    /// <param name="log">File for the recorded calls.</param>
    /// <param name="injection">Argument of <c>-e inject=</c>; <see langword="null"/> to inject no fault.</param>
    /// <param name="only">Path that a call must concern for the fault; <see langword="null"/> for any.</param>
    /// <param name="isWhole">Whether the log contains all written bytes, not only their beginning.</param>
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

        // With it only the selected calls cost time; but a signal is then never delivered.
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

        // No interference by the runtime's diagnostics, and no settings of the test run that would affect the victim.
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
