using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace PosTenancy.Tests.Support;

/// <summary>The sqlite3 shell: the independent witness. It makes the databases and says what is in them.</summary>
internal static class Shell
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Where the machine has no sqlite3, that of <c>tests/Sqlite3</c> is found in its place.</summary>
    [ModuleInitializer]
    internal static void AddOwnShellToPath() => Environment.SetEnvironmentVariable(
        "PATH",
        Environment.GetEnvironmentVariable("PATH") + Path.PathSeparator + Path.Combine(Repository.Root, "tests", "Sqlite3", "bin"));

    /// <summary>Runs SQL and gives what it prints, a row a line, columns separated by '|'.</summary>
    public static string Sql(string database, string sql)
    {
        (int code, string output, string error) = Run("sqlite3", sql, "-batch", "-bail", database);
        return code == 0 ? output.TrimEnd('\n') : throw new InvalidOperationException($"sqlite3 says: {error}\n{sql}");
    }

    /// <summary>Runs a program to its end.</summary>
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

        // Windows writes a carriage return before each line feed of a text; without it the same test holds on every system.
        static string Lines(string text) => OperatingSystem.IsWindows() ? text.Replace("\r\n", "\n") : text;
    }

    /// <summary>The first of these programs that a folder of a PATH has; <see langword="null"/> if none has one.</summary>
    public static string? Find(string? path, params string[] names) => (path ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => names.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>Starts a program that the test talks to.</summary>
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
