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

    # Of the Windows tests only those about what Windows does in its own way: a few minutes.
    [switch] $Short,

    # A package, and what is tried for hours, is a Release build unless this says otherwise.
    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = $(if ($Task -in 'Package', 'Soak') { 'Release' } else { 'Debug' }),

    # Where packages and test results go.
    [string] $Artifacts = (Join-Path $PSScriptRoot 'artifacts')
)

$ErrorActionPreference = 'Stop'
$Artifacts = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Artifacts)

function Invoke-Program {
    # PowerShell 5.1 goes on after a program that failed.
    param([string] $Program, [string[]] $ArgumentList)

    & $Program @ArgumentList | Out-Host
    if ($LASTEXITCODE) {
        throw "'$Program $ArgumentList' ended with exit code $LASTEXITCODE."
    }
}

function Invoke-PowerShell {
    # One more of the PowerShell that runs this. One that is a .NET tool runs in "dotnet", which needs to be told what to run.
    param([string[]] $ArgumentList)

    $program = (Get-Process -Id $PID).Path
    $before = @(if ([System.IO.Path]::GetFileNameWithoutExtension($program) -eq 'dotnet') { Join-Path $PSHOME 'pwsh.dll' })
    Invoke-Program $program ($before + $ArgumentList)
}

function New-Archive {
    # Compress-Archive is not in every PowerShell 7, and in 5.1 writes names that only Windows understands.
    param([string] $Path, [string] $Folder)

    Add-Type -AssemblyName System.IO.Compression, System.IO.Compression.FileSystem
    Remove-Item -LiteralPath $Path -ErrorAction Ignore
    $above = (Split-Path $Folder).Length + 1
    $archive = [System.IO.Compression.ZipFile]::Open($Path, 'Create')
    try {
        foreach ($file in Get-ChildItem -LiteralPath $Folder -Recurse -File -Force) {
            $name = $file.FullName.Substring($above).Replace('\', '/')
            $null = [System.IO.Compression.ZipFileExtensions]::CreateEntryFromFile($archive, $file.FullName, $name)
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
    # The tests that try a choice of points, databases or mutations try all of them, or many more: hours, not minutes.
    $before = $env:POSTENANCY_SOAK
    $env:POSTENANCY_SOAK = '1'
    try {
        Invoke-Program dotnet 'test', '--configuration', $Configuration
    } finally {
        $env:POSTENANCY_SOAK = $before
    }
}

function Invoke-WindowsProgram {
    # A program for Windows: started by Windows itself, or by Wine.
    param([string] $Program, [string[]] $ArgumentList)

    if ([System.IO.Path]::DirectorySeparatorChar -eq '\') {
        Invoke-Program $Program $ArgumentList
    } else {
        Invoke-Program bash (@('tests/Windows/wine.sh', $Program) + $ArgumentList)
    }
}

function Invoke-TestWindows {
    # The tests and their PowerShell as programs for Windows; without Windows, in the Wine that tests/Windows/make-wine.sh has made.
    $windows = Join-Path $Artifacts 'windows'
    $build = Join-Path $windows 'build'
    $quiet = '--configuration', $Configuration, '--nologo', '-verbosity:quiet'
    Invoke-Program dotnet (@('build', 'src/PosTenancy.Cmdlets') + $quiet)
    foreach ($project in 'Unit', 'Host', 'Faults/Victim') {
        $output = Join-Path $windows (Split-Path $project -Leaf)
        Invoke-Program dotnet (@('publish', "tests/$project", '--runtime', 'win-x64', '--self-contained', '--artifacts-path', $build, '--output', $output) +
            $quiet + '-property:RunAnalyzers=false' + @(if ($project -eq 'Host') { "-property:OutputPath=$build/host/" }))

        # Wine's own Restart Manager finds no process; Windows has a real one.
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

    # The build for Windows PowerShell 5.1, under the name of the other framework: as much of 5.1 as can be run without it.
    $desktop = Join-Path $windows 'Desktop'
    New-Item -ItemType Directory -Path $desktop -Force | Out-Null
    Copy-Item -Path 'PosTenancy.psd1', 'module' -Destination $desktop -Recurse -Force
    $script = Join-Path $desktop 'module/PosTenancy.psm1'
    (Get-Content -LiteralPath $script -Raw).Replace("'net8.0'", "'netstandard2.0'") | Set-Content -LiteralPath $script
    $manifest = Join-Path $desktop 'PosTenancy.psd1'
    $env:POSTENANCY_MODULE = if ($manifest[0] -eq '/') { 'Z:' + $manifest.Replace('/', '\') } else { $manifest }
    try {
        Invoke-WindowsProgram $pwsh '-NoProfile', '-NonInteractive', '-File', 'tests/Windows/pester.ps1', 'Backup-PosDatabase', 'Restore-PosDatabase'
    } finally {
        $env:POSTENANCY_MODULE = $null
    }
}

function New-Package {
    # What a user installs: the module's scripts, formats and help as they are here, and assemblies made for it alone.
    $version = (Import-PowerShellDataFile -Path (Join-Path $PSScriptRoot 'PosTenancy.psd1')).ModuleVersion
    $package = Join-Path $Artifacts "PosTenancy/$version"
    if (Test-Path -LiteralPath $package) {
        Remove-Item -LiteralPath $package -Recurse -Force
    }

    $module = New-Item -ItemType Directory -Path (Join-Path $package 'module')
    $bin = (Join-Path $module.FullName 'bin').Replace('\', '/') + '/'
    $project = Join-Path $PSScriptRoot 'src/PosTenancy.Cmdlets/PosTenancy.Cmdlets.csproj'
    $options = "-property:ModuleBin=$bin", '-property:RunAnalyzers=false'
    Invoke-Program dotnet (@('build', $project, '--configuration', $Configuration, '--nologo', '-verbosity:quiet') + $options)
    Get-ChildItem -Path $bin -Recurse -Include *.pdb, PosTenancy.*.xml -Exclude *-Help.xml | Remove-Item
    Get-ChildItem -Path (Join-Path $PSScriptRoot 'module') | Where-Object Name -ne 'bin' | Copy-Item -Destination $module.FullName -Recurse
    foreach ($file in 'PosTenancy.psd1', 'LICENSE', 'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md') {
        Copy-Item -LiteralPath (Join-Path $PSScriptRoot $file) -Destination $package
    }

    # README, help and messages name pages of this folder, and "roll back by hand" is for the day when nothing else is left.
    $docs = New-Item -ItemType Directory -Path (Join-Path $package 'docs')
    Get-ChildItem -Path (Join-Path $PSScriptRoot 'docs') -Exclude *.ps1 | Copy-Item -Destination $docs.FullName

    # A package that cannot be imported is none: tried in a fresh process of this PowerShell.
    $import = "Import-Module '$package/PosTenancy.psd1' -ErrorAction Stop; (Get-Command -Module PosTenancy).Name"
    Invoke-PowerShell '-NoProfile', '-NonInteractive', '-Command', $import

    $zip = Join-Path $Artifacts "PosTenancy-$version.zip"
    New-Archive -Path $zip -Folder (Join-Path $Artifacts 'PosTenancy')
    Get-ChildItem -LiteralPath $package -Recurse -File | ForEach-Object { '{0,12:N0}  {1}' -f $_.Length, $_.FullName.Substring($package.Length + 1) }
    '{0,12:N0}  {1}' -f (Get-Item -LiteralPath $zip).Length, $zip
}

Push-Location -LiteralPath $PSScriptRoot
try {
    switch ($Task) {
        'Build' { Invoke-Program dotnet 'build', '--configuration', $Configuration }
        'Test' { Invoke-Test }
        'TestWindows' { Invoke-TestWindows }
        'Soak' { Invoke-Soak }
        'Package' { New-Package }
        'Bench' { Invoke-Program dotnet 'run', '--configuration', 'Release', '--project', 'bench' }
    }
} finally {
    Pop-Location
}
