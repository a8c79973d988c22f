# Users start with the README: its PowerShell runs unmodified, in order, in one new session on the sample store.

Describe 'README.md' {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        $readme = Get-Content (Join-Path $root 'README.md') -Raw

        # The folder of the store contains the package that "build.ps1 -Task Package" makes; Package.Tests.ps1 runs that command.
        $store = Split-Path (New-Store)
        $before = (Get-FileHash (Join-Path $store 'pos.db')).Hash
        $version = (Import-PowerShellDataFile $module).ModuleVersion
        $package = (New-Item (Join-Path $store "artifacts/PosTenancy/$version") -ItemType Directory).FullName
        Copy-Item $module, (Join-Path $moduleRoot 'module') $package -Recurse

        # A user's module folder does not exist before the first module is installed.
        $modules = Join-Path $TestDrive 'home/Modules'

        # RollBackByHand.Tests.ps1 runs the blocks after this heading.
        $commands = $readme.Substring(0, $readme.IndexOf("`n## If all else is gone"))
        $blocks = [regex]::Matches($commands, '(?ms)^```powershell\r?\n(.+?)^```') | ForEach-Object { $_.Groups[1].Value }
        $script = Join-Path $TestDrive 'readme.ps1'
        Set-Content $script @(
            "Set-Location -LiteralPath '$store'"
            "`$env:PSModulePath = '$modules' + [System.IO.Path]::PathSeparator + `$env:PSModulePath"
            "`$ErrorActionPreference = 'Stop'"
            "`$ConfirmPreference = 'None'"  # A test cannot answer questions.
            $blocks
            "'migrated: ' + `$result.Status + ', not passed: ' + (`$result.Checks | Where-Object Status -NE Passed).Name"
            "'module: ' + (Get-Module PosTenancy).ModuleBase"
        )
        $run = Invoke-Pwsh -ArgumentList '-File', $script
        $output = ($run.Lines -join "`n") + $run.Error
    }

    It 'has PowerShell that runs without an error' {
        @($blocks).Count | Should -BeGreaterOrEqual 2
        $run.ExitCode | Should -Be 0 -Because $output
        $output | Should -Not -Match 'Error|Exception'
    }

    It 'shows how to install the module, and can be repeated' {
        $output | Should -Match ([regex]::Escape("module: $(Join-Path $modules "PosTenancy/$version")"))
        $again = Invoke-Pwsh -ArgumentList '-Command', "Set-Location '$store'; `$env:PSModulePath = '$modules'; $($blocks[0])"
        "$($again.Lines)$($again.Error)" | Should -BeNullOrEmpty
        (Get-ChildItem $modules, (Join-Path $modules 'PosTenancy')).Name | Should -Be PosTenancy, $version
    }

    It 'has the rollback under its own heading, so that a block of the upgrade does not undo it' {
        ($blocks -match 'Restore-PosDatabase').Count | Should -Be 1
        $readme | Should -Match '(?ms)^## Go back\r?$(?:(?!^## ).)*Restore-PosDatabase'
        ($blocks -match 'Restore-PosDatabase')[0] | Should -Not -Match 'Invoke-PosTenantUpgrade'
    }

    It 'shows an upgrade that succeeds with every check passed, except the warning about keys across all tenants' {
        $output | Should -Match '(?m)^migrated: Succeeded, not passed: UniqueKeysPerTenant\s*$'
    }

    It 'ends with the original database, restored, and keeps the migrated file and both reports' {
        Join-Path $store 'reports/pos.db.upgrade-*.md' | Should -Exist
        Join-Path $store 'upgrade.html' | Should -Exist
        (Get-FileHash (Join-Path $store 'pos.db')).Hash | Should -Be $before
        Join-Path $store 'pos.db.replaced-*' | Should -Exist
    }

    It 'names every command, and links only to existing files' {
        foreach ($name in (Get-Command -Module PosTenancy).Name) {
            $readme | Should -MatchExactly "\[$name\]\(docs/$name\.md\)"
        }
        foreach ($match in [regex]::Matches($readme, '\]\((?!https?:)([^)#]+)')) {
            Join-Path $root $match.Groups[1].Value | Should -Exist
        }
    }

    It 'names only errors that exist' {
        $errorTable = [regex]::Match($readme, '(?ms)^## What bad input gets$(.+?)^## ').Groups[1].Value
        $source = Get-Content (Join-Path $root 'src/PosTenancy.Engine/Results/ErrorIds.cs') -Raw
        $named = [regex]::Matches($errorTable, '`([A-Z]\w+)`') | ForEach-Object { $_.Groups[1].Value } |
            Where-Object { $_ -ne 'AlreadyMigrated' }
        @($named).Count | Should -BeGreaterThan 10
        foreach ($id in $named) {
            $source | Should -MatchExactly "`"PosTenancy\.$id`""
        }
    }
}
