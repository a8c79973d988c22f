BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    function Add-Script {
        # Records a script in the history, as a migration would.
        param([string] $Database, [string] $Script, [string] $Sha256)

        $null = Invoke-Sqlite $Database "INSERT INTO _postenancy_history SELECT id + 1, applied_at, 'Script', '$Script', '$Sha256',
            tenant_id, column_name, 1, 1, product_version, sqlite_version, backup_sha256 FROM _postenancy_history"
    }
}

Describe 'Get-PosTenantHistory' {
    It 'returns nothing and no error for a database that was not migrated, and reports it' {
        $database = New-Store
        Get-PosTenantHistory $database -ErrorAction Stop -InformationVariable said 6>$null | Should -BeNullOrEmpty
        $? | Should -BeTrue
        "$said" | Should -BeExactly ("'$database' has no history: PosTenancy has not migrated it, " +
            'or recorded it in another table; see -HistoryTable.')
        $said[0].Tags | Should -Contain PSHOST
    }

    It 'reports that the project''s own table has no rows' {
        $database = New-Store
        Get-PosTenantHistory $database -HistoryTable _migrations -InformationVariable said 6>$null | Should -BeNullOrEmpty
        "$said" | Should -BeExactly "'$database' has no history: its table '_migrations' has no rows."
    }

    It 'writes no message if the database has a history' {
        $database = New-Store
        $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        @(Get-PosTenantHistory $database 2>&1 3>&1 6>&1).Count | Should -Be 1
    }

    It 'shows the operation, time and version, as the sqlite3 shell reads them' {
        $database = New-Store
        $before = Get-Sha256 $database
        $begun = [DateTimeOffset]::UtcNow.AddMilliseconds(-1)
        $result = Invoke-PosTenantUpgrade $database $tenant -Confirm:$false
        $entry = $result | Get-PosTenantHistory
        @($entry).Count | Should -Be 1
        $entry.AppliedAt | Should -BeOfType System.DateTimeOffset
        $entry.AppliedAt | Should -BeGreaterOrEqual $begun
        $entry.AppliedAt | Should -BeLessOrEqual ([DateTimeOffset]::UtcNow)
        "$($entry.Kind) $($entry.TenantId) $($entry.ColumnName) $($entry.Tables) $($entry.Statements)" |
            Should -Be "Plan $tenant tenant_id 32 64"
        $entry.BackupSha256 | Should -Be $before
        $entry.Name | Should -BeNullOrEmpty
        $entry.ScriptState | Should -BeNullOrEmpty
        Invoke-Sqlite $database 'SELECT checksum, product_version, sqlite_version FROM _postenancy_history' |
            Should -Be "$($entry.Checksum)|$($entry.ProductVersion)|$($entry.SqliteVersion)"
    }

    It 'records the time in UTC in any time zone' {
        if ($IsWindows) { Set-ItResult -Skipped -Because 'TZ sets the time zone of a process only on Unix' }
        $database = New-Store
        $run = Invoke-Pwsh -ArgumentList '-Command', @"
            `$env:TZ = 'Pacific/Auckland'
            [TimeZoneInfo]::ClearCachedData()
            [TimeZoneInfo]::Local.BaseUtcOffset.Hours
            Import-Module '$module'
            (Invoke-PosTenantMigration '$database' $tenant -Confirm:`$false).Status
"@
        $run.Lines | Should -Be 12, 'Migrated'
        $sql = "SELECT abs(julianday('now') - julianday(applied_at)) * 86400 < 60, substr(applied_at, 24) FROM _postenancy_history"
        Invoke-Sqlite $database $sql | Should -Be '1|Z'
    }

    It 'changes nothing' {
        $database = New-Store
        $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        $state = Get-FolderState (Split-Path $database)
        $null = Get-PosTenantHistory $database
        Get-FolderState (Split-Path $database) | Should -Be $state
    }

    It 'shows every migration of a database, oldest first' {
        $database = New-Store
        $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        $null = Invoke-Sqlite $database 'CREATE TABLE loyalty_tiers (id, name)'
        $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        (Get-PosTenantHistory $database).Tables | Should -Be 32, 1
    }

    It 'warns about a script that was changed since it was applied, and only about that' {
        $database = New-Store
        $script = Join-Path (Split-Path $database) '008_add_tenant_id.sql'
        [System.IO.File]::WriteAllText($script, 'SELECT 1;')
        $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        Add-Script $database '008_add_tenant_id.sql' (Get-Sha256 $script)

        Push-Location -LiteralPath (Split-Path $database)
        try {
            $entries = Get-PosTenantHistory pos.db -Script 008_add_tenant_id.sql -WarningVariable warnings -WarningAction SilentlyContinue
            "$($entries[0].ScriptState) $($entries[1].ScriptState)" | Should -Be ' Unchanged'
            $warnings | Should -BeNullOrEmpty

            [System.IO.File]::WriteAllText($script, 'SELECT 2;')
            $entries = Get-PosTenantHistory pos.db -Script 008_add_tenant_id.sql -WarningVariable warnings -WarningAction SilentlyContinue
            "$($entries[0].ScriptState) $($entries[1].ScriptState)" | Should -Be ' Changed'
            "$warnings" | Should -BeLike "The script '008_add_tenant_id.sql' was applied to '$database' on * UTC and has changed since*"
        } finally {
            Pop-Location
        }

        Get-PosTenantHistory $database -Script "$script.missing" -ErrorVariable problem -ErrorAction SilentlyContinue |
            Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'PosTenancy.FileNotFound,*'
    }
}

Describe '-HistoryTable' {
    It 'records the migration in the project''s own table, and passes its name through the result' {
        $database = New-Store -Sql "INSERT INTO _migrations VALUES (7, 'promotions', 'c0ffee', '2026-01-01T08:00:00Z')"
        $result = Backup-PosDatabase $database | Invoke-PosTenantMigration -TenantId $tenant -HistoryTable _migrations -Confirm:$false
        $result.Status | Should -Be Migrated
        $result.HistoryTable | Should -Be _migrations
        ($result | Test-PosTenantIntegrity | Where-Object Name -NE UniqueKeysPerTenant).Status | Select-Object -Unique | Should -Be Passed
        ($result | Get-PosTenantHistory).Name | Should -Be promotions, "postenancy tenant_id $tenant"
        Get-PosTenantHistory $database | Should -BeNullOrEmpty -Because 'PosTenancy''s own table was not created'
        Invoke-Sqlite $database 'SELECT version, name FROM _migrations' | Should -Be '7|promotions', "8|postenancy tenant_id $tenant"

        $named = @{ TenantId = $tenant; BackupPath = $result.BackupPath }
        $checks = Test-PosTenantIntegrity $database @named | Where-Object Name -NE UniqueKeysPerTenant
        ($checks | Where-Object Status -EQ Warning).Name |
            Should -Be RowCountsMatch -Because 'without -HistoryTable the row is not attributed to the history'
        Test-PosTenantIntegrity $database @named -HistoryTable _migrations -Quiet | Should -BeTrue
    }

    It 'works the same in Invoke-PosTenantUpgrade, and the report names the table' {
        $database = New-Store
        $report = Join-Path (Split-Path $database) 'upgrade.md'
        $result = Invoke-PosTenantUpgrade $database $tenant -HistoryTable _migrations -ReportPath $report -Confirm:$false
        "$($result.Status) $($result.HistoryTable)" | Should -Be 'Succeeded _migrations'
        Invoke-Sqlite $database 'SELECT version, name FROM _migrations' | Should -Be "1|postenancy tenant_id $tenant"
        Get-Content -LiteralPath $report -Raw | Should -Match 'Recorded.*as one row in .*migrations, in the same transaction'
    }

    It 'is skipped by the plan, even if its name is not a known one' {
        $database = New-Store -Sql 'CREATE TABLE our_steps (id INTEGER PRIMARY KEY, title TEXT, ran_at TEXT)'
        (Get-PosTenantPlan $database | Where-Object Table -EQ our_steps).Action | Should -Be AddColumn
        (Get-PosTenantPlan $database -HistoryTable our_steps | Where-Object Table -EQ our_steps).Action | Should -Be Skip
    }

    It 'that cannot take a row is refused by <_>, with -WhatIf too, and nothing is written' -ForEach @(
        'Invoke-PosTenantMigration', 'Invoke-PosTenantUpgrade'
    ) {
        $database = New-Store -Sql 'CREATE TABLE our_steps (id INTEGER PRIMARY KEY, title TEXT, store TEXT NOT NULL)'
        $state = Get-FolderState (Split-Path $database)
        foreach ($table in 'our_steps', 'no_such_table') {
            foreach ($how in @{ WhatIf = $true }, @{ Confirm = $false }) {
                $null = & $_ $database $tenant -HistoryTable $table @how -ErrorVariable problem -ErrorAction SilentlyContinue
                $problem[-1].FullyQualifiedErrorId | Should -BeLike 'PosTenancy.HistoryTableUnusable,*'
            }
        }

        Get-FolderState (Split-Path $database) | Should -Be $state
    }
}
