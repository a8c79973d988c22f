BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    function New-MigratedStore {
        param([string] $Sql, [hashtable] $Options = @{})

        $database = New-Store
        $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false @Options
        if ($Sql) {
            $null = Invoke-Sqlite $database $Sql
        }

        Remove-Item "$database.backup-*"
        $database
    }
}

Describe 'Test-PosTenantIsolation' {
    It 'separates both tenants in every table of the sample store, with the canary in each' {
        $results = Test-PosTenantIsolation (New-MigratedStore) $tenant
        $results | Where-Object Status -EQ Failed | Should -BeNullOrEmpty
        foreach ($operation in 'Insert', 'Select', 'Delete', 'UnknownTenant') {
            @($results | Where-Object { $_.Operation -eq $operation -and $_.Status -eq 'Passed' }).Count | Should -Be 32 -Because $operation
        }

        $results | Where-Object { $_.Operation -eq 'Join' -and $_.Status -ne 'Passed' } | Should -BeNullOrEmpty
        $results | Where-Object { $_.Operation -eq 'Insert' -and $_.CanaryRows -lt 1 } | Should -BeNullOrEmpty
        @($results | Group-Object Table, Operation, Columns | Where-Object Count -GT 1) | Should -BeNullOrEmpty
    }

    It 'warns about the leaks of the sample store: an audit row without a tenant, and two views' {
        $warnings = Test-PosTenantIsolation (New-MigratedStore) $tenant | Where-Object Status -EQ Warning
        $warnings | ForEach-Object { "$($_.Table) $($_.Operation)" } |
            Should -Be 'users Update', 'v_open_work_orders Select', 'v_low_stock Select'
        $warnings[0].Detail | Should -BeLike '*added 1 in audit_log*'
    }

    It 'reports the rows that a statement without its filter would leak' {
        $select = Test-PosTenantIsolation (New-MigratedStore) $tenant |
            Where-Object { $_.Table -eq 'users' -and $_.Operation -eq 'Select' }
        $select.Expected, $select.Actual, $select.Leaked | Should -Be 3, 3, 1
        $select.Statement | Should -Be "SELECT * FROM `"users`" WHERE `"tenant_id`" = '$tenant'"
    }

    It 'fails the join if a child references a parent of another tenant' {
        $database = New-MigratedStore "UPDATE vehicle_fitment SET tenant_id = 'other' WHERE id = 'fit-003'"
        $failed = Test-PosTenantIsolation $database $tenant | Where-Object Status -EQ Failed
        $failed | ForEach-Object { "$($_.Table) $($_.Operation) $($_.Related) $($_.Columns)" } |
            Should -Be 'products Delete  ', 'vehicle_fitment Join products product_id' -Because 'ON DELETE CASCADE crosses tenants as well'
        $failed[1].Detail | Should -BeLike "*references a row of '$tenant'*"
    }

    It 'binds tenant, excluded tables and column from the result of an upgrade' {
        $database = New-Store
        $results = Invoke-PosTenantUpgrade $database $tenant -ColumnName shop -ExcludeTable 'sync_*' -Confirm:$false |
            Test-PosTenantIsolation
        $results.TenantId | Select-Object -Unique | Should -Be $tenant
        @($results | Where-Object { $_.Operation -eq 'Insert' -and $_.Status -eq 'Passed' }).Count | Should -Be 28
        ($results | Where-Object Table -EQ 'sync_log').Status | Should -Be NotChecked
        $results | Where-Object Status -EQ Failed | Should -BeNullOrEmpty
    }

    It 'changes and leaves nothing, even beside the log of a crash' {
        $database = New-CrashedStore
        $null = Invoke-Sqlite $database "ALTER TABLE customers ADD COLUMN tenant_id TEXT NOT NULL DEFAULT '$tenant'"
        $null = Start-Sqlite $database "PRAGMA journal_mode = WAL; INSERT INTO customers (id, name) VALUES ('c2', 'Grace')"
        $folder = New-TestFolder
        [System.IO.File]::Copy($database, "$folder/pos.db")
        [System.IO.File]::Copy("$database-wal", "$folder/pos.db-wal")
        Stop-Sqlite
        $state = Get-FolderState $folder | Select-Object -Skip 1  # The folder's own time changes with the temporary copy.
        $select = Test-PosTenantIsolation "$folder/pos.db" $tenant |
            Where-Object { $_.Table -eq 'customers' -and $_.Operation -eq 'Select' }
        $select.Expected | Should -Be 2
        Get-FolderState $folder | Select-Object -Skip 1 | Should -Be $state
    }

    It 'does not touch the folder of the database if -Destination names another one' {
        $database = New-MigratedStore
        $state = Get-FolderState (Split-Path $database)
        $elsewhere = New-TestFolder
        $null = Test-PosTenantIsolation $database $tenant -Destination $elsewhere
        Get-FolderState (Split-Path $database) | Should -Be $state
        Get-ChildItem -LiteralPath $elsewhere -Force | Should -BeNullOrEmpty
    }

    It 'refuses a database that was not migrated, and continues with the next one' {
        $databases = (New-Store), (New-MigratedStore)
        $results = $databases | Test-PosTenantIsolation -TenantId $tenant -ErrorVariable failures -ErrorAction SilentlyContinue
        $failures.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.NotMigrated,*'
        $results.Path | Select-Object -Unique | Should -Be $databases[1]
    }

    It 'warns about an unknown tenant, and names the existing ones' {
        $null = Test-PosTenantIsolation (New-MigratedStore) 'caps-automotiv' -WarningVariable warning -WarningAction SilentlyContinue
        "$warning" | Should -BeLike "*'caps-automotiv'*'$tenant'*"
    }

    It 'terminates on an invalid tenant id' {
        { Test-PosTenantIsolation (New-MigratedStore) ' ' } | Should -Throw -ErrorId 'PosTenancy.InvalidTenantId,*'
    }

    It 'removes the copy after Ctrl+C' {
        # Enough tables that it takes longer than the bar needs to appear.
        $database = New-MigratedStore
        $null = Invoke-Sqlite $database ((1..150 | ForEach-Object {
                    "CREATE TABLE more_$_ (id INTEGER PRIMARY KEY, tenant_id VARCHAR(255) NOT NULL DEFAULT '$tenant');"
                    "CREATE INDEX idx_more_${_}_tenant_id ON more_$_ (tenant_id);"
                }) -join "`n")
        $state = Get-FolderState (Split-Path $database) | Select-Object -Skip 1
        $run = Invoke-InRunspace 'Test-PosTenantIsolation $a.Path caps-automotive' @{ Path = $database } {
            param($record)
            $record.Activity -eq 'Testing isolation of pos.db'
        }
        $run.StoppedAt | Should -Not -BeNullOrEmpty
        Get-FolderState (Split-Path $database) | Select-Object -Skip 1 | Should -Be $state
    }
}
