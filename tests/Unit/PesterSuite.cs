using System.Text.Json;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests;

/// <summary>The tests of cmdlets and functions, in a real PowerShell, as one test of this project: so one command runs everything.</summary>
public sealed class PesterSuite(ITestOutputHelper output)
{
    [Fact]
    public void Every_Pester_test_passes()
    {
        (int exitCode, string text, string error) = PowerShell.Run(Script(Path.Combine(Repository.Root, "tests", "Pester")));

        output.WriteLine(text);
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Counts? counts = lines.LastOrDefault()?.StartsWith('{') == true ? JsonSerializer.Deserialize<Counts>(lines[^1]) : null;
        counts.ShouldNotBeNull($"the suite did not come to its end (exit code {exitCode}):\n{text}\n{error}");
        counts.Failed.ShouldBe(0, text);
        counts.Passed.ShouldBeGreaterThan(0, "a suite without tests proves nothing");
    }

    /// <summary>What failed in words, the totals as the last line. A file that could not even be read counts as a failure.</summary>
    private static string Script(string folder) => $$"""
        $ErrorActionPreference = 'Stop'
        Import-Module Pester
        $configuration = New-PesterConfiguration
        $configuration.Run.Path = '{{folder.Replace("'", "''")}}'
        $configuration.Run.PassThru = $true
        $configuration.Output.Verbosity = 'None'
        $run = Invoke-Pester -Configuration $configuration
        $broken = @($run.Failed) + @($run.FailedBlocks) + @($run.FailedContainers)
        foreach ($item in $broken) {
            'FAILED {0}' -f $(if ($item.psobject.Properties['ExpandedPath']) { $item.ExpandedPath } else { $item })
            $item.ErrorRecord | ForEach-Object { $_.Exception.Message; $_.ScriptStackTrace -split '\n' -notmatch 'Pester\.psm?1' } | ForEach-Object { '    ' + $_ }
        }
        foreach ($item in $run.Skipped) { 'SKIPPED {0}' -f $item.ExpandedPath }
        foreach ($file in $run.Containers) { '{0,6:N1} s {1,4} tests  {2}' -f $file.Duration.TotalSeconds, $file.TotalCount, $file.Item.Name }
        '{0} passed, {1} failed, {2} skipped in {3:N0} s' -f $run.PassedCount, $broken.Count, $run.SkippedCount, $run.Duration.TotalSeconds
        [pscustomobject]@{ Passed = $run.PassedCount; Failed = $broken.Count; Skipped = $run.SkippedCount } | ConvertTo-Json -Compress
        """;

    private sealed record Counts(int Passed, int Failed, int Skipped);
}
