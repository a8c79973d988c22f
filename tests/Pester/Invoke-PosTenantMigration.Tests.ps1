BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Invoke-PosTenantMigration' {
    It 'assigns every row of every business table to the tenant, and measures it' {
        $database = New-Store
        $size = (Get-Item -LiteralPath $database).Length
        $result = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        $result.Status | Should -Be Migrated
        "$($result.TablesUpdated) of $($result.TablesTotal), $($result.TablesSkipped) skipped, $($result.IndexesCreated) indexes" |
            Should -Be '32 of 32, 1 skipped, 32 indexes'
        "$($result.RowsBefore) $($result.RowsAfter) $($result.NullTenantIds)" | Should -Be '26 26 0'
        $result.SizeBefore | Should -Be $size
        $result.SizeAfter | Should -Be (Get-Item -LiteralPath $database).Length
        $result.Checks.Status | Should -Not -Contain 'Failed'
        $result.Error | Should -BeNullOrEmpty

        Invoke-Sqlite $database "SELECT count(*) FROM pragma_table_list l JOIN pragma_table_xinfo(l.name) c
            WHERE c.name = 'tenant_id' AND l.name <> '_postenancy_history'" | Should -Be 32
        Invoke-Sqlite $database "SELECT count(*) FROM sqlite_schema
            WHERE type = 'index' AND name = 'idx_' || tbl_name || '_tenant_id'" | Should -Be 32
        Get-StoredTenant $database | Should -Be $tenant
        Invoke-Sqlite $database 'PRAGMA integrity_check; PRAGMA foreign_key_check' | Should -Be 'ok'
    }

    It 'makes a backup if none is named' {
        $database = New-Store
        $before = Get-Sha256 $database
        $result = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        Get-Sha256 $result.BackupPath | Should -Be $before
        Split-Path $result.BackupPath | Should -Be (Split-Path $database)
    }

    It 'uses the named backup, and makes no second one' {
        $database = New-Store
        $backup = Backup-PosDatabase $database
        $result = Invoke-PosTenantMigration $database $tenant -BackupPath $backup.BackupPath -Confirm:$false
        $result.Status | Should -Be Migrated
        $result.BackupPath | Should -Be $backup.BackupPath
        @(Get-ChildItem -LiteralPath (Split-Path $database) -Filter '*.backup-*.json').Count | Should -Be 1
    }

    It 'writes nothing the second time' {
        $database = New-Store
        $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        $state = Get-FolderState (Split-Path $database)
        $result = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        $result.Status | Should -Be AlreadyMigrated
        "$($result.TablesUpdated) $($result.IndexesCreated) $($result.RowsAfter)" | Should -Be '0 0 26'
        Get-FolderState (Split-Path $database) | Should -Be $state
    }

    It 'rolls back if a check fails before COMMIT, reports the reason, and continues with the next database' {
        $databases = New-Store 'bad.db', 'good.db'
        $null = Invoke-Sqlite $databases[0] "INSERT INTO products (id, sku, name, category, price_cents) VALUES ('x', 'BAD', 'n', 'c', 1)"
        $script = New-LossyScript $databases[1]
        $before = Get-Sha256 $databases[0]
        $collect = @{ ErrorVariable = 'failures'; ErrorAction = 'SilentlyContinue' }
        $results = $databases | Invoke-PosTenantMigration -TenantId $tenant -Script $script -Confirm:$false @collect
        $results.Status | Should -Be RolledBack, Migrated
        $results[0].Error.ErrorId | Should -Be 'PosTenancy.MigrationRolledBack'
        $results[0].TablesUpdated | Should -Be 0
        ($results[0].Checks | Where-Object Status -EQ Failed).Name | Should -Be RowCountsMatch
        @($failures).FullyQualifiedErrorId | Should -BeLike 'PosTenancy.MigrationRolledBack,*'
        $failures[0].Exception.Message | Should -Be $results[0].Error.Message
        Get-Sha256 $databases[0] | Should -Be $before
        Get-StoredTenant $databases[1] | Should -Be $tenant
    }

    It 'leaves excluded tables alone' {
        $database = New-Store
        $result = Invoke-PosTenantMigration $database $tenant -ExcludeTable 'sync_*' -Confirm:$false
        $result.TablesSkipped | Should -Be 5
        Invoke-Sqlite $database "SELECT count(*) FROM pragma_table_xinfo('sync_queue') WHERE name = 'tenant_id'" | Should -Be 0
        Invoke-Sqlite $database "SELECT count(*) FROM pragma_table_xinfo('users') WHERE name = 'tenant_id'" | Should -Be 1
    }

    It 'keeps a database in WAL mode, and leaves no log' {
        $database = New-Store -Sql 'PRAGMA journal_mode = WAL'
        (Invoke-PosTenantMigration $database $tenant -Confirm:$false).Status | Should -Be Migrated
        (Get-ChildItem -LiteralPath (Split-Path $database) -Force).Name -match '-(wal|shm|journal)$' | Should -BeNullOrEmpty
        Invoke-Sqlite $database 'PRAGMA journal_mode' | Should -Be wal
        Get-StoredTenant $database | Should -Be $tenant
    }
}
