# One tenant is restored from a backup or an export, while the others go on.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    function New-Chain {
        # A database with two tenants, in a folder of its own, and a backup of it: returns both paths. Since the backup north lost rows,
        # and south sold on.
        $database = Join-Path (New-TestFolder) 'hq.db'
        $null = Invoke-Sqlite $database @'
            CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
            CREATE TABLE sales (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), receipt TEXT UNIQUE);
            INSERT INTO customers VALUES (1, 'Ada'), (2, 'Bo');
            INSERT INTO sales VALUES (1, 1, 'R1'), (2, 2, 'R2'), (3, 1, 'R3');
'@
        (Invoke-PosTenantUpgrade $database north -Confirm:$false).Status | Should -Be Succeeded
        $null = Invoke-Sqlite $database "INSERT INTO customers VALUES (11, 'Sue', 'south');
            INSERT INTO sales VALUES (11, 11, 'S1', 'south')"
        $backup = (Backup-PosDatabase $database).BackupPath
        $null = Invoke-Sqlite $database "DELETE FROM sales WHERE id IN (2, 3); UPDATE customers SET name = 'X' WHERE id = 1;
            INSERT INTO customers VALUES (3, 'new', 'north'); INSERT INTO sales VALUES (12, 11, 'S2', 'south')"
        $database, $backup
    }

    function Get-Rows {
        param([string] $Database, [string] $Tenant = 'north')

        Invoke-Sqlite $Database "SELECT id, name FROM customers WHERE tenant_id = '$Tenant';
            SELECT id, customer_id, receipt FROM sales WHERE tenant_id = '$Tenant'"
    }

    $quiet = @{ Confirm = $false; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failures'; WarningAction = 'SilentlyContinue' }
    $yesterday = '1|Ada', '2|Bo', '1|1|R1', '2|2|R2', '3|1|R3'
    $south = '11|Sue', '11|11|S1', '12|11|S2'
}

AfterAll {
    Stop-Sqlite
}

Describe 'Restore-PosTenant' {
    It 'restores one tenant, and leaves the other as it is' {
        $database, $backup = New-Chain
        $result = Restore-PosTenant $database north -BackupPath $backup @quiet
        $failures | Should -BeNullOrEmpty
        $result.Status | Should -Be Succeeded
        $result.Path, $result.TenantId, $result.SourcePath | Should -Be $database, north, $backup
        $result.RowsReturned, $result.RowsGone, $result.RowsChanged, $result.RowsSkipped | Should -Be 2, 1, 1, 0
        "$($result.Restored)" | Should -Be 'customers (1 gone, 1 changed) sales (2 back)'
        $result.Checks.Name | Should -Be TenantEqualsSource, ReferencesIntact, TenantAsRecorded, OtherTenantsUnchanged, SchemaUnchanged,
            FileIntegrity
        $result.Checks.Status | Select-Object -Unique | Should -Be Passed
        Get-Rows $database | Should -Be $yesterday
        Get-Rows $database south | Should -Be $south
        Compare-PosTenant $database north -With $backup -Quiet | Should -BeTrue
        Test-PosTenantIntegrity $database -Quiet | Should -BeTrue
        (Get-PosTenantHistory $database)[-1].Kind | Should -Be Restore
        (Get-PosTenant $database).TenantId | Should -Be north, south
        (Invoke-PosTenantUpgrade $database north -Confirm:$false).Status | Should -Be AlreadyMigrated
    }

    It 'with -WhatIf says of each table what comes back, goes and changes, and changes no byte' {
        $database, $backup = New-Chain
        $state = Get-FolderState (Split-Path $database)
        $run = Invoke-FreshPwsh "Restore-PosTenant '$database' north '$backup' -WhatIf -ReportPath '$(Split-Path $database)/new.md'"
        Get-FolderState (Split-Path $database) | Should -Be $state
        $text = $run.Lines -join ' '
        $text | Should -BeLike "*Restore tenant 'north' from '$backup', after a verified backup: 2 rows come back, 1 row go*"
        $text | Should -BeLike '*"customers (1 gone, 1 changed)"*"sales (2 back)"*'
        $run.ExitCode | Should -Be 0
    }

    It 'refuses what another tenant took since by name, also with -WhatIf' {
        $database, $backup = New-Chain
        $null = Invoke-Sqlite $database "INSERT INTO sales VALUES (2, 11, 'R3', 'south')"
        $state = Get-FolderState (Split-Path $database)
        foreach ($switch in @{ WhatIf = $true }, @{ }) {
            $result = Restore-PosTenant $database north $backup @switch @quiet
            $failures.FullyQualifiedErrorId | Should -Be 'PosTenancy.RestoreConflict,PosTenancy.Commands.RestorePosTenantCommand'
            "$failures" | Should -BeLike "*sales 2: id 2 is taken by tenant 'south'; sales 3: receipt R3 is taken by tenant 'south'. -On*"
            $failures[0].TargetObject | Should -Be $database
            Get-FolderState (Split-Path $database) | Should -Be $state
        }

        $result.Status | Should -Be Refused
        $result.Conflicts.Kind | Should -Be Taken, Taken
        $result.Conflicts.OtherTenantId | Should -Be south, south
        $result.RowsReturned | Should -Be 0
    }

    It 'gives taken keys new values or leaves rows out, as -OnConflict decides' {
        $database, $backup = New-Chain
        $null = Invoke-Sqlite $database "INSERT INTO sales VALUES (2, 11, 'S3', 'south')"
        $result = Restore-PosTenant $database north $backup -OnConflict NewKey @quiet
        $result.Status | Should -Be Succeeded -Because $result.Error
        "$($result.NewKeys)" | Should -Be 'sales.id: 2 -> 13'
        Get-Rows $database | Should -Be '1|Ada', '2|Bo', '1|1|R1', '3|1|R3', '13|2|R2'

        $result = Restore-PosTenant $database north $backup -OnConflict Skip @quiet
        $result.Status | Should -Be Succeeded -Because $result.Error
        "$($result.Conflicts)" | Should -Be "sales 2: id 2 is taken by tenant 'south'"
        $result.RowsSkipped | Should -Be 1
        Get-Rows $database | Should -Be '1|Ada', '2|Bo', '1|1|R1', '3|1|R3'
    }

    It 'takes the result of Export-PosTenant' {
        $database, $backup = New-Chain
        $result = Export-PosTenant $database south | ForEach-Object {
            $null = Invoke-Sqlite $database "DELETE FROM sales WHERE tenant_id = 'south'; DELETE FROM customers WHERE tenant_id = 'south'"
            $_
        } | Restore-PosTenant @quiet
        $result.Status | Should -Be Succeeded -Because $result.Error
        $result.TenantId | Should -Be south
        Get-Rows $database south | Should -Be $south
    }

    It 'writes a report of what it did: <_>' -ForEach 'restore.md', 'restore.html', 'restore.json', 'reports' {
        $database, $backup = New-Chain
        $path = Join-Path (Split-Path $database) $_
        $result = Restore-PosTenant $database north $backup @quiet -ReportPath $path
        $result.ReportPath | Should -BeLike "$path*"
        $report = Get-Content -LiteralPath $result.ReportPath -Raw
        $report | Should -Match (Get-Sha256 $result.Backup.BackupPath)
        if ($_ -like '*.json') {
            $json = $report | ConvertFrom-Json
            $json.change | Should -Be restore
            $json.result.rowsReturned | Should -Be 2
            $json.result.restored.table | Should -Be customers, sales
        } else {
            $report | Should -Match 'Restored Rows'
        }
    }

    It 'restores a database with brackets in its name, and resolves paths at the location' {
        $database, $backup = New-Chain
        $folder = Split-Path $database
        Push-Location -LiteralPath $folder
        try {
            (Restore-PosTenant hq.db north (Split-Path $backup -Leaf) @quiet).Status | Should -Be Succeeded
            Move-Item hq.db -Destination 'hq[1].db'
            $backup = (Backup-PosDatabase -LiteralPath 'hq[1].db').BackupPath
            $null = Invoke-Sqlite "$folder/hq[1].db" "DELETE FROM sales WHERE id = 1"
            $result = Restore-PosTenant -LiteralPath 'hq[1].db' -TenantId north -BackupPath (Split-Path $backup -Leaf) @quiet
            $result.Status | Should -Be Succeeded -Because $result.Error
        } finally {
            Pop-Location
        }
    }

    It 'ends at an empty tenant or a -KeyMap that cannot be read' {
        $database, $backup = New-Chain
        { Restore-PosTenant $database '' $backup -Confirm:$false } | Should -Throw -ErrorId 'PosTenancy.InvalidTenantId*'
        { Restore-PosTenant $database north $backup -KeyMap 7 -Confirm:$false } | Should -Throw -ErrorId 'PosTenancy.KeyMapInvalid*'
        { Restore-PosTenant $database north $backup -OnConflict Nothing } | Should -Throw -ErrorId 'CannotConvertArgument*'
    }
}
