# The application's next release adds tables to a database that has rows of several tenants.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    function New-TwoTenants {
        # Returns a store that was upgraded for north, has a row of south, and new tables with and without a path.
        $database = New-Store
        $null = Invoke-PosTenantUpgrade $database north -Confirm:$false
        $null = Invoke-Sqlite $database @'
INSERT INTO stores (id, code, name, tenant_id) VALUES ('south-1', 'S1', 'South', 'south');
CREATE TABLE visits (id INTEGER PRIMARY KEY, store_id TEXT REFERENCES stores (id));
INSERT INTO visits (store_id) SELECT id FROM stores;
CREATE TABLE campaigns (id INTEGER PRIMARY KEY);
INSERT INTO campaigns VALUES (1);
CREATE TABLE tax_rates (id INTEGER PRIMARY KEY);
INSERT INTO tax_rates VALUES (1);
'@
        $database
    }

    $decided = @{ TenantId = 'north'; ReferenceTable = 'tax_*'; TenantFor = @{ campaigns = 'south' } }
}

Describe 'A database of several tenants' {
    It 'is planned: the path of each table, what is shared, and what is asked for' {
        $plan = Get-PosTenantPlan (New-TwoTenants) north -ReferenceTable tax_rates | Group-Object Table -AsHashTable
        $plan['visits'].TenantFrom | Should -Be 'store_id -> stores'
        $plan['visits'].Reason | Should -BeLike '*; tenant from store_id -> stores'
        $plan['tax_rates'].Action | Should -Be Share
        $plan['campaigns'].Action | Should -Be Blocked
        $plan['campaigns'].Reason | Should -BeLike "*-TenantFor @{ 'campaigns' = 'north' or 'south' }*"
    }

    It 'is upgraded by <_> after the decision' -ForEach 'Invoke-PosTenantUpgrade', 'Invoke-PosTenantMigration' {
        $database = New-TwoTenants
        $result = & $_ $database @decided -Confirm:$false
        $result.Status | Should -BeIn 'Succeeded', 'Migrated'
        Invoke-Sqlite $database "SELECT DISTINCT v.tenant_id = s.tenant_id FROM visits v JOIN stores s ON s.id = v.store_id" | Should -Be 1
        Invoke-Sqlite $database 'SELECT tenant_id FROM campaigns' | Should -Be south
        ($result | Test-PosTenantIntegrity).Status | Should -Not -Contain Failed
        ($result | Test-PosTenantIsolation | Where-Object Table -EQ tax_rates).Detail | Should -BeLike '*shared by all tenants'
        (Get-PosTenantHistory $database).Kind | Should -Be Plan, Plan, Share
        (Get-PosTenantDistribution $database).Table | Should -Not -Contain tax_rates
    }

    It 'is rehearsed by Test-PosTenantUpgrade, and stays as it is' {
        $database = New-TwoTenants
        $before = Get-Sha256 $database
        (Test-PosTenantUpgrade $database @decided).Status | Should -Be Rehearsed
        Get-Sha256 $database | Should -Be $before
    }

    It 'is upgraded in a rollout, whose rows may have the decision' {
        $stores = New-TwoTenants
        $row = [pscustomobject] @{ Path = $stores; TenantId = 'north'; TenantFor = @{ campaigns = 'south' } }
        ($row | Invoke-PosFleetUpgrade -ReferenceTable tax_rates -Confirm:$false).Status | Should -Be Succeeded
        Invoke-Sqlite $stores 'SELECT tenant_id FROM campaigns' | Should -Be south
    }

    It 'says what it will do before it asks' {
        $text = Invoke-PosTenantUpgrade (New-TwoTenants) @decided -WhatIf 6>&1 | Out-String
        $database = New-Store
        $null = Invoke-PosTenantUpgrade $database north -Confirm:$false
        $null = Invoke-Sqlite $database 'CREATE TABLE tax_rates (id)'
        $file = Join-Path (New-TestFolder) 'whatif.txt'
        Start-Transcript -LiteralPath $file | Out-Null
        Invoke-PosTenantUpgrade $database north -ReferenceTable tax_rates -WhatIf
        Stop-Transcript | Out-Null
        Get-Content -LiteralPath $file -Raw |
            Should -BeLike '*Change no table, after a verified backup; recorded as one row in _postenancy_history; tables shared*tax_rates*'
        $text | Should -Not -BeLike '*Change no table*'
    }
}

Describe 'A wrong decision' {
    It 'terminates if -TenantFor names no tenant' {
        { Get-PosTenantPlan (New-Store) north -TenantFor @{ users = ' ' } -ErrorAction SilentlyContinue } |
            Should -Throw -ErrorId 'PosTenancy.InvalidTenantFor*'
        { Invoke-PosTenantUpgrade (New-Store) north -TenantFor @{ users = '' } -Confirm:$false -ErrorAction SilentlyContinue } |
            Should -Throw -ErrorId 'PosTenancy.InvalidTenantFor*'
    }

    It 'is an error of its database alone: <Id>' -ForEach @(
        @{ Id = 'InvalidTenantFor'; Options = @{ TenantFor = @{ nothing = 'north' } } }
        @{ Id = 'InvalidTenantFor'; Options = @{ TenantFor = @{ users = 'west' } } }
        @{ Id = 'InvalidReferenceTable'; Options = @{ ReferenceTable = 'nothing*' } }
        @{ Id = 'InvalidReferenceTable'; Options = @{ ReferenceTable = 'users'; ExcludeTable = 'user*' } }
    ) {
        $stores = New-Store 'a.db', 'b.db'
        $before = $stores | ForEach-Object { Get-Sha256 $_ }
        $collect = @{ ErrorVariable = 'failures'; ErrorAction = 'SilentlyContinue' }
        $results = $stores | Invoke-PosTenantUpgrade -TenantId north @Options -Confirm:$false @collect
        $results.Status | Should -Be Refused, Refused
        $failures.FullyQualifiedErrorId | Should -BeLike "PosTenancy.$Id,*"
        $stores | ForEach-Object { Get-Sha256 $_ } | Should -Be $before
    }
}
