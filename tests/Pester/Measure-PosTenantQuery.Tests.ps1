BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $sales = @'
CREATE TABLE receipts(id INTEGER PRIMARY KEY, till INTEGER, sold_at TEXT);
CREATE INDEX by_time ON receipts(sold_at);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    INSERT INTO receipts SELECT i, i % 3, printf('%08d', i) FROM n;
'@
    $quick = @{ TimePerQuery = 0.005 }
}

Describe 'Measure-PosTenantQuery' {
    It 'binds path, backup and tenant from the result of an upgrade' {
        $result = Invoke-PosTenantUpgrade (New-Store) $tenant -Confirm:$false
        $result.BackupPath | Should -Be $result.Backup.BackupPath
        $measured = $result | Measure-PosTenantQuery @quick -Table users
        $measured.Name | Should -Contain 'by username'
        $measured | ForEach-Object { $_.Path, $_.BackupPath, $_.TenantId, $_.Table -join '|' } | Sort-Object -Unique |
            Should -Be ($result.Path, $result.BackupPath, $tenant, 'users' -join '|')
        ($measured | Where-Object Name -EQ count).BeforeMedian | Should -BeOfType TimeSpan
    }

    It 'binds them from the result of a migration as well' {
        $measured = Invoke-PosTenantMigration (New-Store) $tenant -Confirm:$false | Measure-PosTenantQuery @quick -Table stores
        $measured.Count | Should -BeGreaterThan 3
        $measured.Status | Should -Not -Contain Failed
    }

    It 'warns about a query that became slower, with cause and cure, and <Cure> cures it' -ForEach @(
        @{ Cure = '-IndexStrategy Composite'; Options = @{ IndexStrategy = 'Composite' }; Sql = '' }
        @{ Cure = 'ANALYZE'; Options = @{}; Sql = 'ANALYZE' }
    ) {
        $database = New-Store -Sql $sales
        $copy = New-Store -Sql $sales
        $slow = Invoke-PosTenantUpgrade $database $tenant -Confirm:$false | Measure-PosTenantQuery @quick -Table receipts |
            Where-Object Name -EQ 'from sold_at'
        $slow.Status | Should -Be Warning
        $slow.Cause | Should -BeLike 'The planner prefers idx_receipts_tenant_id, which finds every row of the tenant, to by_time.*'
        $slow.Cure | Should -BeLike "*$Cure*"

        $result = Invoke-PosTenantUpgrade $copy $tenant @Options -Confirm:$false
        $null = Invoke-Sqlite $copy "$Sql;"
        $cured = $result | Measure-PosTenantQuery @quick -Table receipts | Where-Object Name -EQ 'from sold_at'
        $cured.IndexAfter | Should -Be by_time
    }

    It 'supports 100 concurrent readers without an error' {
        $measured = Invoke-PosTenantUpgrade (New-Store) $tenant -Confirm:$false | Measure-PosTenantQuery @quick -Concurrency 100 |
            Where-Object Status -NE NotChecked
        ($measured.Readers | Sort-Object -Unique), ($measured.ReaderErrors | Sort-Object -Unique) | Should -Be 100, 0
    }

    It 'changes no file' {
        $result = Invoke-PosTenantUpgrade (New-Store -Sql 'PRAGMA journal_mode = WAL') $tenant -Confirm:$false
        $before = Get-FolderState (Split-Path $result.Path)
        $null = $result | Measure-PosTenantQuery @quick -Concurrency 3 -Table u*
        Get-FolderState (Split-Path $result.Path) | Should -Be $before
    }

    It 'measures the queries of a file, resolved against PowerShell''s location' {
        $result = Invoke-PosTenantUpgrade (New-Store) $tenant -Confirm:$false
        $folder = New-TestFolder
        Set-Content "$folder/q.sql" "SELECT username FROM users WHERE tenant_id = :tenant_id;`nSELECT count(*) FROM stores"
        Push-Location $folder
        try {
            $measured = $result | Measure-PosTenantQuery @quick -Query q.sql
        } finally {
            Pop-Location
        }

        $measured.Name | Should -Be 'line 1', 'line 2'
        $measured.SqlBefore | Should -Be 'SELECT username FROM users WHERE TRUE', 'SELECT count(*) FROM stores'
    }

    It 'terminates with <Id> for a file of queries: <Text>' -ForEach @(
        @{ Text = 'DROP TABLE users'; Id = 'QueryNotAllowed' }
        @{ Text = '-- none'; Id = 'ScriptInvalid' }
    ) {
        $result = Invoke-PosTenantUpgrade (New-Store) $tenant -Confirm:$false
        $file = Join-Path (New-TestFolder) 'q.sql'
        Set-Content $file $Text
        { Measure-PosTenantQuery $result.Path $result.BackupPath -Query $file } | Should -Throw -ErrorId "PosTenancy.$Id,*"
    }

    It 'continues with the next database if one cannot be measured' {
        $good = Invoke-PosTenantUpgrade (New-Store) $tenant -Confirm:$false
        $plain = New-Store
        $bad = [pscustomobject]@{ Path = $plain; BackupPath = (Backup-PosDatabase $plain).BackupPath }
        $measured = $bad, $good | Measure-PosTenantQuery @quick -Table stores -ErrorVariable failures -ErrorAction SilentlyContinue
        $failures.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.NotMigrated,*'
        $measured.Path | Sort-Object -Unique | Should -Be $good.Path
    }
}

Describe '-IndexStrategy Composite of <Command>' -ForEach @(
    @{ Command = 'Invoke-PosTenantUpgrade' }
    @{ Command = 'Invoke-PosTenantMigration' }
) {
    It 'prefixes the indexes with the tenant column, and counts them' {
        $database = New-Store -Sql $sales
        $result = & $Command $database $tenant -IndexStrategy Composite -Confirm:$false
        $migration = if ($Command -eq 'Invoke-PosTenantUpgrade') { $result.Migration } else { $result }
        $planned = Get-PosTenantPlan (New-Store -Sql $sales) -IndexStrategy Composite | ForEach-Object ReplacedIndexes
        $migration.IndexesReplaced | Should -Be @($planned).Count
        Invoke-Sqlite $database "SELECT sql FROM sqlite_schema WHERE name = 'by_time'" |
            Should -Be 'CREATE INDEX by_time ON receipts("tenant_id", sold_at)'
        (& $Command $database $tenant -IndexStrategy Composite -Confirm:$false).Status | Should -Be AlreadyMigrated
    }

    It 'cannot be used together with a script' {
        $script = Join-Path (New-TestFolder) 'up.sql'
        Set-Content $script 'SELECT 1'
        $failure = { & $Command (New-Store) $tenant -Script $script -IndexStrategy Composite -Confirm:$false } | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.ScriptAndIndexStrategy,*'
    }

    It 'changes nothing with -WhatIf, and reports how many indexes would change' {
        $database = New-Store -Sql $sales
        $before = Get-FolderState (Split-Path $database)
        $run = Invoke-FreshPwsh "$Command '$database' x -IndexStrategy Composite -WhatIf"
        $run.Error | Should -BeNullOrEmpty
        $run.Lines -join ' ' | Should -Match 'prefix \d+ indexes with it'
        Get-FolderState (Split-Path $database) | Should -Be $before
    }
}
