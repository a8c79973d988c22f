BeforeDiscovery {
    $commands = 'Invoke-PosTenantMigration', 'Invoke-PosTenantUpgrade' | ForEach-Object { @{ Command = $_ } }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe '<Command>' -ForEach $commands {
    It 'stores a tenant id unchanged: <Id>' -ForEach @(
        @{ Id = "O'Brien & Sons" }
        @{ Id = '"quoted" `$(tick) ${x}' }
        @{ Id = "'); DROP TABLE users; --" }
        @{ Id = 'Grüße-Ωmega-東京' }
        @{ Id = "caf$([char] 0xE9) / cafe$([char] 0x301)" }
        @{ Id = [char]::ConvertFromUtf32(0x1F697) + ' Auto ' + [char]::ConvertFromUtf32(0x1F1E9) }
        @{ Id = ' leading and trailing ' }
        @{ Id = 'x' * 255 }
        @{ Id = '007' }
        @{ Id = '%s {0} %25' }
    ) {
        $database = New-Store
        $result = & $Command $database $Id -Confirm:$false
        $result.TenantId | Should -BeExactly $Id
        $result.Status | Should -BeIn 'Migrated', 'Succeeded'
        $hex = -join ([System.Text.Encoding]::UTF8.GetBytes($Id) | ForEach-Object { $_.ToString('X2') })
        Invoke-Sqlite $database 'SELECT DISTINCT hex(tenant_id), typeof(tenant_id) FROM users' | Should -Be "$hex|text"
        (& $Command $database $Id -Confirm:$false).Status | Should -Be AlreadyMigrated
    }

    It 'terminates on a tenant id that <Because>, before it touches anything' -ForEach @(
        @{ Because = 'is empty'; Id = '' }
        @{ Because = 'is null'; Id = $null }
        @{ Because = 'is blank'; Id = '   ' }
        @{ Because = 'has 256 characters'; Id = 'x' * 256 }
        @{ Because = 'has a line break'; Id = "a`nb" }
        @{ Because = 'has a NUL'; Id = "a`0b" }
        @{ Because = 'has half a surrogate pair'; Id = "a$([char] 0xD83D)b" }
    ) {
        $databases = New-Store 'a.db', 'b.db'
        $state = Get-FolderState (Split-Path $databases[0])
        $failure = { $databases | & $Command -TenantId $Id -Confirm:$false } | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId |
            Should -Match "^PosTenancy\.InvalidTenantId,.*$($Command -replace '-')|^PosTenancy\.InvalidTenantId,$Command$"
        $failure.CategoryInfo.Category | Should -Be InvalidArgument
        Get-FolderState (Split-Path $databases[0]) | Should -Be $state
    }

    It 'terminates with -WhatIf, too' {
        { & $Command (New-Store) -TenantId '' -WhatIf } | Should -Throw -ErrorId 'PosTenancy.InvalidTenantId*'
    }

    It 'refuses only the row with an invalid tenant id if the rows are piped' {
        $databases = New-Store 'a.db', 'b.db', 'c.db'
        $before = Get-Sha256 $databases[1]
        $rows = foreach ($row in ($databases[0], 'one'), ($databases[1], ''), ($databases[2], 'three')) {
            [pscustomobject]@{ Path = $row[0]; TenantId = $row[1] }
        }

        $results = $rows | & $Command -Confirm:$false -ErrorVariable failures -ErrorAction SilentlyContinue
        @($failures).FullyQualifiedErrorId | Should -BeLike 'PosTenancy.InvalidTenantId,*'
        $failures[0].TargetObject | Should -Be $databases[1]
        $results | Where-Object Status -NE Refused | ForEach-Object Path | Should -Be $databases[0], $databases[2]
        Get-Sha256 $databases[1] | Should -Be $before
        Get-StoredTenant $databases[0] | Should -Be one
        Get-StoredTenant $databases[2] | Should -Be three
    }

    It 'terminates on an invalid column name' -ForEach @(@{ Name = 'rowid' }, @{ Name = ' ' }, @{ Name = "a`tb" }) {
        $failure = { & $Command (New-Store) acme -ColumnName $Name -Confirm:$false } | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.InvalidColumnName,*'
    }

    It 'refuses a database that was migrated for another tenant' {
        $database = New-Store
        $null = & $Command $database first -Confirm:$false
        $before = Get-Sha256 $database
        $null = & $Command $database second -Confirm:$false -ErrorVariable failures -ErrorAction SilentlyContinue
        @($failures)[-1].FullyQualifiedErrorId | Should -BeLike 'PosTenancy.PlanBlocked,*'
        @($failures)[-1].Exception.Message | Should -BeExactly ("'$database' is migrated for 'first'; did you mean that tenant? " +
            "Run the command again with -TenantId 'first'. The database was not changed.")
        Get-Sha256 $database | Should -Be $before
    }
}

Describe 'Get-PosTenantPlan' {
    It 'terminates on an invalid column name' {
        { Get-PosTenantPlan (New-Store) -ColumnName rowid } | Should -Throw -ErrorId 'PosTenancy.InvalidColumnName*'
    }

    It 'terminates on an invalid tenant id' {
        { Get-PosTenantPlan (New-Store) -TenantId '' } | Should -Throw -ErrorId 'PosTenancy.InvalidTenantId*'
    }
}
