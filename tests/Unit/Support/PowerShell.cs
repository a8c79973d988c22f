namespace PosTenancy.Tests.Support;

/// <summary>The PowerShell of this machine, if it has one that the Pester suite can run in.</summary>
/// <param name="Program">Full path of <c>pwsh</c>; <see langword="null"/> if the suite cannot run.</param>
/// <param name="WhyNot">Why it cannot; <see langword="null"/> if it can.</param>
internal sealed record PowerShell(string? Program, string? WhyNot)
{
    /// <summary>Looks for <c>pwsh</c> in the folders of a PATH, and asks it for Pester 5.</summary>
    public static PowerShell Find(string? path)
    {
        string name = OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh";
        string? program = Shell.Find(path, name);
        if (program is null)
        {
            return new PowerShell(null, $"The Pester suite was not run: no folder of PATH has {name}.");
        }

        (_, string versions, string error) = Shell.Run(
            program, null, "-NoProfile", "-NonInteractive", "-Command", "(Get-Module Pester -ListAvailable).Version.Major");
        return versions.Split('\n', StringSplitOptions.TrimEntries).Contains("5")
            ? new PowerShell(program, null)
            : new PowerShell(null, $"The Pester suite was not run: {program} has no Pester 5. {error}".TrimEnd());
    }
}
