# Names come from untrusted files. The console shows them escaped; the objects keep them.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    # A title for the terminal, a line break, a bell, a right-to-left override, a zero-width space.
    $evil = "a$([char] 27)]0;title$([char] 7)`n$([char] 0x202E)b$([char] 0x200B)| ``x`` <script>"
    $shown = 'a\u{001B}]0;title\u{0007}\u{000A}\u{202E}b\u{200B}| `x` <script>'
    $hidden = '[\p{Cc}\p{Cf}\p{Zl}\p{Zp}-[\r\n]]'

    function New-EvilStore {
        $database = Join-Path (New-TestFolder) "$evil.db".Replace('/', '')
        Invoke-Sqlite $database @"
            CREATE TABLE "$evil"(id INTEGER PRIMARY KEY, "c$evil" TEXT UNIQUE); INSERT INTO "$evil" VALUES(1, 'x'), (2, 'y');
            CREATE INDEX "i$evil" ON "$evil"("c$evil"); CREATE VIEW "v$evil" AS SELECT * FROM "$evil";
"@ | Out-Null
        $database
    }

    function Get-Shown {
        # The console output without PowerShell's own colours, which are escape sequences too, and with the lines of a long path joined.
        param($InputObject)

        $PSStyle.OutputRendering = 'PlainText'
        ($InputObject | Out-String -Width 4000) -replace '\x1B\[[0-9;]*m' -replace '\r?\n {9,}'
    }
}

Describe 'Names with invisible characters' -Skip:($IsWindows -or -not $IsCoreCLR) {
    BeforeAll {
        $database = New-EvilStore
        $plan = Get-PosTenantPlan -LiteralPath $database
        $upgrade = Invoke-PosTenantUpgrade -LiteralPath $database -TenantId "t$([char] 0x202E)x" -Confirm:$false
        $results = @{
            Plan         = $plan
            Upgrade      = $upgrade
            Migration    = $upgrade.Migration
            Backup       = $upgrade.Backup
            Checks       = $upgrade.Checks
            Distribution = Get-PosTenantDistribution -LiteralPath $database
            Tenants      = Get-PosTenant -LiteralPath $database
            Import       = Import-PosTenant -LiteralPath $database -SourcePath $upgrade.Backup.BackupPath `
                -TenantId "$([char] 0x202E)n" -Confirm:$false -WarningAction Ignore -ErrorAction Ignore
            Export       = Export-PosTenant -LiteralPath $database -TenantId "t$([char] 0x202E)x"
            Restore      = Restore-PosTenant -LiteralPath $database -TenantId "t$([char] 0x202E)x" -BackupPath $upgrade.Backup.BackupPath `
                -Confirm:$false -WarningAction Ignore -ErrorAction Ignore
            History      = Get-PosTenantHistory -LiteralPath $database
            Isolation    = Test-PosTenantIsolation -LiteralPath $database -TenantId "t$([char] 0x202E)x"
            Queries      = $upgrade | Measure-PosTenantQuery -TimePerQuery 0.001
            Removal      = Remove-PosTenant -LiteralPath $database -TenantId "t$([char] 0x202E)x" -Confirm:$false -ErrorAction Ignore
            Rename       = Rename-PosTenant -LiteralPath $database -TenantId "t$([char] 0x202E)x" -NewName "u$([char] 0x202E)x" `
                -Confirm:$false -WarningAction Ignore
            Completion   = Complete-PosTenantMigration -LiteralPath $database -Force -Confirm:$false -WarningAction Ignore
        }
    }

    It 'are escaped in the display of <_>' -ForEach @(
        'Plan', 'Upgrade', 'Migration', 'Backup', 'Checks', 'Distribution', 'Tenants', 'Import', 'Export', 'Restore', 'History',
        'Isolation', 'Queries', 'Removal', 'Rename', 'Completion'
    ) {
        $results[$_] | Should -Not -BeNullOrEmpty
        $text = Get-Shown $results[$_]
        $text | Should -Not -Match $hidden
        $text | Should -Match ([regex]::Escape($shown))
    }

    It 'are unchanged in the objects' {
        $plan.Table | Should -BeExactly $evil
        $plan.Path | Should -BeExactly $database
        $upgrade.Status | Should -Be Succeeded
        $results.Distribution.TenantId | Should -BeExactly "t$([char] 0x202E)x"
    }

    It 'are escaped in an error, in its category and in its message' {
        Get-PosTenantPlan -LiteralPath "$database-gone" -ErrorVariable failure -ErrorAction SilentlyContinue
        $failure[0].TargetObject | Should -BeExactly "$database-gone"
        foreach ($view in 'ConciseView', 'NormalView', 'CategoryView') {
            $ErrorView = $view
            Get-Shown $failure[0] | Should -Not -Match $hidden
        }

        $failure[0].ToString() | Should -Match ([regex]::Escape($shown))
    }

    It 'are escaped by -WhatIf, -Verbose and a warning' {
        $second = New-EvilStore
        $script = Join-Path $TestDrive 'second.ps1'
        $literal = $second.Replace("'", "''")
        Set-Content -LiteralPath $script -Value @"
            Import-Module '$module'
            Invoke-PosTenantUpgrade -LiteralPath '$literal' -TenantId x -WhatIf
            Invoke-PosTenantMigration -LiteralPath '$literal' -TenantId x -WhatIf
            Invoke-PosTenantMigration -LiteralPath '$literal' -TenantId x -Confirm:`$false -Verbose | Out-Host
            Invoke-PosTenantUpgrade -LiteralPath '$literal' -TenantId x -Confirm:`$false | Out-Host
            Get-PosTenantPlan -LiteralPath '$literal.none'
"@
        $run = Invoke-Pwsh -ArgumentList '-File', $script
        $text = (@($run.Lines) -join "`n") + $run.Error -replace '\x1B\[[0-9;]*m'
        $text | Should -Match 'What if'
        $text | Should -Match 'VERBOSE'
        $text | Should -Not -Match $hidden
        ($text | Select-String -AllMatches -Pattern ([regex]::Escape($shown))).Matches.Count | Should -BeGreaterThan 6
    }
}
