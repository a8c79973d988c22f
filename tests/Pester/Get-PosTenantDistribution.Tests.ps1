BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $database = New-Store
    $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
    $null = Invoke-Sqlite $database "UPDATE users SET tenant_id = 'Other' WHERE username = 'admin'"

    function Show {
        process { "$($_.Table) $($_.TenantId) $($_.Rows)" }
    }
}

Describe 'Get-PosTenantDistribution' {
    It 'counts the rows of each tenant in each table, as the sqlite3 shell does' {
        $shares = Get-PosTenantDistribution $database
        $shares | Where-Object Rows -GT 0 | Show | Sort-Object | Should -Be (
            'maintenance_schedules caps-automotive 9', 'products caps-automotive 5', 'stations caps-automotive 1',
            'stores caps-automotive 1', 'users caps-automotive 2', 'users Other 1', 'vehicle_fitment caps-automotive 7' | Sort-Object)
        Invoke-Sqlite $database 'SELECT tenant_id, count(*) FROM users GROUP BY 1 ORDER BY 1' | Should -Be 'Other|1', 'caps-automotive|2'
        @($shares.Table | Select-Object -Unique).Count | Should -Be 32 -Because 'a table without rows is listed, too'
    }

    It 'counts only the tables named by -Table, with wildcards, ignoring case' {
        Get-PosTenantDistribution $database -Table users | Show | Sort-Object | Should -Be 'users caps-automotive 2', 'users Other 1'
        (Get-PosTenantDistribution $database sync_*, PRODUCTS).Table | Sort-Object |
            Should -Be 'products', 'sync_conflicts', 'sync_log', 'sync_queue', 'sync_state'
        Get-PosTenantDistribution $database -Table no_such_* | Should -BeNullOrEmpty
    }

    It 'shows only the tenants named by -TenantId, matched exactly' {
        Get-PosTenantDistribution $database -TenantId Other | Show | Should -Be 'users Other 1'
        Get-PosTenantDistribution $database -TenantId other | Should -BeNullOrEmpty
        (Get-PosTenantDistribution $database -TenantId Other, $tenant -Table users).Count | Should -Be 2
    }

    It 'changes nothing' {
        $state = Get-FolderState (Split-Path $database)
        $null = Get-PosTenantDistribution $database
        Get-FolderState (Split-Path $database) | Should -Be $state
    }
}
