<#
.SYNOPSIS
Builds, tests, packages or measures PosTenancy. Works in PowerShell 7 and in Windows PowerShell 5.1; needs the .NET SDK.
.EXAMPLE
./build.ps1 -Task Test
.EXAMPLE
./build.ps1 -Task Package
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'TestWindows', 'Soak', 'Package', 'Bench')]
    [string] $Task = 'Build',

    # The sizes of the stores to measure, such as 10MB or 8GB; how the time grows is measured from each to the next.
    [ValidatePattern('^[1-9]\d{0,3}[MG]B(,[1-9]\d{0,3}[MG]B)*$')]
    [string[]] $Size = '160MB',

    # Run only the Windows tests of Windows-specific behaviour: a few minutes.
    [switch] $Short,

    # Packages and soak tests default to Release.
    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = $(if ($Task -in 'Package', 'Soak') { 'Release' } else { 'Debug' }),

    # The folder for packages and test results.
    [string] $Artifacts = (Join-Path $PSScriptRoot 'artifacts')
)

$ErrorActionPreference = 'Stop'
$Artifacts = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Artifacts)

function Invoke-Program {
    # PowerShell 5.1 continues after a program that failed.
    param([string] $Program, [string[]] $ArgumentList)

    & $Program @ArgumentList | Out-Host
    if ($LASTEXITCODE) {
        throw "'$Program $ArgumentList' ended with exit code $LASTEXITCODE."
    }
}

function Get-PowerShell {
    # The program of the running PowerShell. As a .NET tool it runs in "dotnet", which needs the path of pwsh.dll.
    $program = (Get-Process -Id $PID).Path
    $program
    if ([System.IO.Path]::GetFileNameWithoutExtension($program) -eq 'dotnet') {
        Join-Path $PSHOME 'pwsh.dll'
    }
}

function Invoke-PowerShell {
    # Starts another process of the running PowerShell.
    param([string[]] $ArgumentList)

    $powerShell = @(Get-PowerShell)
    Invoke-Program $powerShell[0] (@($powerShell | Select-Object -Skip 1) + $ArgumentList)
}

function New-Archive {
    # Compress-Archive is missing in some PowerShell 7 installations, and in 5.1 it writes paths with backslashes.
    param([string] $Path, [string] $Folder)

    Add-Type -AssemblyName System.IO.Compression, System.IO.Compression.FileSystem
    Remove-Item -LiteralPath $Path -ErrorAction Ignore
    $above = (Split-Path $Folder).Length + 1
    $archive = [System.IO.Compression.ZipFile]::Open($Path, 'Create')
    try {
        [string[]] $names = Get-ChildItem -LiteralPath $Folder -Recurse -File -Force |
            ForEach-Object { $_.FullName.Substring($above).Replace('\', '/') }
        [array]::Sort($names, [System.StringComparer]::Ordinal)
        foreach ($name in $names) {
            $null = [System.IO.Compression.ZipFileExtensions]::CreateEntryFromFile($archive, (Join-Path (Split-Path $Folder) $name), $name)
        }
    } finally {
        $archive.Dispose()
    }
}

function Set-ArchiveTime {
    # The times of files and of the build would make two packages of the same content differ. An archive cannot hold a time before 1980.
    param([string] $Path)

    Add-Type -AssemblyName System.IO.Compression, System.IO.Compression.FileSystem
    $archive = [System.IO.Compression.ZipFile]::Open($Path, 'Update')
    try {
        foreach ($entry in $archive.Entries) {
            $entry.LastWriteTime = [System.DateTimeOffset]::new(1980, 1, 1, 0, 0, 0, [timespan]::Zero)
        }
    } finally {
        $archive.Dispose()
    }
}

function Invoke-Test {
    $results = Join-Path $Artifacts "test-results/$(Get-Date -Format yyyyMMdd-HHmmss)"
    Invoke-Program dotnet 'test', '--configuration', $Configuration, '--collect', 'XPlat Code Coverage', '--results-directory', $results
    $report = Get-ChildItem -Path $results -Recurse -Filter coverage.cobertura.xml | Select-Object -First 1
    $engine = ([xml](Get-Content -LiteralPath $report.FullName -Raw)).coverage.packages.package | Where-Object name -eq 'PosTenancy.Engine'
    'Line coverage of the engine: {0:P1}' -f [double]::Parse($engine.'line-rate', [cultureinfo]::InvariantCulture)
}

function Invoke-Soak {
    # Tests that cover a selection of points, databases or mutations cover all of them, or many more: hours, not minutes.
    $before = $env:POSTENANCY_SOAK
    $env:POSTENANCY_SOAK = '1'
    try {
        Invoke-Program dotnet 'test', '--configuration', $Configuration
    } finally {
        $env:POSTENANCY_SOAK = $before
    }
}

function Invoke-WindowsProgram {
    # Runs a Windows program, on Windows or under Wine.
    param([string] $Program, [string[]] $ArgumentList)

    if ([System.IO.Path]::DirectorySeparatorChar -eq '\') {
        Invoke-Program $Program $ArgumentList
    } else {
        Invoke-Program bash (@('tests/Windows/wine.sh', $Program) + $ArgumentList)
    }
}

function Invoke-TestWindows {
    # Publishes the tests and their PowerShell for Windows and runs them. Elsewhere they run under the Wine that make-wine.sh installed.
    $windows = Join-Path $Artifacts 'windows'
    $build = Join-Path $windows 'build'
    $quiet = '--configuration', $Configuration, '--nologo', '-verbosity:quiet'
    Invoke-Program dotnet (@('build', 'src/PosTenancy.Help') + $quiet)
    foreach ($project in 'Unit', 'Host', 'Faults/Victim') {
        $output = Join-Path $windows (Split-Path $project -Leaf)
        $publish = 'publish', "tests/$project", '--runtime', 'win-x64', '--self-contained', '--artifacts-path', $build, '--output', $output
        Invoke-Program dotnet ($publish + $quiet + '-property:RunAnalyzers=false' +
            @(if ($project -eq 'Host') { "-property:OutputPath=$build/host/" }))

        # Wine's own Restart Manager never reports a process; Windows has a real one.
        $wine = if ($env:POSTENANCY_WINE) { $env:POSTENANCY_WINE } else { Join-Path $PSScriptRoot 'artifacts/wine' }
        $restartManager = Join-Path $wine 'bin/rstrtmgr.dll'
        if ([System.IO.Path]::DirectorySeparatorChar -eq '/' -and (Test-Path -LiteralPath $restartManager)) {
            Copy-Item -LiteralPath $restartManager -Destination $output
        }
    }

    $pwsh = Join-Path $windows 'Host/pwsh.exe'
    if ($Short) {
        Invoke-WindowsProgram (Join-Path $windows 'Unit/PosTenancy.Tests.Unit.exe') '-trait', 'Windows=Short'
        Invoke-WindowsProgram $pwsh '-NoProfile', '-NonInteractive', '-File', 'tests/Windows/pester.ps1', 'Module', 'InUse'
    } else {
        Invoke-WindowsProgram (Join-Path $windows 'Unit/PosTenancy.Tests.Unit.exe')
        Invoke-WindowsProgram $pwsh '-NoProfile', '-NonInteractive', '-File', 'tests/Windows/pester.ps1', '*'
    }

    # Load the build for Windows PowerShell 5.1 in PowerShell 7: the closest test of 5.1 that is possible without it.
    $desktop = Join-Path $windows 'Desktop'
    New-Item -ItemType Directory -Path $desktop -Force | Out-Null
    Copy-Item -Path 'PosTenancy.psd1', 'module' -Destination $desktop -Recurse -Force
    $script = Join-Path $desktop 'module/PosTenancy.psm1'
    (Get-Content -LiteralPath $script -Raw).Replace("'net8.0'", "'netstandard2.0'") | Set-Content -LiteralPath $script
    $manifest = Join-Path $desktop 'PosTenancy.psd1'
    $env:POSTENANCY_MODULE = if ($manifest[0] -eq '/') { 'Z:' + $manifest.Replace('/', '\') } else { $manifest }
    try {
        $files = 'Backup-PosDatabase', 'Restore-PosDatabase'
        Invoke-WindowsProgram $pwsh (@('-NoProfile', '-NonInteractive', '-File', 'tests/Windows/pester.ps1') + $files)
    } finally {
        $env:POSTENANCY_MODULE = $null
    }
}

function Measure-Upgrade {
    # Measures beside the sqlite3 shell, cp, sha256sum and openssl, and the built module in this PowerShell.
    Invoke-Program dotnet 'build', 'src/PosTenancy.Cmdlets', '--configuration', 'Release', '--nologo', '-verbosity:quiet'
    $bench = @(($Size -join ','), (Join-Path $PSScriptRoot 'PosTenancy.psd1')) + @(Get-PowerShell)
    Invoke-Program dotnet (@('run', '--configuration', 'Release', '--project', 'bench', '--') + $bench)
}

function New-Manifest {
    # The manifest of the package: that of the checkout, with the public address, if there is one.
    param([string] $Path, [string] $ProjectUri)

    $text = [System.IO.File]::ReadAllText((Join-Path $PSScriptRoot 'PosTenancy.psd1'))
    if ($ProjectUri) {
        $links = "ProjectUri   = '$ProjectUri'", "LicenseUri   = '$ProjectUri/blob/main/LICENSE'"
        $text = $text.Replace('        PSData = @{', "        PSData = @{`n            $($links -join "`n            ")")
    }

    [System.IO.File]::WriteAllText($Path, $text)
}

function New-GalleryPackage {
    # The .nupkg that Publish-PSResource takes. The tags tell Find-PSResource what is in it.
    param([hashtable] $Manifest, [string] $Version, [string] $Folder, [string] $ProjectUri)

    $data = $Manifest.PrivateData.PSData
    $cmdlets = 'PSIncludes_Cmdlet', $Manifest.CmdletsToExport.ForEach({ "PSCmdlet_$_", "PSCommand_$_" })
    $functions = 'PSIncludes_Function', $Manifest.FunctionsToExport.ForEach({ "PSFunction_$_", "PSCommand_$_" })
    $tags = @($data.Tags) + 'PSModule' + $cmdlets + $functions | ForEach-Object { $_ }
    $link = if ($ProjectUri) { "<projectUrl>$ProjectUri</projectUrl>" }
    $specification = Join-Path $Artifacts 'PosTenancy.nuspec'
    Set-Content -LiteralPath $specification -Encoding UTF8 -Value @"
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata>
    <id>PosTenancy</id>
    <version>$Version</version>
    <authors>$($Manifest.Author)</authors>
    <copyright>$($Manifest.Copyright)</copyright>
    <description>$($Manifest.Description)</description>
    <releaseNotes>$($data.ReleaseNotes)</releaseNotes>
    <license type="expression">MIT</license>
    $link
    <readme>README.md</readme>
    <tags>$($tags -join ' ')</tags>
  </metadata>
  <files><file src="$Folder/**" target="" /></files>
</package>
"@

    # NuGet warns about each assembly and script that is not in one of its own folders; PowerShell has no such folders. In 5.1 a line of a
    # program's error stream would be an error.
    $ErrorActionPreference = 'Continue'
    $output = dotnet pack $specification --output $Artifacts 2>&1
    if ($LASTEXITCODE) {
        throw "dotnet pack ended with exit code ${LASTEXITCODE}: $output"
    }

    Remove-Item -LiteralPath $specification
}

function New-Package {
    # The package that users install: the checkout's scripts, formats and help, and assemblies built for the package.
    $manifest = Import-PowerShellDataFile -Path (Join-Path $PSScriptRoot 'PosTenancy.psd1')
    $version = "$($manifest.ModuleVersion)-$($manifest.PrivateData.PSData.Prerelease)"
    $package = Join-Path $Artifacts "PosTenancy/$($manifest.ModuleVersion)"
    if (Test-Path -LiteralPath $package) {
        Remove-Item -LiteralPath $package -Recurse -Force
    }

    $module = New-Item -ItemType Directory -Path (Join-Path $package 'module')
    $bin = (Join-Path $module.FullName 'bin').Replace('\', '/') + '/'
    $project = Join-Path $PSScriptRoot 'src/PosTenancy.Cmdlets/PosTenancy.Cmdlets.csproj'

    # Without symbols, which would carry the path of this checkout, and not from earlier output: two builds give the same bytes.
    $options = "-property:ModuleBin=$bin", '-property:RunAnalyzers=false', '-property:DebugType=none', '--no-incremental'
    Invoke-Program dotnet (@('build', $project, '--configuration', $Configuration, '--nologo', '-verbosity:quiet') + $options)
    $projectUri = "$(dotnet msbuild $project -getProperty:PackageProjectUrl)"
    Get-ChildItem -Path $bin -Recurse -Include PosTenancy.*.xml -Exclude *-Help.xml | Remove-Item
    Get-ChildItem -Path (Join-Path $PSScriptRoot 'module') | Where-Object Name -ne 'bin' | Copy-Item -Destination $module.FullName -Recurse
    New-Manifest -Path (Join-Path $package 'PosTenancy.psd1') -ProjectUri $projectUri
    foreach ($file in 'LICENSE', 'README.md', 'CHANGELOG.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md') {
        Copy-Item -LiteralPath (Join-Path $PSScriptRoot $file) -Destination $package
    }

    # README, help and messages refer to pages of this folder, and an administrator may need "roll back by hand" offline.
    $docs = New-Item -ItemType Directory -Path (Join-Path $package 'docs')
    Get-ChildItem -Path (Join-Path $PSScriptRoot 'docs') -Exclude *.ps1 | Copy-Item -Destination $docs.FullName -Recurse

    # The help needs PowerShell 7, and this may be Windows PowerShell: that of the tests is in every checkout.
    Invoke-Program dotnet 'build', (Join-Path $PSScriptRoot 'tests/Host'), '--nologo', '-verbosity:quiet'
    $extension = if ([System.IO.Path]::DirectorySeparatorChar -eq '\') { '.exe' }
    $convert = Join-Path $PSScriptRoot 'docs/ConvertTo-Help.ps1'
    $hostProgram = Join-Path $PSScriptRoot "tests/Host/bin/pwsh$extension"
    Invoke-Program $hostProgram '-NoProfile', '-NonInteractive', '-File', $convert, '-Path', $package, '-ProjectUri', $projectUri

    # Verify in a new process that the package can be imported.
    $import = "Import-Module '$package/PosTenancy.psd1' -ErrorAction Stop; (Get-Command -Module PosTenancy).Name"
    Invoke-PowerShell '-NoProfile', '-NonInteractive', '-Command', $import

    # One archive for galleries, one to unpack into a module folder, and the list of what others wrote in both.
    $nupkg = Join-Path $Artifacts "PosTenancy.$version.nupkg"
    $zip = Join-Path $Artifacts "PosTenancy-$version.zip"
    New-GalleryPackage -Manifest $manifest -Version $version -Folder $package -ProjectUri $projectUri
    New-Archive -Path $zip -Folder (Join-Path $Artifacts 'PosTenancy')
    $nupkg, $zip | ForEach-Object { Set-ArchiveTime $_ }
    $bom = "PosTenancy.$version.cdx.json"
    $identity = '--set-name', 'PosTenancy', '--set-version', $version, '--set-type', 'Library'
    Invoke-Program dotnet 'tool', 'restore', '--verbosity', 'quiet'
    Invoke-Program dotnet (@('tool', 'run', 'dotnet-CycloneDX', '--', $project, '--output', $Artifacts, '--filename', $bom,
            '--output-format', 'Json', '--exclude-dev', '--exclude-filter', 'PowerShellStandard.Library') + $identity)

    Get-ChildItem -LiteralPath $package -Recurse -File |
        ForEach-Object { '{0,12:N0}  {1}' -f $_.Length, $_.FullName.Substring($package.Length + 1) }
    Get-Item -LiteralPath $nupkg, $zip, (Join-Path $Artifacts $bom) | ForEach-Object { '{0,12:N0}  {1}' -f $_.Length, $_.FullName }
}

Push-Location -LiteralPath $PSScriptRoot
try {
    switch ($Task) {
        'Build' { Invoke-Program dotnet 'build', '--configuration', $Configuration }
        'Test' { Invoke-Test }
        'TestWindows' { Invoke-TestWindows }
        'Soak' { Invoke-Soak }
        'Package' { New-Package }
        'Bench' { Measure-Upgrade }
    }
} finally {
    Pop-Location
}
