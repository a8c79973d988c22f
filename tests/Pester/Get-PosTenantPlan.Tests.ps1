BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Get-PosTenantPlan' {
    It 'reports the action for each table, and changes nothing' {
        $database = New-Store
        $state = Get-FolderState (Split-Path $database)
        $plan = Get-PosTenantPlan $database
        Get-FolderState (Split-Path $database) | Should -Be $state
        $plan.Table | Should -Be (Invoke-Sqlite $database "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")
        ($plan | Group-Object Action | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.Count)" }) | Should -Be 'AddColumn 32', 'Skip 1'
        ($plan | Where-Object Action -EQ Skip).Table | Should -Be '_migrations'
        ($plan | Measure-Object Rows -Sum).Sum | Should -Be 26
    }

    It 'returns statements that the sqlite3 shell can run unchanged' {
        $database = New-Store
        $sql = (Get-PosTenantPlan $database -TenantId "O'Brien").Sql
        $sql.Count | Should -Be 64
        $null = Invoke-Sqlite $database ($sql -join ";`n")
        Get-StoredTenant $database | Should -Be "O'Brien"
        (Invoke-PosTenantUpgrade $database "O'Brien" -Confirm:$false).Status | Should -Be AlreadyMigrated
    }

    It 'accepts the tenant as its second argument, as the migration does' {
        (Get-PosTenantPlan (New-Store) acme | Where-Object Table -EQ users).Sql[0] | Should -BeLike "*DEFAULT 'acme'"
    }

    It 'skips the tables named by -ExcludeTable, with wildcards' {
        $plan = Get-PosTenantPlan (New-Store) -ExcludeTable 'sync_*', users
        ($plan | Where-Object { $_.Action -eq 'Skip' -and $_.Reason -eq 'excluded on request' }).Table | Sort-Object |
            Should -Be 'sync_conflicts', 'sync_log', 'sync_queue', 'sync_state', 'users'
    }

    It 'warns about keys that stay unique across all tenants' {
        $users = Get-PosTenantPlan (New-Store) | Where-Object Table -EQ users
        $users.Warnings | Should -BeLike '*UNIQUE (username)*'
    }

    It 'shows with -UniqueScope which tables are rebuilt, and how' {
        $plan = Get-PosTenantPlan (New-Store) acme -UniqueScope Tenant
        $users = $plan | Where-Object Table -EQ users
        $users.Action | Should -Be Rebuild
        $users.Reason | Should -BeLike '*unique per tenant: (username)*'
        $users.Sql[0] | Should -BeLike '*UNIQUE ("tenant_id", "username")*'
        $users.Warnings -join ' ' | Should -BeLike '*ON CONFLICT (username)*'
        ($plan | Where-Object Action -EQ Blocked) | Should -BeNullOrEmpty
    }

    It 'blocks a table whose trigger would break, with the reason' {
        $database = New-Store
        $null = Invoke-Sqlite $database @'
            CREATE TRIGGER positional AFTER INSERT ON stores BEGIN INSERT INTO _migrations SELECT * FROM stores; END;
            CREATE TABLE two(a);
            CREATE TRIGGER copy AFTER INSERT ON two BEGIN INSERT INTO two VALUES (1); END;
'@
        $blocked = Get-PosTenantPlan $database acme | Where-Object Action -EQ Blocked
        $blocked.Table | Should -Be two
        $blocked.Reason | Should -BeLike '*INSERT into two would break (table two has 2 columns but 1 values were supplied, in copy)*'
    }

    It 'names the column and its index after -ColumnName' {
        $users = Get-PosTenantPlan (New-Store) -TenantId acme -ColumnName store_group | Where-Object Table -EQ users
        $users.IndexName | Should -Be 'idx_users_store_group'
        $users.Sql[0] | Should -BeLike '*"store_group"*'
    }

    It 'reports that a migrated database needs nothing, and blocks it for another tenant' {
        $database = New-Store
        $null = Invoke-PosTenantUpgrade $database $tenant -Confirm:$false
        $history = '_migrations', '_postenancy_history'
        Get-PosTenantPlan $database | Where-Object Table -NotIn $history | ForEach-Object Action | Select-Object -Unique | Should -Be None
        Get-PosTenantPlan $database -TenantId somebody-else | Where-Object { $_.Table -NotIn $history -and $_.Rows } |
            ForEach-Object Action | Select-Object -Unique | Should -Be Blocked
    }

    It 'reads rows that are only in the log of a crash, and leaves the log' {
        $database = New-CrashedStore
        $state = Get-FolderState (Split-Path $database)
        (Get-PosTenantPlan $database | Where-Object Table -EQ customers).Rows | Should -Be 1
        Get-FolderState (Split-Path $database) | Should -Be $state
    }
}
