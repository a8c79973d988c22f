namespace PosTenancy.Tests.Support;

/// <summary>
/// The PowerShell of <c>tests/Host</c>, built before these tests or published beside them: the same on every machine, with Pester.
/// </summary>
internal static class PowerShell
{
    private static readonly string Program = Shell
        .Find(
            string.Join(
                Path.PathSeparator,
                Path.Combine(AppContext.BaseDirectory, "..", "Host"),
                Path.Combine(Repository.Root, "tests", "Host", "bin")),
            OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh")
        .ShouldNotBeNull("tests/Host is not built");

    /// <summary>Runs it to completion with <c>-Command</c> or <c>-File</c> and their arguments.</summary>
    public static (int ExitCode, string Output, string Error) Run(params string[] arguments) =>
        Shell.Run(Program, null, ["-NoProfile", "-NonInteractive", .. arguments]);
}
