# Each command's output binds to the next command's parameters.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'A pipeline' {
    It 'Backup | Migration | Test needs each value only once' {
        $database = New-Store
        Push-Location -LiteralPath (Split-Path $database)
        try {
            $checks = Backup-PosDatabase pos.db | Invoke-PosTenantMigration -TenantId $tenant -Confirm:$false | Test-PosTenantIntegrity
        } finally {
            Pop-Location
        }

        $checks.Path | Select-Object -Unique | Should -Be $database
        $checks[0..6].Status | Select-Object -Unique | Should -Be Passed -Because 'tenant and backup came through the pipeline'
        Get-StoredTenant $database | Should -Be $tenant
        @(Get-ChildItem -LiteralPath (Split-Path $database) -Filter '*.json').Count |
            Should -Be 1 -Because 'the migration used the existing backup'
    }

    It 'Get-ChildItem | Upgrade upgrades every store of a folder' {
        $databases = New-Store 'north.db', 'south.db', 'west.db'
        $results = Get-ChildItem -Path "$(Split-Path $databases[0])/*.db" | Invoke-PosTenantUpgrade -TenantId $tenant -Confirm:$false
        $results.Path | Should -Be $databases
        $results.Status | Should -Be Succeeded, Succeeded, Succeeded
        $databases | ForEach-Object { Get-StoredTenant $_ } | Select-Object -Unique | Should -Be $tenant
    }

    It 'Migration | Distribution shows the migrated tenant' {
        $shares = New-Store | Invoke-PosTenantMigration -TenantId $tenant -Confirm:$false | Get-PosTenantDistribution -Table users
        "$($shares.TenantId) $($shares.Rows)" | Should -Be "$tenant 3"
    }

    It 'Migration | Restore undoes the migration' {
        $database = New-Store
        $before = Get-Sha256 $database
        $null = $database | Invoke-PosTenantMigration -TenantId $tenant -Confirm:$false | Restore-PosDatabase -Confirm:$false
        Get-Sha256 $database | Should -Be $before
    }

    It 'Upgrade | Test | Where-Object shows no failed check' {
        New-Store | Invoke-PosTenantUpgrade -TenantId $tenant -Confirm:$false | Test-PosTenantIntegrity | Where-Object Status -EQ Failed |
            Should -BeNullOrEmpty
    }

    It 'Migration | Test binds the tables and the column of the migration' {
        $checks = New-Store |
            Invoke-PosTenantMigration -TenantId $tenant -ColumnName store_group -ExcludeTable 'sync_*' -Confirm:$false |
            Test-PosTenantIntegrity
        $checks[0..6].Status | Select-Object -Unique | Should -Be Passed
        $checks[0].Actual | Should -BeLike '*28 tables'
    }

    It 'Test after a migration that had nothing to do reports that it has no backup to compare with' {
        $database = New-Store
        $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        $checks = Invoke-PosTenantMigration $database $tenant -Confirm:$false | Test-PosTenantIntegrity
        ($checks | Where-Object Name -EQ RowCountsMatch).Status | Should -Be NotChecked
        $checks.Status | Should -Not -Contain 'Failed'
    }
}
