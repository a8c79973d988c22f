BeforeDiscovery {
    $lists = @(
        @{ Type = 'BackupResult'; Labels = 'Path BackupPath Verified Sha256 Size Content Duration' }
        @{ Type = 'MigrationResult'; Labels = 'Path Status TenantId Tables Indexes Rows Size Checks Duration BackupPath' }
        @{ Type = 'RestoreResult'; Labels = 'Path BackupPath Verified Sha256 Size Duration ReplacedPath' }
        @{ Type = 'UpgradeResult'; Labels = 'Path Status TenantId Backup Rehearsal Migration Rows Checks Duration' }
    )
    $tables = @(
        @{ Type = 'TablePlan'; Labels = 'Table Action Rows ! Reason' }
        @{ Type = 'CheckResult'; Labels = 'Status Name Expected Actual' }
        @{ Type = 'IsolationResult'; Labels = 'Status Operation Table Rows' }
        @{ Type = 'TenantDistribution'; Labels = 'Table TenantId Rows' }
        @{ Type = 'QueryMeasurement'; Labels = 'Status Table Name BeforeMs AfterMs Ratio IndexOrCause' }
        @{ Type = 'HistoryEntry'; Labels = 'AppliedAt Kind TenantId Tables Statements ScriptState Name' }
    )
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $database = New-Store
    $shown = @{ TablePlan = Get-PosTenantPlan $database }
    $shown.UpgradeResult = Invoke-PosTenantUpgrade $database $tenant -Confirm:$false
    $shown.MigrationResult = $shown.UpgradeResult.Migration
    $shown.BackupResult = $shown.UpgradeResult.Backup
    $shown.CheckResult = $shown.UpgradeResult.Checks
    $shown.IsolationResult = Test-PosTenantIsolation $database $tenant
    $shown.TenantDistribution = Get-PosTenantDistribution $database
    $shown.HistoryEntry = Get-PosTenantHistory $database
    $shown.QueryMeasurement = $shown.UpgradeResult | Measure-PosTenantQuery -TimePerQuery 0.001 -Table users, sessions
    $shown.RestoreResult = Restore-PosDatabase $database $shown.BackupResult.BackupPath -Confirm:$false

    function Get-Text {
        param($InputObject, [int] $Width = 120)

        @(($InputObject | Out-String -Width $Width) -split '\r?\n' | Where-Object Length | ForEach-Object TrimEnd)
    }
}

Describe 'The display of <Type>' {
    It 'is a list of what matters, in this order: <Labels>' -ForEach $lists {
        $text = Get-Text $shown[$Type]
        $text | ForEach-Object { if ($_ -match '^(\S+)\s+: ') { $Matches[1] } } | Should -Be (-split $Labels)
    }

    It 'is a table under the path: <Labels>' -ForEach $tables {
        $text = Get-Text $shown[$Type]
        $text[0] | Should -Be "   Path: $database"
        -split $text[1] | Should -Be (-split $Labels)
        $text.Count | Should -BeGreaterOrEqual (3 + @($shown[$Type]).Count)
    }

    It 'fits on 120 columns: nothing is cut off' -ForEach ($lists + $tables) {
        foreach ($line in Get-Text $shown[$Type]) {
            $line.Length | Should -BeLessOrEqual 120
            $line | Should -Not -BeLike "*$([char] 0x2026)*"
        }
    }
}

Describe 'The display' {
    It 'says sizes, counts and durations with their unit' {
        (Get-Text $shown.BackupResult) -match '^Size' | Should -Match ': [\d,]+ bytes$'
        (Get-Text $shown.BackupResult) -match '^Content' | Should -Match ': 26 rows in 33 tables$'
        (Get-Text $shown.MigrationResult) -match '^Tables' | Should -Match ': 32 of 32 updated, 1 skipped$'
        (Get-Text $shown.MigrationResult) -match '^Rows' | Should -Match ': 26 before, 26 after, 0 without a tenant$'
        (Get-Text $shown.UpgradeResult) -match '^Duration' | Should -Match ': \d+\.\d{3} s$'
    }

    It 'has each check on a line of its own, with the longest name that a check has' {
        $check = $shown.CheckResult[0]
        $longest = $check.GetType()::new($check.Path, 'TenantReferencesConsistent', 'Title', '0 references', '0 references', 'NotChecked', '', $check.Duration)
        (Get-Text $longest) -match 'NotChecked' | Should -Match '^NotChecked\s+TenantReferencesConsistent 0 references\s+0 references$'
        $text = Get-Text $shown.CheckResult
        foreach ($check in $shown.CheckResult) {
            @($text -match "^$($check.Status)\s+$($check.Name)\s").Count | Should -Be 1
        }
    }

    It 'says what went wrong, and what there is not' {
        $refused = Invoke-PosTenantUpgrade (Join-Path (New-TestFolder) 'missing.db') $tenant -Confirm:$false -ErrorAction SilentlyContinue
        $text = Get-Text $refused 300
        $text -match '^Status' | Should -Match ': Refused$'
        $text -match '^Backup' | Should -Match ': none$'
        $text -match '^Error' | Should -Match ': There is no file '
    }

    It 'shows the detail of a check that failed' {
        $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        $null = Invoke-Sqlite $database "UPDATE users SET tenant_id = 'other' WHERE username = 'admin'"
        $failed = Test-PosTenantIntegrity $database -TenantId $tenant | Where-Object Status -EQ Failed
        (Get-Text $failed 300) -join "`n" | Should -Match 'Failed\s+TenantDistribution.*users: 1 rows of other'
    }
}
