# Runs the named Pester files, without ".Tests.ps1", and reports failures: pester.ps1 Module InUse
param([Parameter(ValueFromRemainingArguments)] [string[]] $Name)

Import-Module Pester
$configuration = New-PesterConfiguration
$configuration.Run.Path = @($Name | ForEach-Object { Join-Path $PSScriptRoot "../Pester/$_.Tests.ps1" })
$configuration.Run.Exit = $true
$configuration.Output.Verbosity = 'Normal'
$configuration.Output.RenderMode = 'Plaintext'
Invoke-Pester -Configuration $configuration
