BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $database = New-Store
    $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
    $null = Invoke-Sqlite $database @'
        UPDATE users SET tenant_id = 'north', store_id = (SELECT id FROM stores) WHERE username = 'admin';
        CREATE TABLE tenants(id TEXT PRIMARY KEY, name TEXT);
        INSERT INTO tenants VALUES('caps-automotive', 'CAPS'), ('west', 'not opened yet');
'@

    function Show {
        process { "$($_.TenantId) $($_.Tables) $($_.Rows)" }
    }
}

Describe 'Get-PosTenant' {
    AfterEach {
        Stop-Sqlite
    }

    It 'lists each tenant with its tables and rows, as the sqlite3 shell counts them' {
        $tenants = Get-PosTenant $database
        $tenants | Show | Should -Be 'caps-automotive 6 25', 'north 1 1', 'west 0 0'
        $tenants[0].PerTable | ForEach-Object { "$($_.Table) $($_.Rows)" } | Should -Contain 'users 2'
        foreach ($share in $tenants.PerTable) {
            $owner = @($tenants | Where-Object { $share -in $_.PerTable })[0].TenantId
            Invoke-Sqlite $database "SELECT count(*) FROM $($share.Table) WHERE tenant_id = '$owner'" | Should -Be $share.Rows
            $share.Bytes | Should -BeGreaterThan 0
        }

        $tenants[0].Bytes | Should -Be ($tenants[0].PerTable | Measure-Object Bytes -Sum).Sum
        $tenants[2].Bytes | Should -Be 0
    }

    It 'says what is unusual about each' {
        $tenants = Get-PosTenant $database
        $tenants[0].Warnings | Should -BeNullOrEmpty
        $tenants[1].Warnings.Count | Should -Be 2
        $tenants[1].Warnings[0] |
            Should -Match "^1 row of users references rows of stores that belong to the tenant 'caps-automotive', the first \d+\.$"
        $tenants[1].Warnings[1] | Should -Be 'The table tenants has no entry for it.'
        $tenants[2].Warnings | Should -Be 'The table tenants has an entry for it, but no table has rows of it.'
    }

    It 'shows only the tenants that -TenantId matches, each once, and reports a pattern that matches none' {
        Get-PosTenant $database -TenantId 'n*', '*' | Show | Should -Be 'caps-automotive 6 25', 'north 1 1', 'west 0 0'
        Get-PosTenant $database 'w*' | Show | Should -Be 'west 0 0'
        $found = Get-PosTenant $database -TenantId 'N*', north, 'x[12]' -ErrorVariable errors -ErrorAction SilentlyContinue
        $found | Show | Should -Be 'north 1 1'
        $errors.FullyQualifiedErrorId | Should -Be (@('PosTenancy.TenantNotFound,PosTenancy.Commands.GetPosTenantCommand') * 2)
        "$($errors[1])" | Should -BeLike "*has no tenant 'x``[12``]'. It has 'caps-automotive', 'north', 'west'.*"
    }

    It 'takes the database and the tenant from the pipeline' {
        [pscustomobject]@{ Path = $database; TenantId = 'north' } | Get-PosTenant | Show | Should -Be 'north 1 1'
        Get-Item -LiteralPath $database | Get-PosTenant | Show | Should -Be 'caps-automotive 6 25', 'north 1 1', 'west 0 0'
    }

    It 'reads while a program has the database open, and says that bytes are unknown while its log has content' {
        $open = New-Store
        $null = Invoke-PosTenantMigration $open $tenant -Confirm:$false
        $null = Start-Sqlite $open "SELECT count(*) FROM users"
        (Get-PosTenant $open).Bytes | Should -BeGreaterThan 0
        Stop-Sqlite
        $null = Start-Sqlite $open "PRAGMA journal_mode = WAL; UPDATE users SET tenant_id = 'north' WHERE username = 'admin'"
        $tenants = Get-PosTenant $open
        $tenants | Show | Should -Be 'caps-automotive 6 25', 'north 1 1'
        @($tenants.Bytes -ne $null) | Should -BeNullOrEmpty
        $tenants | ForEach-Object { $_.Warnings[-1] } | Select-Object -Unique |
            Should -Be 'Bytes is unknown, because part of the database is in its write-ahead log.'
        $tenants[0].PerTable[0].Rows | Should -BeOfType long
    }

    It 'returns nothing for a database that was not migrated' {
        Get-PosTenant (New-Store) | Should -BeNullOrEmpty
    }

    It 'shows the warnings below the tenant' {
        $text = (Get-PosTenant $database north | Out-String -Width 80) -replace '\s+', ' '
        $text | Should -BeLike '*north 1 1 * 1 row of users references rows of stores that belong to the tenant*'
    }

    It 'changes nothing' {
        $state = Get-FolderState (Split-Path $database)
        $null = Get-PosTenant $database
        Get-FolderState (Split-Path $database) | Should -Be $state
    }
}
