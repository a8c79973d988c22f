# The README is what people try first: its PowerShell runs as it stands, in order, in one new session on the sample store.

Describe 'README.md' {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        $readme = Get-Content (Join-Path $root 'README.md') -Raw

        $store = Split-Path (New-Store)
        $before = (Get-FileHash (Join-Path $store 'pos.db')).Hash

        # "Import-Module PosTenancy" finds the module in a folder of that name.
        $modules = (New-Item (Join-Path $TestDrive 'modules/PosTenancy') -ItemType Directory).FullName
        Copy-Item (Join-Path $root 'PosTenancy.psd1'), (Join-Path $root 'module') $modules -Recurse

        $blocks = [regex]::Matches($readme, '(?ms)^```powershell\r?\n(.+?)^```') | ForEach-Object { $_.Groups[1].Value }
        $script = Join-Path $TestDrive 'readme.ps1'
        Set-Content $script @(
            "Set-Location -LiteralPath '$store'"
            "`$env:PSModulePath = '$(Split-Path $modules)' + [System.IO.Path]::PathSeparator + `$env:PSModulePath"
            "`$ErrorActionPreference = 'Stop'"
            "`$ConfirmPreference = 'None'"  # Nobody is there to say yes.
            $blocks
            "'migrated: ' + `$result.Status + ', not passed: ' + (`$result.Checks | Where-Object Status -NE Passed).Name"
        )
        $run = Invoke-Pwsh -ArgumentList '-File', $script
        $output = ($run.Lines -join "`n") + $run.Error
    }

    It 'has PowerShell that runs without an error' {
        @($blocks).Count | Should -BeGreaterOrEqual 2
        $run.ExitCode | Should -Be 0 -Because $output
        $output | Should -Not -Match 'Error|Exception'
    }

    It 'shows an upgrade that succeeds, with every check passed but that of keys over all tenants, which is a warning' {
        $output | Should -Match '(?m)^migrated: Succeeded, not passed: UniqueKeysPerTenant\s*$'
    }

    It 'ends where it began, by the restore, and keeps the migrated file' {
        (Get-FileHash (Join-Path $store 'pos.db')).Hash | Should -Be $before
        Join-Path $store 'pos.db.replaced-*' | Should -Exist
    }

    It 'names every command, and links only to files that are there' {
        foreach ($name in (Get-Command -Module PosTenancy).Name) {
            $readme | Should -MatchExactly "\[$name\]\(docs/$name\.md\)"
        }
        foreach ($match in [regex]::Matches($readme, '\]\((?!https?:)([^)#]+)')) {
            Join-Path $root $match.Groups[1].Value | Should -Exist
        }
    }

    It 'names only errors that exist' {
        $errorTable = [regex]::Match($readme, '(?ms)^## What bad input gets$(.+?)^## ').Groups[1].Value
        $source = Get-Content (Join-Path $root 'src/PosTenancy.Engine/ErrorIds.cs') -Raw
        $named = [regex]::Matches($errorTable, '`([A-Z]\w+)`') | ForEach-Object { $_.Groups[1].Value } | Where-Object { $_ -ne 'AlreadyMigrated' }
        @($named).Count | Should -BeGreaterThan 10
        foreach ($id in $named) {
            $source | Should -MatchExactly "`"PosTenancy\.$id`""
        }
    }
}
