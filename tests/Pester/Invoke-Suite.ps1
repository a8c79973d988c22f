<#
.SYNOPSIS
Runs the test files in this folder. Prints each failure, the seconds of each file, and the totals as JSON in the last line.
.DESCRIPTION
Two processes with the same -ClaimFolder share the files: each takes the next file that the other has not claimed. -Package is the folder of
a package that Install-Package.ps1 made, and -Module what it installed: without them the module of the checkout is tested.
#>
param([string] $ClaimFolder, [string] $Package, [string] $Module)

$ErrorActionPreference = 'Stop'
$env:POSTENANCY_PACKAGE = $Package
$env:POSTENANCY_MODULE = $Module
Import-Module -Name (Join-Path $PSHOME 'Modules/Pester')

$passed = 0
$slow = [System.Collections.Generic.List[object]]::new()
$failed = 0
$skipped = foreach ($file in Get-ChildItem -Path $PSScriptRoot -Filter *.Tests.ps1) {
    try {
        [System.IO.File]::Open((Join-Path $ClaimFolder $file.Name), 'CreateNew').Dispose()
    } catch [System.IO.IOException] {
        continue
    }

    $configuration = New-PesterConfiguration
    $configuration.Run.Path = $file.FullName
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = 'None'
    $run = Invoke-Pester -Configuration $configuration

    # A file that could not be loaded counts as a failure.
    $broken = @($run.Failed) + @($run.FailedBlocks) + @($run.FailedContainers)
    foreach ($item in $broken) {
        'FAILED {0}' -f $(if ($item.psobject.Properties['ExpandedPath']) { $item.ExpandedPath } else { $item }) | Out-Host
        foreach ($record in $item.ErrorRecord) {
            @($record.Exception.Message) + @($record.ScriptStackTrace -split '\n' -notmatch 'Pester\.psm?1') |
                ForEach-Object { "    $_" } | Out-Host
        }
    }

    '{0,6:N1} s {1,4} tests  {2}' -f $run.Duration.TotalSeconds, $run.TotalCount, $file.Name | Out-Host
    $passed += $run.PassedCount
    $failed += $broken.Count
    $withoutResult = $run.TotalCount - $run.PassedCount - $run.FailedCount - $run.SkippedCount
    if ($withoutResult) {
        "FAILED $($file.Name): $withoutResult tests neither passed, failed, nor were skipped" | Out-Host
        $failed += $withoutResult
    }

    foreach ($item in $run.Passed) {
        $slow.Add(@{ Test = $item.ExpandedPath; Seconds = [math]::Round($item.Duration.TotalSeconds, 2) })
    }

    foreach ($item in $run.Skipped) {
        # Set-ItResult gives a reason; -Skip marks tests for another system.
        $reason = if ($item.ErrorRecord) {
            "$($item.ErrorRecord[0])" -replace '^is skipped, because '
        } else {
            'these tests are for another system'
        }
        @{ Test = $item.Path -join '.'; Reason = $reason }
    }
}

$slowest = $slow | Sort-Object { $_.Seconds } -Descending | Select-Object -First 10
@{ Passed = $passed; Failed = $failed; Skipped = @($skipped); Slowest = @($slowest) } | ConvertTo-Json -Compress -Depth 3
