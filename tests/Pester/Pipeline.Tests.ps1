# The commands as sentences: each gives what the next one takes.

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
        @(Get-ChildItem -LiteralPath (Split-Path $database) -Filter '*.json').Count | Should -Be 1 -Because 'the migration used the backup that was made'
    }

    It 'Get-ChildItem | Upgrade upgrades every store of a folder' {
        $databases = New-Store 'north.db', 'south.db', 'west.db'
        $results = Get-ChildItem -Path "$(Split-Path $databases[0])/*.db" | Invoke-PosTenantUpgrade -TenantId $tenant -Confirm:$false
        $results.Path | Should -Be $databases
        $results.Status | Should -Be Succeeded, Succeeded, Succeeded
        $databases | ForEach-Object { Get-StoredTenant $_ } | Select-Object -Unique | Should -Be $tenant
    }

    It 'Migration | Distribution shows the tenant that was migrated' {
        $shares = New-Store | Invoke-PosTenantMigration -TenantId $tenant -Confirm:$false | Get-PosTenantDistribution -Table users
        "$($shares.TenantId) $($shares.Rows)" | Should -Be "$tenant 3"
    }

    It 'Migration | Restore takes the migration back' {
        $database = New-Store
        $before = Get-Sha256 $database
        $null = $database | Invoke-PosTenantMigration -TenantId $tenant -Confirm:$false | Restore-PosDatabase -Confirm:$false
        Get-Sha256 $database | Should -Be $before
    }

    It 'Upgrade | Test | Where-Object shows what is wrong, and nothing is' {
        New-Store | Invoke-PosTenantUpgrade -TenantId $tenant -Confirm:$false | Test-PosTenantIntegrity | Where-Object Status -EQ Failed |
            Should -BeNullOrEmpty
    }

    It 'Migration | Test knows which tables and which column the migration was about' {
        $checks = New-Store | Invoke-PosTenantMigration -TenantId $tenant -ColumnName store_group -ExcludeTable 'sync_*' -Confirm:$false | Test-PosTenantIntegrity
        $checks[0..6].Status | Select-Object -Unique | Should -Be Passed
        $checks[0].Actual | Should -BeLike '*28 tables'
    }

    It 'Test after a migration that had nothing to do says that there is no backup to compare with' {
        $database = New-Store
        $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        $checks = Invoke-PosTenantMigration $database $tenant -Confirm:$false | Test-PosTenantIntegrity
        ($checks | Where-Object Name -EQ RowCountsMatch).Status | Should -Be NotChecked
        $checks.Status | Should -Not -Contain 'Failed'
    }
}
