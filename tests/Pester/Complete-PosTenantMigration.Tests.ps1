# The DEFAULT of the tenant column is dropped, and an INSERT without a tenant fails.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    $schema = @'
        CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        CREATE TABLE sales (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), receipt TEXT);
        INSERT INTO customers VALUES (1, 'Ada'), (2, 'Bo');
        INSERT INTO sales VALUES (1, 1, 'R1');
'@
    $trigger = "CREATE TRIGGER logs AFTER UPDATE ON customers BEGIN INSERT INTO sales (receipt) VALUES ('R'); END"

    function New-Migrated {
        param([string] $Sql, [string] $Name = 'pos.db')

        $database = Join-Path (New-TestFolder) $Name
        $null = Invoke-Sqlite $database "$schema $Sql"
        (Invoke-PosTenantUpgrade -LiteralPath $database hq -Confirm:$false).Status | Should -Be Succeeded
        $database
    }

    function Get-InsertError {
        param([string] $Database, [string] $Sql)

        (Invoke-Process -Program sqlite3 -ArgumentList '-batch', '-bail', $Database -InputText $Sql).Error
    }

    $quiet = @{ Confirm = $false; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failures'; WarningAction = 'SilentlyContinue' }
}

AfterAll {
    Stop-Sqlite
}

Describe 'Complete-PosTenantMigration' {
    It 'has an INSERT without a tenant fail in every table, and keeps the tenant of every row' {
        $database = New-Migrated
        $rows = Invoke-Sqlite $database 'SELECT * FROM customers; SELECT * FROM sales'
        $result = Complete-PosTenantMigration $database @quiet
        $failures | Should -BeNullOrEmpty
        "$result" | Should -Be 'hq: Succeeded, 3 rows'
        $result.ProvedBy | Should -Be Twin
        $result.Columns.Table | Should -Be customers, sales
        ($result.Columns.RowsStored | Measure-Object -Sum).Sum | Should -Be 3
        $result.Checks.Status | Select-Object -Unique | Should -Be Passed
        Invoke-Sqlite $database 'SELECT * FROM customers; SELECT * FROM sales' | Should -Be $rows
        Invoke-Sqlite $database 'PRAGMA integrity_check' | Should -Be ok
        foreach ($table in 'customers', 'sales') {
            Get-InsertError $database "INSERT INTO $table ($(if ($table -eq 'sales') { 'receipt' } else { 'name' })) VALUES ('x')" |
                Should -BeLike "*NOT NULL constraint failed: $table.tenant_id*"
        }

        Get-Sha256 $result.Backup.BackupPath | Should -Be $result.Backup.Sha256
    }

    It 'leaves a database that every other command works with' {
        $database = New-Migrated
        $result = Complete-PosTenantMigration $database @quiet
        (Invoke-PosTenantUpgrade $database hq -Confirm:$false).Status | Should -Be AlreadyMigrated
        Get-PosTenantPlan $database hq | Where-Object Action -notin None, Skip | Should -BeNullOrEmpty
        Test-PosTenantIntegrity $database -TenantId hq -BackupPath $result.Backup.BackupPath |
            Where-Object Status -notin Passed, Warning | Should -BeNullOrEmpty
        Test-PosTenantIsolation $database hq | Where-Object Status -ne Passed | Should -BeNullOrEmpty
        (Get-PosTenant $database).TenantId | Should -Be hq
        Compare-PosTenant $database hq -With $result.Backup.BackupPath -Quiet | Should -BeTrue
        $export = Export-PosTenant $database hq -AsSingleTenant
        Invoke-Sqlite $export.ExportPath 'SELECT * FROM customers; SELECT * FROM sales' | Should -Be '1|Ada', '2|Bo', '1|1|R1'
        $entry = (Get-PosTenantHistory $database)[-1]
        "$($entry.Kind) $($entry.TenantId) $($entry.Tables)" | Should -Be 'Complete hq 2'
    }

    It 'finds nothing to do a second time, and writes nothing' {
        $database = New-Migrated
        (Complete-PosTenantMigration $database @quiet).Status | Should -Be Succeeded
        $state = Get-FolderState (Split-Path $database)
        $again = Complete-PosTenantMigration $database @quiet
        $again.Status | Should -Be Succeeded
        $again.TenantId | Should -Be hq
        $again.Backup | Should -BeNullOrEmpty
        Get-FolderState (Split-Path $database) | Should -Be $state
    }

    It 'refuses a database with a trigger that counts on the DEFAULT, and names it; -Force drops the DEFAULT anyway' {
        $database = New-Migrated $trigger
        $state = Get-FolderState (Split-Path $database)
        $result = Complete-PosTenantMigration $database @quiet
        $result.Status | Should -Be Refused
        $failures.FullyQualifiedErrorId |
            Should -Be 'PosTenancy.StatementsNeedTenant,PosTenancy.Commands.CompletePosTenantMigrationCommand'
        $failures[0].CategoryInfo.Category | Should -Be InvalidOperation
        $failures[0].TargetObject | Should -Be $database
        "$($result.Affected)" | Should -Be 'trigger logs on customers: NOT NULL constraint failed: sales.tenant_id'
        $result.Affected.IsTried | Should -BeTrue
        Get-FolderState (Split-Path $database) | Should -Be $state

        $forced = Complete-PosTenantMigration $database -Force -Confirm:$false -WarningVariable warnings -WarningAction SilentlyContinue
        $forced.Status | Should -Be Succeeded
        "$warnings" | Should -BeLike 'These count on the DEFAULT, and fail without it: trigger logs on customers:*'
        Get-InsertError $database "UPDATE customers SET name = 'x'" | Should -BeLike '*NOT NULL constraint failed: sales.tenant_id*'
    }

    It 'with -WhatIf lists the rows of each table and what would fail, and changes no byte' {
        $database = New-Migrated $trigger
        $state = Get-FolderState (Split-Path $database)
        $run = Invoke-FreshPwsh "Complete-PosTenantMigration '$database' -Force -WhatIf; Complete-PosTenantMigration '$database' -WhatIf"
        Get-FolderState (Split-Path $database) | Should -Be $state
        ($run.Lines -match 'What if:').Count | Should -Be 2
        $run.Lines -join ' ' | Should -BeLike (
            "*""Drop the DEFAULT 'hq' of the column tenant_id in 2 tables, after a verified backup; rows of the tenant: customers 2, " +
            'sales 1"*"Let fail what counts on the DEFAULT: trigger logs on customers: *"*')
        $run.Error -replace '\s+', ' ' | Should -BeLike '*trigger logs on customers: NOT NULL constraint failed: sales.tenant_id*'
        $run.ExitCode | Should -Be 1
    }

    It 'gives tables of the next release a column without a DEFAULT, as the plan says' {
        $database = New-Migrated
        (Complete-PosTenantMigration $database @quiet).Status | Should -Be Succeeded
        $null = Invoke-Sqlite $database "INSERT INTO customers VALUES (3, 'Cy', 'north'); CREATE TABLE visits (id INTEGER PRIMARY KEY,
            customer_id REFERENCES customers); INSERT INTO visits VALUES (1, 1), (2, 3)"
        $plan = Get-PosTenantPlan $database hq | Where-Object Table -EQ visits
        $plan.Action | Should -Be Rebuild
        $plan.Reason | Should -BeLike '*the column gets no DEFAULT*tenant from customer_id -> customers'
        (Invoke-PosTenantUpgrade $database hq -Confirm:$false).Status | Should -Be Succeeded
        Invoke-Sqlite $database 'SELECT * FROM visits' | Should -Be '1|1|hq', '2|3|north'
        Get-InsertError $database 'INSERT INTO visits (customer_id) VALUES (1)' |
            Should -BeLike '*NOT NULL constraint failed: visits.tenant_id*'
    }

    It 'writes a report of what it did: <_>' -ForEach 'end.md', 'end.html', 'end.json', 'reports' {
        $database = New-Migrated $trigger
        $path = Join-Path (Split-Path $database) $_
        $result = Complete-PosTenantMigration $database @quiet -Force -ReportPath $path
        $result.ReportPath | Should -BeLike "$path*"
        if ($_ -eq 'reports') { Split-Path -Leaf $result.ReportPath | Should -Match '^pos\.db\.completion-\d{8}-\d{6}\.md$' }
        $report = Get-Content -LiteralPath $result.ReportPath -Raw
        $report | Should -Match (Get-Sha256 $result.Backup.BackupPath)
        if ($_ -like '*.json') {
            $json = $report | ConvertFrom-Json
            $json.change | Should -Be completion
            "$($json.result.tenantId) $($json.result.status) $($json.result.columns[0].rowsStored)" | Should -Be 'hq Succeeded 2'
            $json.result.affected[0].message | Should -Be 'NOT NULL constraint failed: sales.tenant_id'
        } else {
            $report | Should -Match 'What Counts on the DEFAULT'
            $report | Should -Match 'trigger logs'
        }
    }

    It 'writes a report if it refuses, too' {
        $database = New-Migrated $trigger
        $report = Join-Path (Split-Path $database) refused.md
        (Complete-PosTenantMigration $database @quiet -ReportPath $report).Status | Should -Be Refused
        Get-Content -LiteralPath $report -Raw | Should -Match 'PosTenancy\.StatementsNeedTenant'
    }

    It 'refuses rows without a tenant, a database without the column, and one that is open elsewhere' {
        $database = New-Migrated
        $null = Invoke-Sqlite $database 'CREATE TABLE visits (id INTEGER PRIMARY KEY, tenant_id TEXT); INSERT INTO visits VALUES (1, NULL)'
        (Complete-PosTenantMigration $database @quiet).Error.ErrorId | Should -Be PosTenancy.CompletionRefused
        (Complete-PosTenantMigration $database @quiet -ColumnName shop).Error.ErrorId | Should -Be PosTenancy.NotMigrated
        $bytes = Get-Sha256 $database
        $null = Start-Sqlite $database 'SELECT * FROM customers'
        try {
            $result = Complete-PosTenantMigration $database @quiet -LockTimeout 0
        } finally {
            Stop-Sqlite
        }

        $result.Status | Should -Be Refused
        $result.Error.ErrorId | Should -Be PosTenancy.DatabaseInUse
        Get-Sha256 $database | Should -Be $bytes
    }

    It 'rolls back what fails inside the transaction' {
        $database = New-Migrated
        $null = Invoke-Sqlite $database "CREATE TABLE marks (id INTEGER PRIMARY KEY, a TEXT, g TEXT AS (a || 'x') STORED);
            INSERT INTO marks (a) VALUES ('v'); ALTER TABLE marks ADD COLUMN tenant_id TEXT NOT NULL DEFAULT 'hq';`n.dbconfig defensive off
            PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '''x''', '''y''') WHERE name = 'marks'"
        $bytes = Get-Sha256 $database
        $result = Complete-PosTenantMigration $database @quiet -SkipRehearsal
        $result.Status | Should -Be RolledBack
        $failures.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.ChangeRolledBack,*'
        Get-Sha256 $database | Should -Be $bytes
    }

    It 'goes on with the next database of the pipeline' {
        $first, $second = (New-Migrated $trigger), (New-Migrated)
        $results = Get-Item $first, $second | Complete-PosTenantMigration @quiet
        $results.Status | Should -Be Refused, Succeeded
        $results.Path | Should -Be $first, $second
    }

    It 'takes a database whose name has brackets, and another folder for the backup' {
        $database = New-Migrated -Name 'pos[1].db'
        $folder = New-TestFolder
        $result = Complete-PosTenantMigration -LiteralPath $database -Destination $folder @quiet
        $result.Status | Should -Be Succeeded
        Split-Path $result.Backup.BackupPath | Should -Be $folder
    }
}
