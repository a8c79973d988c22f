BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Invoke-PosTenantUpgrade' {
    It 'backs up, rehearses, migrates and verifies, and returns everything in one object' {
        $database = New-Store
        $before = Get-Sha256 $database
        $start = [datetimeoffset]::Now
        $result = Invoke-PosTenantUpgrade $database $tenant -Confirm:$false
        $result.Status | Should -Be Succeeded
        $result.Error | Should -BeNullOrEmpty
        $result.StartedAt | Should -BeGreaterOrEqual $start
        Get-Sha256 $result.Backup.BackupPath | Should -Be $before
        $result.Rehearsal.Status | Should -Be Migrated
        $result.Migration.Status | Should -Be Migrated
        $result.Rehearsal.RowsAfter | Should -Be $result.Migration.RowsAfter
        $result.Migration.BackupPath | Should -Be $result.Backup.BackupPath
        $result.Checks[0..6].Name | Should -Be @(
            'TablesHaveTenantColumn', 'NoNullTenantIds', 'TenantDistribution', 'RowCountsMatch', 'TenantIndexesExist',
            'TenantFilterUsesIndex', 'ForeignKeysIntact')
        $result.Checks[0..6].Status | Select-Object -Unique | Should -Be Passed
        Get-StoredTenant $database | Should -Be $tenant
        (Get-ChildItem -LiteralPath (Split-Path $database) -Force).FullName | Sort-Object |
            Should -Be @($database, $result.Backup.BackupPath, $result.Backup.ManifestPath)
    }

    It 'skips the rehearsal with -SkipRehearsal' {
        $result = Invoke-PosTenantUpgrade (New-Store) $tenant -SkipRehearsal -Confirm:$false
        $result.Status | Should -Be Succeeded
        $result.Rehearsal | Should -BeNullOrEmpty
    }

    It 'writes nothing the second time, not even a backup' {
        $database = New-Store
        $null = Invoke-PosTenantUpgrade $database $tenant -Confirm:$false
        $state = Get-FolderState (Split-Path $database)
        $again = Invoke-PosTenantUpgrade $database $tenant -Confirm:$false
        $again.Status | Should -Be AlreadyMigrated
        $again.Backup | Should -BeNullOrEmpty
        $again.Checks.Status | Should -Not -Contain 'Failed'
        Get-FolderState (Split-Path $database) | Should -Be $state
    }

    It 'does not touch the live file if the rehearsal fails, and keeps the measurements of the rehearsal' {
        $database = New-Store -Sql "INSERT INTO products (id, sku, name, category, price_cents) VALUES ('x', 'BAD', 'n', 'c', 1);"
        $script = New-LossyScript $database
        $state = 'LastWriteTimeUtc', @{ Name = 'Hash'; Expression = { Get-Sha256 $_.FullName } }
        $before = Get-Item -LiteralPath $database | Select-Object $state
        $collect = @{ ErrorVariable = 'failures'; ErrorAction = 'SilentlyContinue' }
        $result = Invoke-PosTenantUpgrade $database $tenant -Script $script -Confirm:$false @collect
        $result.Status | Should -Be Refused
        $result.Error.ErrorId | Should -Be 'PosTenancy.RehearsalFailed'
        $result.Rehearsal.Status | Should -Be RolledBack
        $result.Migration | Should -BeNullOrEmpty
        ($result.Checks | Where-Object Status -EQ Failed).Name | Should -Be RowCountsMatch, DataUnchanged
        @($failures)[-1].FullyQualifiedErrorId | Should -Be 'PosTenancy.RehearsalFailed,Invoke-PosTenantUpgrade'
        Get-Item -LiteralPath $database | Select-Object $state | ConvertTo-Json | Should -Be ($before | ConvertTo-Json)
        (Get-ChildItem -LiteralPath (Split-Path $database) -Directory -Force) | Should -BeNullOrEmpty -Because 'the rehearsal cleans up'
    }

    It 'accepts rows of a list of stores, each with its own tenant' {
        $databases = New-Store 'north.db', 'south.db'
        $list = Join-Path (Split-Path $databases[0]) 'stores.csv'
        Set-Content -LiteralPath $list -Value 'Path,TenantId', "$($databases[0]),north", "$($databases[1]),south"
        (Import-Csv -LiteralPath $list | Invoke-PosTenantUpgrade -Confirm:$false).Status | Should -Be Succeeded, Succeeded
        Get-StoredTenant $databases[0] | Should -Be north
        Get-StoredTenant $databases[1] | Should -Be south
    }

    It 'writes backup and rehearsal to -Destination' {
        $database = New-Store
        $safe = New-TestFolder
        $result = Invoke-PosTenantUpgrade $database $tenant -Destination $safe -Confirm:$false
        Split-Path $result.Backup.BackupPath | Should -Be $safe
        (Get-ChildItem -LiteralPath (Split-Path $database) -Force).Name | Should -Be 'pos.db'
        (Get-ChildItem -LiteralPath $safe -Force).Count | Should -Be 2
    }
}

Describe "The function's steps and the engine's own run" {
    It 'go through the same stages to the same result: <Case>' -ForEach @(
        @{ Case = 'an upgrade'; Status = 'Succeeded' }
        @{ Case = 'without a rehearsal'; Status = 'Succeeded'; SkipRehearsal = $true }
        @{ Case = 'a database that is migrated already'; Status = 'AlreadyMigrated'; Times = 2 }
        @{ Case = 'a refusal'; Status = 'Refused'; Sql = 'CREATE TABLE odd (id INTEGER, tenant_id AS (id))' }
        @{
            Case = 'a rehearsal that fails'
            Status = 'Refused'
            Sql = "CREATE TABLE store_log (id, tenant_id TEXT NOT NULL DEFAULT 'caps-automotive');
                INSERT INTO store_log VALUES (1, 'another-store')"
        }
    ) {
        $store = New-Store -Sql $Sql
        $copy = Join-Path (New-TestFolder) 'pos.db'
        [System.IO.File]::Copy($store, $copy)
        $migration = [PosTenancy.MigrationOptions]::new($tenant)
        $options = [PosTenancy.Engine.Migration.UpgradeOptions]::new($migration)
        [PosTenancy.Engine.Migration.UpgradeOptions].GetProperty('SkipRehearsal').SetValue($options, [bool] $SkipRehearsal)
        for ($i = 0; $i -lt [math]::Max(1, $Times); $i++) {
            $mine = Invoke-PosTenantUpgrade $store $tenant -SkipRehearsal:$options.SkipRehearsal -Confirm:$false -ErrorAction Ignore
            $its = [PosTenancy.Engine.Migration.GuardedUpgrade]::Run($copy, $options, $null, [System.Threading.CancellationToken]::None)
        }

        $its.Status | Should -Be $Status
        $shape = 'Status', 'RehearsalSkipped', @{ Name = 'Stages'; Expression = { "$($_.Stages.Stage)" } },
            @{ Name = 'Checks'; Expression = { $_.Checks | Select-Object Name, Status, Expected, Actual } },
            @{ Name = 'Error'; Expression = { "$($_.Error)".Replace($_.Path, 'DATABASE') } },
            @{ Name = 'Backup'; Expression = { $_.Backup.Sha256 } },
            @{ Name = 'Rehearsal'; Expression = { $_.Rehearsal | Select-Object Status, RowsAfter, SizeAfter, TablesUpdated } },
            @{ Name = 'Migration'; Expression = { $_.Migration | Select-Object Status, RowsAfter, SizeAfter, TablesUpdated } },
            @{ Name = 'Compared'; Expression = { "$($_.Comparison | ForEach-Object { $_.Metric, $_.Matches })" } }
        $mine | Select-Object $shape | ConvertTo-Json -Depth 4 | Should -Be ($its | Select-Object $shape | ConvertTo-Json -Depth 4)
    }
}
