using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace PosTenancy.Tests.Support;

/// <summary>The sqlite3 shell, the independent witness: it creates the databases and reads them.</summary>
internal static class Shell
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Adds the substitute of <c>tests/Sqlite3</c> to the PATH, for machines without sqlite3.</summary>
    [ModuleInitializer]
    internal static void AddOwnShellToPath() => Environment.SetEnvironmentVariable(
        "PATH",
        Environment.GetEnvironmentVariable("PATH") + Path.PathSeparator + Path.Combine(Repository.Root, "tests", "Sqlite3", "bin"));

    /// <summary>Runs SQL and returns its output: one row per line, columns separated by '|'.</summary>
    public static string Sql(string database, string sql)
    {
        (int code, string output, string error) = Run("sqlite3", sql, "-batch", "-bail", database);
        return code == 0 ? output.TrimEnd('\n') : throw new InvalidOperationException($"sqlite3 says: {error}\n{sql}");
    }

    /// <summary>Runs a program to completion.</summary>
    public static (int ExitCode, string Output, string Error) Run(string program, string? input, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input ?? "");
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.SkipWhen(program == "sqlite3" && process.ExitCode == 64, error.Result.Trim());
        return (process.ExitCode, Lines(output.Result), Lines(error.Result));

        // Windows writes a carriage return before each line feed; removing it makes the same test pass on every system.
        static string Lines(string text) => OperatingSystem.IsWindows() ? text.Replace("\r\n", "\n") : text;
    }

    /// <summary>Full path of the first of these programs found in a PATH; <see langword="null"/> if there is none.</summary>
    public static string? Find(string? path, params string[] names) => (path ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => names.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>Starts a program with which the test communicates.</summary>
    public static Process Start(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Utf8,
            StandardOutputEncoding = Utf8,
            StandardErrorEncoding = Utf8,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
