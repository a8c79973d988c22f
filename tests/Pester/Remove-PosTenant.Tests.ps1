# A tenant leaves.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    $schema = @'
        CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        CREATE TABLE sales (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), receipt TEXT);
        CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT);
'@

    function New-Pair {
        # A database with the tenants hq and the-north, and the store that the latter was.
        $folder = New-TestFolder
        $database, $source = "$folder/hq.db", "$folder/north.db"
        $null = Invoke-Sqlite $database "$schema INSERT INTO customers VALUES (1, 'Ada'); INSERT INTO sales VALUES (1, 1, 'R1');"
        $null = Invoke-Sqlite $source "$schema INSERT INTO customers VALUES (1, 'Bo Borealis'), (5, 'Cy Septentrio');
            INSERT INTO sales VALUES (1, 5, 'R1'), (2, 1, 'R2'); INSERT INTO settings VALUES ('home', '{""shop"":""polar""}');"
        (Invoke-PosTenantUpgrade $database hq -UniqueScope TenantAndPrimaryKey -Confirm:$false).Status | Should -Be Succeeded
        (Import-PosTenant $database $source the-north -Confirm:$false).Status | Should -Be Succeeded
        $database, $source
    }

    function Get-Others {
        param([string] $Database)

        Invoke-Sqlite $Database "SELECT rowid, * FROM customers WHERE tenant_id = 'hq'; SELECT rowid, * FROM sales WHERE tenant_id = 'hq'"
    }

    function Find-Byte {
        # How often a text is in the bytes of a file and of those that SQLite keeps beside it.
        param([string] $Path, [string] $Text)

        $count = 0
        foreach ($file in '', '-wal', '-journal' | ForEach-Object { $Path + $_ } | Where-Object { Test-Path -LiteralPath $_ }) {
            $bytes = [System.Text.Encoding]::GetEncoding('iso-8859-1').GetString([System.IO.File]::ReadAllBytes($file))
            $count += [regex]::Matches($bytes, [regex]::Escape($Text)).Count
        }

        $count
    }

    $quiet = @{ Confirm = $false; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failures'; WarningAction = 'SilentlyContinue' }
}

AfterAll {
    Stop-Sqlite
}

Describe 'Remove-PosTenant' {
    It 'removes the tenant after an export, as the sqlite3 shell reads it, and nothing else' {
        $database, $source = New-Pair
        $others = Get-Others $database
        $result = Remove-PosTenant $database the-north @quiet
        $failures | Should -BeNullOrEmpty
        "$result" | Should -Be 'the-north: Succeeded, 5 rows'
        "$($result.Level) $($result.ProvedBy)" | Should -Be 'Removed Twin'
        Get-Others $database | Should -Be $others
        Invoke-Sqlite $database "SELECT count(*) FROM customers WHERE tenant_id = 'the-north'" | Should -Be 0
        (Get-PosTenant $database).TenantId | Should -Be hq
        Get-Sha256 $result.Export.ExportPath | Should -Be $result.Export.Sha256
        $entry = (Get-PosTenantHistory $database)[-1]
        "$($entry.Kind) $($entry.TenantId)" | Should -Be 'Remove the-north'
        Test-PosTenantIntegrity $database -TenantId hq -Quiet | Should -BeTrue
    }

    It 'brings it back from the export, equal to the store that it was' {
        $database, $source = New-Pair
        $export = (Remove-PosTenant $database the-north @quiet).Export
        (Import-PosTenant $database $export.ExportPath the-north -Confirm:$false).Status | Should -Be Succeeded
        Compare-PosTenant $database the-north -With $export.ExportPath -Quiet | Should -BeTrue
        Invoke-Sqlite $database "SELECT name FROM customers WHERE tenant_id = 'the-north' ORDER BY 1" |
            Should -Be (Invoke-Sqlite $source 'SELECT name FROM customers ORDER BY 1')
    }

    It 'with -Erase leaves not one byte of its values, <_>' -ForEach 'with a rollback journal', 'with a write-ahead log' {
        $database, $source = New-Pair
        if ($_ -match 'log') { $null = Invoke-Sqlite $database 'PRAGMA journal_mode = WAL' }
        $mode = Invoke-Sqlite $database 'PRAGMA journal_mode'
        $others = Get-Others $database
        Find-Byte $database 'Cy Septentrio' | Should -BeGreaterThan 0
        $result = Remove-PosTenant $database the-north -Erase -SkipExport @quiet
        $failures | Should -BeNullOrEmpty
        "$($result.Level) $($result.Status)" | Should -Be 'Erased Succeeded'
        $result.Export | Should -BeNullOrEmpty
        foreach ($text in 'Cy Septentrio', 'Bo Borealis', 'polar', 'the-north') {
            Find-Byte $database $text | Should -Be 0 -Because $text
        }

        ($result.Checks | Where-Object Name -EQ ErasedBytes).Status | Should -Be Passed
        Get-Others $database | Should -Be $others
        Invoke-Sqlite $database 'PRAGMA journal_mode' | Should -Be $mode
        (Get-PosTenantHistory $database)[-1].TenantId | Should -Match '^erased:[0-9a-f]{16}$'
    }

    It 'lists what still holds the tenant, and how to remove it' {
        $database, $source = New-Pair
        $null = Invoke-Sqlite $database "CREATE TABLE log (entry TEXT); INSERT INTO log VALUES ('{""who"":""Cy Septentrio""}')"
        $result = Remove-PosTenant $database the-north -Erase -Confirm:$false -WarningVariable warnings -WarningAction SilentlyContinue
        $result.HeldBy.Kind | Should -Be Backup, Export, KeyMap, Source, Table
        $result.HeldBy[0].Path | Should -Be $result.Backup.BackupPath
        $result.HeldBy[1].Path | Should -Be $result.Export.ExportPath
        $result.HeldBy[4].Path | Should -Be log.entry
        $warnings | Should -Be ('log.entry keeps values of the tenant in 1 row. Change or delete these values with the application.')
        $null = New-Item -ItemType Directory "$(Split-Path $database)/new"
        $result.HeldBy | Where-Object Kind -In Export, KeyMap | ForEach-Object { Invoke-Expression ($_.HowToRemove -replace '^.*then: ') }
        (Remove-PosTenant $database the-north -Erase @quiet).HeldBy.Kind | Should -Be Backup
    }

    It 'with -WhatIf says what would go and what would stay, or why it would refuse, and changes no byte' {
        $database, $source = New-Pair
        $state = Get-FolderState (Split-Path $database)
        $run = Invoke-FreshPwsh "Remove-PosTenant '$database' the-north -Erase -WhatIf; Remove-PosTenant '$database' hq -WhatIf"
        Get-FolderState (Split-Path $database) | Should -Be $state
        $said = $run.Lines -join ' '
        $said | Should -BeLike "*Export the tenant 'the-north' to '*"
        $said | Should -BeLike (
            "*""Remove 5 rows of the tenant 'the-north', after a verified backup: customers 2 -> 0, sales 2 -> 0, settings 1 -> 0""*")
        $said | Should -BeLike '*search it for what was the tenant''s alone (Erased)*'
        $said | Should -BeLike '*Afterwards the tenant is still held by the key map*'
        $run.Error -replace '\s+', ' ' | Should -BeLike '*Run Complete-PosTenantMigration first*'
        $run.ExitCode | Should -Be 1
    }

    It 'writes one error for <Problem>, and leaves the database as it was' -ForEach @(
        @{ Problem = 'a tenant that does not exist'; Id = 'TenantNotFound'; Category = 'InvalidArgument'; Tenant = 'north' }
        @{ Problem = 'the tenant of the DEFAULT'; Id = 'TenantIsDefault'; Category = 'InvalidOperation'; Tenant = 'hq' }
        @{ Problem = 'a row that references it'; Id = 'TenantReferenced'; Category = 'InvalidOperation'; Tenant = 'the-north'
            Sql = "INSERT INTO sales (id, customer_id, tenant_id) SELECT 99, id, 'hq' FROM customers WHERE tenant_id = 'the-north' LIMIT 1;
                CREATE TABLE marks (customer INTEGER, tenant TEXT, FOREIGN KEY (tenant, customer) REFERENCES customers (tenant_id, id));
                INSERT INTO marks SELECT id, tenant_id FROM customers"
        }
        @{ Problem = 'a virtual table with rows of its own'; Id = 'RemovalRefused'; Category = 'InvalidOperation'; Tenant = 'the-north'
            Sql = "CREATE VIRTUAL TABLE words USING fts5 (word); INSERT INTO words VALUES ('x')"
        }
    ) {
        $database, $source = New-Pair
        if ($Sql) { $null = Invoke-Sqlite $database $Sql }
        $bytes = Get-Sha256 $database
        $result = Remove-PosTenant $database $Tenant @quiet
        $result.Status | Should -Be Refused
        $failures.Count | Should -Be 1
        $failures[0].FullyQualifiedErrorId | Should -Be "PosTenancy.$Id,PosTenancy.Commands.RemovePosTenantCommand"
        $failures[0].CategoryInfo.Category | Should -Be $Category
        $failures[0].TargetObject | Should -Be $database
        Get-Sha256 $database | Should -Be $bytes
        Get-ChildItem -LiteralPath (Split-Path $database) -Filter *.export-* | Should -BeNullOrEmpty
    }

    It 'removes the last tenant with -Force alone' {
        $database = "$(New-TestFolder)/one.db"
        $null = Invoke-Sqlite $database "CREATE TABLE a (tenant_id TEXT NOT NULL, v TEXT); INSERT INTO a VALUES ('only', 'x')"
        (Remove-PosTenant $database only @quiet).Error.ErrorId | Should -Be PosTenancy.LastTenant
        (Remove-PosTenant $database only -Force @quiet).Status | Should -Be Succeeded
        Invoke-Sqlite $database 'SELECT count(*) FROM a' | Should -Be 0
    }

    It 'takes tenants from the pipeline, each in a run of its own, and has nothing to do a second time' {
        $database, $source = New-Pair
        $tenants = Get-PosTenant $database
        $results = $tenants | Remove-PosTenant @quiet
        $results.Status | Should -Be Refused, Succeeded
        $bytes = Get-Sha256 $database
        $again = $tenants[1] | Remove-PosTenant @quiet
        "$($again.Status) $($again.ProvedBy)" | Should -Be 'Succeeded '
        $again.Warnings | Should -BeLike "The tenant 'the-north' was removed already, on *"
        Get-Sha256 $database | Should -Be $bytes
    }

    It 'writes a report with the level and what still holds the tenant: <_>' -ForEach 'a.md', 'a.html', 'a.json', 'reports' {
        $database, $source = New-Pair
        $path = Join-Path (Split-Path $database) $_
        $result = Remove-PosTenant $database the-north @quiet -ReportPath $path
        $result.ReportPath | Should -BeLike "$path*"
        if ($_ -eq 'reports') { Split-Path -Leaf $result.ReportPath | Should -Match '^hq\.db\.removal-\d{8}-\d{6}\.md$' }
        $report = Get-Content -LiteralPath $result.ReportPath -Raw
        $report | Should -Match (Get-Sha256 $result.Backup.BackupPath)
        if ($_ -like '*.json') {
            $json = $report | ConvertFrom-Json
            $json.change | Should -Be removal
            "$($json.result.tenantId) $($json.result.level) $($json.result.status)" | Should -Be 'the-north Removed Succeeded'
            $json.result.heldBy[0].kind | Should -Be Backup
            $json.result.export.sha256 | Should -Be $result.Export.Sha256
        } else {
            $report | Should -Match 'What Still Holds the Tenant'
            $report | Should -Match 'no query finds a row of the tenant'
            $report | Should -Match ([regex]::Escape((Split-Path -Leaf $result.Export.ExportPath)))
        }
    }

    It 'rolls back if the export cannot be written' {
        $database, $source = New-Pair

        # SQLite writes the beginning of a statement in capital letters, so it does not create this schema again.
        $null = Invoke-Sqlite $database "PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = replace(sql, 'CREATE TABLE', 'create table') WHERE name = 'settings'"
        $bytes = Get-Sha256 $database
        $result = Remove-PosTenant $database the-north @quiet
        $result.Status | Should -Be RolledBack
        $failures.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.ChangeRolledBack,*'
        Get-Sha256 $database | Should -Be $bytes
        (Remove-PosTenant $database the-north -SkipExport @quiet).Status | Should -Be Succeeded
    }

    It 'refuses a database that is open elsewhere, and leaves it as it was' {
        $database, $source = New-Pair
        $bytes = Get-Sha256 $database
        $null = Start-Sqlite $database 'SELECT * FROM customers'
        try {
            $result = Remove-PosTenant $database the-north @quiet -LockTimeout 0
        } finally {
            Stop-Sqlite
        }

        $result.Error.ErrorId | Should -Be PosTenancy.DatabaseInUse
        Get-Sha256 $database | Should -Be $bytes
    }

    It 'stopped by Ctrl+C while <When> leaves the database as it was, and no export' -ForEach @(
        @{ When = 'the rows are deleted'; Activity = 'Step 4 of 5: erasing from hq.db'; Status = 'Removing the-north*' }
        @{ When = 'the export is written'; Activity = 'Step 4 of 5: erasing from hq.db'; Status = '*rows*' }
        @{ When = 'the file is written again'; Activity = 'Step 5 of 5: verifying hq.db'; Status = 'Writing the file again*' }
    ) {
        $database, $source = New-Pair
        $null = Invoke-Sqlite $database "WITH n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
            INSERT INTO customers (id, name, tenant_id)
            SELECT i, 'customer ' || i || hex(zeroblob(150)), iif(i % 2, 'the-north', 'hq') FROM n"
        $others = Invoke-Sqlite $database 'SELECT count(*), sum(id), min(name), max(tenant_id) FROM customers'
        $run = Invoke-InRunspace 'Remove-PosTenant $a.Path the-north -Erase -Confirm:$false' @{ Path = $database } {
            $args[0].Activity -eq $Activity -and $args[0].StatusDescription -like $Status
        }
        $run.StoppedAt | Should -Not -BeNullOrEmpty -Because "otherwise nothing was stopped: $(
            $run.Progress | ForEach-Object { "$($_.Activity) | $($_.StatusDescription)" } | Select-Object -Unique)"
        $run.State | Should -Be Stopped
        Invoke-Sqlite $database 'SELECT count(*), sum(id), min(name), max(tenant_id) FROM customers' | Should -Be $others
        Get-ChildItem -LiteralPath (Split-Path $database) -Filter *.export-* | Should -BeNullOrEmpty
        Get-ChildItem -LiteralPath (Split-Path $database) -Filter *.copy | Should -BeNullOrEmpty
    }
}
