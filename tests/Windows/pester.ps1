# Runs some of the Pester files, by the beginnings of their names, and says what failed: pester.ps1 Module InUse
param([Parameter(ValueFromRemainingArguments)] [string[]] $Name)

Import-Module Pester
$configuration = New-PesterConfiguration
$configuration.Run.Path = @($Name | ForEach-Object { Join-Path $PSScriptRoot "../Pester/$_.Tests.ps1" })
$configuration.Run.Exit = $true
$configuration.Output.Verbosity = 'Normal'
$configuration.Output.RenderMode = 'Plaintext'
Invoke-Pester -Configuration $configuration
