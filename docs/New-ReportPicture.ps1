#requires -Version 7
<#
.SYNOPSIS
Makes the picture of a report for README.md: upgrades the sample store, and photographs its HTML report with Chromium.
.DESCRIPTION
Needs a built module, a Chromium or Chrome, and a sqlite3 shell or the one that the build makes in tests/Sqlite3.
.EXAMPLE
tests/Host/bin/pwsh -NoProfile docs/New-ReportPicture.ps1
#>
[CmdletBinding()]
param(
    [string] $Path = (Join-Path $PSScriptRoot 'images/report.png'),

    # The folder of the store, whose path is in the picture. It is created, and removed at the end.
    [string] $Folder = '/tmp/shop'
)

$ErrorActionPreference = 'Stop'
$root = Split-Path $PSScriptRoot
$Path = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Path)
$Folder = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Folder)
$programs = 'chromium', 'chromium-browser', 'google-chrome', 'chrome', 'msedge'
$browser = Get-Command -Name $programs -CommandType Application -ErrorAction Ignore | Select-Object -First 1
if (-not $browser) {
    throw "No Chromium is installed: none of $($programs -join ', ') was found."
}

if (-not (Get-Command -Name sqlite3 -CommandType Application -ErrorAction Ignore)) {
    $env:PATH += [System.IO.Path]::PathSeparator + (Join-Path $root 'tests/Sqlite3/bin')
}

# The report is longer than a picture: show its beginning and the list of its checks, without their details.
$excerpt = @'
<style>
main > h2:nth-of-type(2), main > h2:nth-of-type(2) ~ * { display: none; }
main > h2:nth-of-type(5), main > h2:nth-of-type(5) + p, main > h2:nth-of-type(5) ~ h3 { display: revert; margin: .35rem 0; }
main > h2:nth-of-type(5) { margin-top: 2rem; }
main > h2:nth-of-type(6), main > h2:nth-of-type(6) ~ * { display: none !important; }
</style>
'@

Import-Module (Join-Path $root 'PosTenancy.psd1')
$null = New-Item -ItemType Directory -Path (Split-Path $Path) -Force
$null = New-Item -ItemType Directory -Path $Folder
try {
    $database = Join-Path $Folder 'pos.db'
    Get-Content -LiteralPath "$root/samples/pos-store/schema.sql", "$root/samples/pos-store/seed.sql" | sqlite3 -batch -bail $database
    $report = Join-Path $Folder 'report.html'
    $result = Invoke-PosTenantUpgrade -LiteralPath $database -TenantId my-shop -ReportPath $report -Confirm:$false

    $html = (Get-Content -LiteralPath $report -Raw).Replace('</head>', "$excerpt</head>")
    if ($html -notmatch '(?s)(<h2>.*?){4}<h2>Verification Results</h2>') {
        throw 'The fifth section of the report is not the one of the checks: change the selectors of the excerpt.'
    }

    Set-Content -LiteralPath $report -Value $html
    $arguments = '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--force-device-scale-factor=1',
        '--window-size=860,1080', "--user-data-dir=$Folder/browser", "--screenshot=$Path", [uri]::new($report).AbsoluteUri
    $output = & $browser.Source @arguments 2>&1
    if ($LASTEXITCODE -or -not (Test-Path -LiteralPath $Path)) {
        throw "$($browser.Source) made no picture: $($output | Select-Object -Last 1)"
    }
} finally {
    Remove-Item -LiteralPath $Folder -Recurse -Force
}

"$($result.Status): $Path, $((Get-Item -LiteralPath $Path).Length) bytes"
