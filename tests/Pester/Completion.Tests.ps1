# What the Tab key suggests: names from the database or folder that the command line names, in no more than half a second.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    function Get-Completion {
        # The texts that Tab would insert for the end of a line.
        param([string] $Line)

        @((TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches |
                Where-Object ResultType -EQ ParameterValue | ForEach-Object CompletionText)
    }

    $database = New-Store
    $result = Invoke-PosTenantUpgrade $database north -Confirm:$false
    $null = Invoke-Sqlite $database @'
        INSERT INTO customers (id, name, tenant_id) VALUES ('c1', 'Ada', 'it''s the south'), ('c2', 'Bo', 'west');
        CREATE TABLE "odd [name]" (id INTEGER PRIMARY KEY);
'@
    $original = Get-FolderState (Split-Path $database)
    $location = (Get-Location).Path
    Set-Location -LiteralPath (Split-Path $database)
}

AfterAll {
    Set-Location -LiteralPath $location
}

Describe 'Completion' {
    AfterEach {
        Get-FolderState (Split-Path $database) | Should -Be $original -Because 'a key press changes nothing'
    }

    It 'of -TenantId suggests the tenants that have rows: <_>' -ForEach @(
        'Invoke-PosTenantUpgrade pos.db -TenantId '
        'Invoke-PosTenantUpgrade pos.db '
        'Test-PosTenantUpgrade pos.db '
        'Invoke-PosTenantMigration pos.db '
        'Get-PosTenantPlan -Path pos.db -TenantId '
        'Test-PosTenantIntegrity -LiteralPath pos.db -TenantId '
        'Test-PosTenantIsolation po?.db -TenantId '
        'Get-PosTenant pos.db -TenantId '
        'Get-PosTenantDistribution pos.db -TenantId '
        'Compare-PosTenant pos.db -TenantId '
        'Export-PosTenant pos.db '
        'Rename-PosTenant pos.db '
        'Remove-PosTenant pos.db '
        'Restore-PosTenant pos.db '
        'Measure-PosTenantQuery pos.db -TenantId '
    ) {
        Get-Completion $_ | Should -Be "'it''s the south'", 'north', 'west'
    }

    It 'of -SourceTenantId suggests the tenants of the source' {
        Get-Completion 'Import-PosTenant hq.db pos.db new -SourceTenantId ' | Should -Be "'it''s the south'", 'north', 'west'
        Get-Completion 'Import-PosTenant hq.db -SourcePath ./pos.db -SourceTenantId w' | Should -Be west
        Get-Completion 'Import-PosTenant pos.db -SourceTenantId ' | Should -BeNullOrEmpty
    }

    It 'of -TenantId filters by what was typed, quoted or not' {
        Get-Completion 'Get-PosTenantDistribution pos.db -TenantId NO' | Should -Be north
        Get-Completion 'Get-PosTenantDistribution pos.db -TenantId "w' | Should -Be west
    }

    It 'of -TenantId reads the column that the line names' {
        Get-Completion 'Get-PosTenantDistribution pos.db -ColumnName shop_id -TenantId ' | Should -BeNullOrEmpty
    }

    It 'suggests tables that exist, for <_>' -ForEach @(
        'Invoke-PosTenantUpgrade pos.db acme -ExcludeTable '
        'Test-PosTenantUpgrade pos.db acme -ExcludeTable '
        'Get-PosTenantPlan pos.db -ExcludeTable '
        'Get-PosTenantPlan pos.db -ReferenceTable '
        'Invoke-PosTenantUpgrade pos.db acme -ReferenceTable '
        'Invoke-PosTenantMigration pos.db acme -ExcludeTable '
        'Test-PosTenantIntegrity pos.db -ExcludeTable '
        'Import-PosTenant pos.db north.db north -ReferenceTable '
        'Rename-PosTenant pos.db north west -ReferenceTable '
        'Remove-PosTenant pos.db north -ReferenceTable '
        'Restore-PosTenant pos.db north pos.backup -ReferenceTable '
        'Complete-PosTenantMigration pos.db -ReferenceTable '
        'Test-PosTenantIsolation pos.db acme -ExcludeTable '
        'New-PosTenantGuard pos.db -ExcludeTable '
        'New-PosTenantGuard pos.db -ReferenceTable '
        'Get-PosTenantDistribution pos.db -Table '
        'Measure-PosTenantQuery pos.db -Table '
    ) {
        Get-Completion "${_}layaway" | Should -Be layaways, layaway_items, layaway_payments
        Get-Completion $_ | Should -Not -Contain '_migrations'
    }

    It 'of a table inserts what selects that table' {
        $table = Get-Completion 'Get-PosTenantPlan pos.db -ExcludeTable odd'
        (Invoke-Expression "Get-PosTenantPlan pos.db -ExcludeTable $table" | Where-Object Reason -Match 'request').Table |
            Should -Be 'odd [name]'
        $table = Get-Completion 'Get-PosTenantDistribution pos.db -Table odd'
        [wildcardpattern]::new((Invoke-Expression $table)).IsMatch('odd [name]') | Should -BeTrue
    }

    It 'of -BackupPath suggests the backups of the database, for <_>' -ForEach @(
        'Restore-PosDatabase pos.db '
        'Restore-PosDatabase pos.db -BackupPath pos.db.ba'
        'Test-PosTenantIntegrity pos.db -BackupPath '
        'Test-PosDatabaseBackup pos.db -BackupPath ./pos'
        'Invoke-PosTenantMigration pos.db acme -BackupPath '
        'Measure-PosTenantQuery pos.db '
    ) {
        Get-Completion $_ | Should -Be (Split-Path $result.BackupPath -Leaf)
    }

    It 'of -BackupPath works from elsewhere, and for a database that is gone' {
        $folder = New-TestFolder
        Copy-Item -Path "$($result.BackupPath)*" -Destination $folder
        Set-Location -LiteralPath $folder
        try {
            Get-Completion "Restore-PosDatabase '$database' " | Should -Be $result.BackupPath
        } finally {
            Set-Location -LiteralPath (Split-Path $database)
        }
    }

    It 'suggests nothing, and shows no error, where there is no database: <_>' -ForEach @(
        'Invoke-PosTenantUpgrade -TenantId '
        'Invoke-PosTenantUpgrade missing.db -TenantId '
        'Invoke-PosTenantUpgrade missing*.db -TenantId '
        'Invoke-PosTenantUpgrade $unknown -TenantId '
        'Get-PosTenantDistribution . -Table '
        'Get-PosTenantDistribution Env:/PATH -Table '
        'Restore-PosDatabase nowhere/pos.db -BackupPath '
    ) {
        $before = $Error.Count
        Get-Completion $_ | Should -BeNullOrEmpty
        $Error.Count | Should -Be $before
    }

    It 'suggests nothing while another program has the database locked, and returns' {
        $busy = New-Store
        $null = Start-Sqlite $busy 'BEGIN EXCLUSIVE; SELECT 1'
        try {
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            Get-Completion "Get-PosTenantDistribution '$busy' -Table " | Should -BeNullOrEmpty
            $watch.Elapsed | Should -BeLessThan ([timespan]::FromSeconds(2))
        } finally {
            Stop-Sqlite
        }
    }
}
