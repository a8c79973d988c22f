BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    function New-MigratedStore {
        param([string] $Sql)

        $database = New-Store
        $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        if ($Sql) {
            $null = Invoke-Sqlite $database $Sql
        }

        $database
    }

    function Get-Status {
        param([string] $Database, [string] $Check, [hashtable] $Options = @{})

        (Test-PosTenantIntegrity $Database -TenantId $tenant @Options | Where-Object Name -EQ $Check).Status
    }
}

Describe 'Test-PosTenantIntegrity' {
    It 'runs the seven checks of the hand-made report first, in its order, each with expected and actual values' {
        $checks = Test-PosTenantIntegrity (New-MigratedStore) -TenantId $tenant
        $checks[0..6].Name | Should -Be @(
            'TablesHaveTenantColumn', 'NoNullTenantIds', 'TenantDistribution', 'RowCountsMatch', 'TenantIndexesExist',
            'TenantFilterUsesIndex', 'ForeignKeysIntact')
        $checks | Where-Object { -not $_.Title -or -not $_.Expected -or -not $_.Actual } | Should -BeNullOrEmpty
        $checks | Where-Object { $_.Status -eq 'NotChecked' -and -not $_.Detail } |
            Should -BeNullOrEmpty -Because 'a check that did not run states the reason'
    }

    It 'compares with the backup if one is named, and reports NotChecked otherwise' {
        $database = New-Store
        $migration = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        Get-Status $database RowCountsMatch | Should -Be NotChecked
        Get-Status $database RowCountsMatch @{ BackupPath = $migration.BackupPath } | Should -Be Passed
        $null = Invoke-Sqlite $database "DELETE FROM maintenance_schedules WHERE rowid = 1"
        Get-Status $database RowCountsMatch @{ BackupPath = $migration.BackupPath } | Should -Be Failed
    }

    It 'fails the check <Check> if <Because>' -ForEach @(
        @{ Check = 'TenantDistribution'; Because = 'a row belongs to another tenant'
            Sql = "UPDATE users SET tenant_id = 'other' WHERE username = 'admin'" }
        @{ Check = 'TenantIndexesExist'; Because = 'an index is missing'; Sql = 'DROP INDEX idx_users_tenant_id' }
        @{ Check = 'TablesHaveTenantColumn'; Because = 'a later table lacks the column'; Sql = 'CREATE TABLE later (id)' }
        @{ Check = 'ForeignKeysIntact'; Because = 'a child lost its parent'; Sql = 'PRAGMA foreign_keys = OFF; DELETE FROM stores' }
        @{ Check = 'SchemaObjectsCompile'; Because = 'a view names a column that does not exist'
            Sql = 'CREATE VIEW broken AS SELECT no_such_column FROM users' }
    ) {
        Get-Status (New-MigratedStore) $Check | Should -Be Passed
        Get-Status (New-MigratedStore $Sql) $Check | Should -Be Failed
    }

    It 'is not deceived: <Check> fails if <Because>' -ForEach @(
        @{ Check = 'DataUnchanged'; Because = 'one cent changed in one product'
            Sql = 'UPDATE products SET price_cents = price_cents + 1 WHERE rowid = 2' }
        @{ Check = 'RowCountsMatch'; Because = 'one row is deleted'; Sql = 'DELETE FROM vehicle_fitment WHERE rowid = 3' }
        @{ Check = 'TenantIndexesExist'; Because = 'an index of the right name is on the wrong column'
            Sql = 'DROP INDEX idx_users_tenant_id; CREATE INDEX idx_users_tenant_id ON users (role)' }
        @{ Check = 'TenantDistribution'; Because = 'one row is assigned to another tenant'
            Sql = "UPDATE maintenance_schedules SET tenant_id = 'other' WHERE rowid = 1" }
        @{ Check = 'TablesHaveTenantColumn'; Because = 'a new table only mentions the column in a comment'
            Sql = 'CREATE TABLE later (id INTEGER PRIMARY KEY, name TEXT /* tenant_id */)' }
        @{ Check = 'ForeignKeysIntact'; Because = 'a foreign key is orphaned'
            Sql = "PRAGMA foreign_keys = OFF; UPDATE vehicle_fitment SET product_id = 'nobody' WHERE rowid = 1" }
        @{ Check = 'TenantReferencesConsistent'; Because = 'a child and its parent have different tenants'
            Sql = "UPDATE vehicle_fitment SET tenant_id = 'other' WHERE rowid = 1" }
        @{ Check = 'SchemaObjectsCompile'; Because = 'a trigger no longer compiles'
            Sql = 'CREATE TRIGGER late AFTER INSERT ON users BEGIN INSERT INTO gone SELECT new.id; END' }
    ) {
        $database = New-Store
        $migration = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        Get-Status $database $Check @{ BackupPath = $migration.BackupPath } | Should -Be Passed
        $null = Invoke-Sqlite $database $Sql
        Get-Status $database $Check @{ BackupPath = $migration.BackupPath } | Should -Be Failed
    }

    It 'is not deceived: <Check> fails if a page of <Tree> is overwritten with the bytes of <Other>' -ForEach @(
        @{ Check = 'DataUnchanged'; Tree = 'vehicle_fitment'; Other = 'products' }
        @{ Check = 'FileIntegrity'; Tree = 'vehicle_fitment'; Other = 'products' }
        @{ Check = 'FileIntegrity'; Tree = 'idx_users_tenant_id'; Other = 'idx_products_tenant_id' }
    ) {
        $database = New-Store
        $migration = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        $page, $source = foreach ($name in $Tree, $Other) {
            [int] (Invoke-Sqlite $database "SELECT rootpage FROM sqlite_schema WHERE name = '$name'")
        }

        $size = [int] (Invoke-Sqlite $database 'PRAGMA page_size')
        $bytes = [System.IO.File]::ReadAllBytes($database)
        [array]::Copy($bytes, ($source - 1) * $size, $bytes, ($page - 1) * $size, $size)
        [System.IO.File]::WriteAllBytes($database, $bytes)
        Get-Status $database $Check @{ BackupPath = $migration.BackupPath } | Should -Be Failed
    }

    It 'changes nothing' {
        $database = New-MigratedStore
        $state = Get-FolderState (Split-Path $database)
        $null = Test-PosTenantIntegrity $database -TenantId $tenant
        Get-FolderState (Split-Path $database) | Should -Be $state
    }

    It 'refuses to compare with a backup whose bytes were changed' {
        $database = New-Store
        $migration = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        $bytes = [System.IO.File]::ReadAllBytes($migration.BackupPath)
        $bytes[-1] = $bytes[-1] -bxor 1
        [System.IO.File]::WriteAllBytes($migration.BackupPath, $bytes)
        $collect = @{ ErrorVariable = 'failures'; ErrorAction = 'SilentlyContinue' }
        $checks = Test-PosTenantIntegrity $database -BackupPath $migration.BackupPath @collect
        $checks | Should -BeNullOrEmpty
        $failures.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.BackupTampered,*'
    }
}

Describe 'Test-PosTenantIntegrity -Quiet' {
    It 'returns exactly one bool: true for an intact database' {
        $answer = Test-PosTenantIntegrity (New-MigratedStore) -TenantId $tenant -Quiet
        @($answer).Count | Should -Be 1
        $answer | Should -BeOfType bool
        $answer | Should -BeTrue
    }

    It 'returns exactly one bool: false if one row belongs to another tenant' {
        $database = New-MigratedStore "UPDATE users SET tenant_id = 'other' WHERE username = 'admin'"
        $answer = Test-PosTenantIntegrity $database -TenantId $tenant -Quiet
        @($answer).Count | Should -Be 1
        $answer | Should -BeOfType bool
        $answer | Should -BeFalse
    }

    It 'returns false and an error for an unreadable database' {
        $missing = Join-Path (New-TestFolder) 'missing.db'
        $answer = Test-PosTenantIntegrity $missing -Quiet -ErrorVariable failures -ErrorAction SilentlyContinue
        @($answer) | Should -Be @($false)
        $failures.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.FileNotFound,*'
    }

    It 'returns one bool for each database' {
        $databases = (New-MigratedStore), (New-Store)
        $databases | Test-PosTenantIntegrity -TenantId $tenant -Quiet | Should -Be $true, $false
    }
}
