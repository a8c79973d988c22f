BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Test-PosTenantUpgrade' {
    It 'says how long the shop will stand still and how much room that takes, and changes nothing' {
        $database = New-Store
        $before = (Get-FileHash $database).Hash
        $files = @(Get-ChildItem (Split-Path $database)).Name

        $test = Test-PosTenantUpgrade $database $tenant

        $test.Status | Should -Be Rehearsed
        $test.Path | Should -Be $database
        $test.Downtime | Should -BeGreaterThan ([timespan]::Zero)
        $test.RequiredBytes | Should -BeGreaterThan (Get-Item $database).Length
        $test.Rehearsal.TablesUpdated | Should -Be 32
        $test.BackupPath, $test.Migration, $test.Error | Should -Be $null, $null, $null
        (Get-FileHash $database).Hash | Should -Be $before
        @(Get-ChildItem (Split-Path $database)).Name | Should -Be $files
    }

    It 'takes a pipeline of stores, and says which would fail and why' {
        $good = New-Store
        $bad = New-Store
        $null = Invoke-Sqlite $bad 'CREATE TABLE odd(id, tenant_id AS (id))'

        $tests = @($good, $bad | Test-PosTenantUpgrade -TenantId $tenant -ErrorVariable failures -ErrorAction SilentlyContinue)

        $tests.Status | Should -Be Rehearsed, Refused
        $failures.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.PlanBlocked,*'
        $failures.TargetObject | Should -Be $bad
    }

    It 'writes a report of the test' {
        $report = Join-Path (New-TestFolder) 'test.md'
        Test-PosTenantUpgrade (New-Store) $tenant | Export-PosTenantReport -ReportPath $report | Should -Not -BeNullOrEmpty
        $text = Get-Content $report -Raw
        $text | Should -BeLike '*The upgrade was tested on a copy. It would succeed*'
        $text | Should -BeLike '*The database itself was only read.*'
    }

    It 'refuses a tenant that cannot be stored before it copies anything' {
        { Test-PosTenantUpgrade (New-Store) "a`nb" -ErrorAction Stop } | Should -Throw -ErrorId 'PosTenancy.InvalidTenantId,*'
    }
}
