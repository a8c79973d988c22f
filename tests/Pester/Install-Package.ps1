<#
.SYNOPSIS
Makes the package, publishes it to a repository of its own, and installs it from there as a user would. Returns the path of what was
installed.
.DESCRIPTION
For the PowerShell that has Microsoft.PowerShell.PSResourceGet: the .NET tool has it, the hosted one has not. Not for Windows, where modules
are installed in the Documents folder of the user who runs the tests.
#>
#requires -Modules Microsoft.PowerShell.PSResourceGet
param([string] $Folder)

$ErrorActionPreference = 'Stop'
$artifacts = Join-Path $Folder 'artifacts'
$null = & "$PSScriptRoot/../../build.ps1" -Task Package -Artifacts $artifacts
$repository = (New-Item -ItemType Directory -Path (Join-Path $Folder 'repository')).FullName

# A new process, with a home folder of its own: there it keeps its list of repositories and its modules.
$env:HOME = (New-Item -ItemType Directory -Path (Join-Path $Folder 'home')).FullName
$env:XDG_DATA_HOME = $env:PSModulePath = $null
$install = {
    param($Artifacts, $Repository)

    $ErrorActionPreference = 'Stop'
    Register-PSResourceRepository -Name Own -Uri $Repository -Trusted
    Publish-PSResource -NupkgPath (Get-Item "$Artifacts/PosTenancy.*.nupkg").FullName -Repository Own
    Install-PSResource -Name PosTenancy -Prerelease -Repository Own
    (Get-Module -Name PosTenancy -ListAvailable).Path
}
& (Get-Process -Id $PID).Path @(
    if ((Get-Process -Id $PID).ProcessName -eq 'dotnet') { Join-Path $PSHOME 'pwsh.dll' }
    '-NoProfile', '-NonInteractive', '-CommandWithArgs', "& { $install } @args", $artifacts, $repository)
if ($LASTEXITCODE) { throw "The package could not be installed." }
