using System.Text.Json;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Builds;

/// <summary>
/// The tests of cmdlets and functions, in a real PowerShell, as one test of this project, so that one command runs everything. They test
/// the package, installed as a user would; on Windows, and without an SDK, the module of the checkout.
/// </summary>
public sealed class PesterSuite(ITestOutputHelper output) : TestFolder
{
    [Fact]
    public async Task Every_Pester_test_passes()
    {
        string suite = Path.Combine(Repository.Root, "tests", "Pester", "Invoke-Suite.ps1");
        string[] arguments = ["-File", suite, "-ClaimFolder", Subfolder("claims"), .. Install()];
        Totals[] halves = await Task.WhenAll(Task.Run(() => Run(arguments)), Task.Run(() => Run(arguments)));

        TestLists.WriteSkipped("Pester", [.. halves.SelectMany(h => h.Skipped).Select(s => (s.Test, s.Reason))]);
        TestLists.WriteSlowest("Pester", halves.SelectMany(h => h.Slowest).Select(s => (s.Test, s.Seconds)));
        halves.Sum(h => h.Failed).ShouldBe(0, string.Concat(halves.Select(h => h.Text)));
        halves.Sum(h => h.Passed).ShouldBeGreaterThan(0, "a suite without tests proves nothing");
        output.WriteLine($"{halves.Sum(h => h.Passed)} passed, {halves.Sum(h => h.Skipped.Length)} skipped");
    }

    /// <summary>Installs the package and returns the arguments that name it.</summary>
    private string[] Install()
    {
        if (OperatingSystem.IsWindows() || Shell.Find(Environment.GetEnvironmentVariable("PATH"), "dotnet") is not { } dotnet)
        {
            return [];
        }

        // The PowerShell of the tests cannot install: its packages have no PSResourceGet.
        string folder = Subfolder("package");
        string script = Path.Combine(Repository.Root, "tests", "Pester", "Install-Package.ps1");
        (int restored, string said, string complaint) = Dotnet("tool", "restore");
        restored.ShouldBe(0, said + complaint);
        (int exitCode, string text, string error) = Dotnet(
            "tool", "run", "pwsh", "--", "-NoProfile", "-NonInteractive", "-File", script, "-Folder", folder);
        exitCode.ShouldBe(0, text + error);
        return ["-Package", Path.Combine(folder, "artifacts"), "-Module", text.TrimEnd().Split('\n')[^1]];

        // A build server outlives the build and keeps its output open.
        (int ExitCode, string Output, string Error) Dotnet(params string[] arguments)
        {
            string[] environment = ["-u", "PSModulePath", "-C", Repository.Root, "MSBUILDDISABLENODEREUSE=1", "UseSharedCompilation=false"];
            return Shell.Run("env", null, [.. environment, dotnet, .. arguments]);
        }
    }

    private string Subfolder(string name) => Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;

    private Totals Run(string[] arguments)
    {
        (int exitCode, string text, string error) = PowerShell.Run(arguments);
        output.WriteLine(text);
        string last = text.TrimEnd().Split('\n')[^1];
        Totals? totals = last.StartsWith('{') ? JsonSerializer.Deserialize<Totals>(last) : null;
        return totals.ShouldNotBeNull($"the suite did not come to its end (exit code {exitCode}):\n{text}\n{error}") with { Text = text };
    }

    private sealed record Totals(int Passed, int Failed, SkippedTest[] Skipped, SlowTest[] Slowest, string Text = "");

    private sealed record SkippedTest(string Test, string Reason);

    private sealed record SlowTest(string Test, decimal Seconds);
}
