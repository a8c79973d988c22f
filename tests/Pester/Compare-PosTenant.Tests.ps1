BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    $schema = @'
        CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE sales(id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers, total REAL);
'@

    function New-Pair {
        # A database of the tenant south with the tenant north, which was imported from the second file.
        $folder = New-TestFolder
        $database, $source = "$folder/hq.db", "$folder/north.db"
        $null = Invoke-Sqlite $database "$schema INSERT INTO customers VALUES(1, 'Ada'), (2, 'Bo'); INSERT INTO sales VALUES(1, 2, 9.5);"
        $null = Invoke-Sqlite $source "$schema INSERT INTO customers VALUES(1, 'Cy'), (3, 'Di'); INSERT INTO sales VALUES(1, 3, 1), (2, 1, 2);"
        $null = Invoke-PosTenantMigration $database south -Confirm:$false
        $import = Import-PosTenant $database $source north -Confirm:$false
        [pscustomobject]@{ Database = $database; Source = $source; Import = $import; Folder = $folder }
    }
}

Describe 'Compare-PosTenant' {
    AfterEach {
        Stop-Sqlite
    }

    It 'returns nothing for a tenant that equals its source, and says so with -Verbose' {
        $pair = New-Pair
        $before = Get-FolderState $pair.Folder
        $lines = Compare-PosTenant $pair.Database north -With $pair.Source -Verbose 4>&1
        "$lines" | Should -BeExactly "'$($pair.Database)': the 4 rows of tenant 'north' in 2 tables equal those of '$($pair.Source)'."
        Get-FolderState $pair.Folder | Should -Be $before
    }

    It 'takes the result of an import from the pipeline' {
        $pair = New-Pair
        $pair.Import | Compare-PosTenant -Quiet | Should -BeTrue
        $null = Invoke-Sqlite $pair.Source 'UPDATE sales SET total = 3 WHERE id = 2'
        $pair.Import | Compare-PosTenant -Quiet | Should -BeFalse
    }

    It 'returns each difference, with keys as the source has them' {
        $pair = New-Pair
        $null = Invoke-Sqlite $pair.Source "
            UPDATE customers SET name = 'Dora' WHERE id = 3;
            UPDATE sales SET customer = 1 WHERE id = 1;
            DELETE FROM sales WHERE id = 2;
            INSERT INTO sales VALUES(7, NULL, 5);"
        $found = Compare-PosTenant $pair.Database north $pair.Source
        $found | ForEach-Object { "$($_.Kind) $($_.Table) $($_.Key) $($_.Column): $($_.Left) / $($_.Right)" } | Should -Be @(
            'Value customers 3 name: Di / Dora'
            'Reference sales 1 customer: 3 / 1'
            'Extra sales 2 : id = 2, customer = 1, total = 2.0 / '
            'Missing sales 7 :  / id = 7, customer = NULL, total = 5.0')
        $found.Path | Select-Object -Unique | Should -Be $pair.Database
        $found[0].TenantId | Should -BeExactly north
    }

    It 'never says equal without the key map, and takes one that was moved' {
        $pair = New-Pair
        $moved = Join-Path (New-TestFolder) 'map.json'
        Move-Item -LiteralPath $pair.Import.KeyMapPath $moved
        $result = Compare-PosTenant $pair.Database north $pair.Source -Quiet -ErrorVariable failures -ErrorAction SilentlyContinue
        $result | Should -BeFalse
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'PosTenancy.KeyMapLost,*'
        Compare-PosTenant $pair.Database north $pair.Source -KeyMapPath $moved -Quiet | Should -BeTrue
        Add-Content -LiteralPath $moved ' '
        { Compare-PosTenant $pair.Database north $pair.Source -KeyMapPath $moved -ErrorAction Stop } | Should -Throw '*was changed*'
    }

    It 'reads while applications have both files open' {
        $pair = New-Pair
        $null = Start-Sqlite $pair.Database 'SELECT count(*) FROM sales'
        $null = Start-Sqlite $pair.Source 'SELECT count(*) FROM sales'
        Compare-PosTenant $pair.Database north $pair.Source -Quiet | Should -BeTrue
    }

    It 'compares with a backup by the keys of the database' {
        $pair = New-Pair
        $backup = Backup-PosDatabase $pair.Database
        $null = Invoke-Sqlite $pair.Database "UPDATE customers SET name = 'Zoe' WHERE name = 'Cy'"
        $found = Compare-PosTenant $pair.Database north $backup.BackupPath
        "$($found.Kind) $($found.Left) $($found.Right)" | Should -Be 'Value Zoe Cy'
        $found.Key | Should -Be (Invoke-Sqlite $pair.Database "SELECT id FROM customers WHERE name = 'Zoe'")
        Compare-PosTenant $pair.Database south $backup.BackupPath -Quiet | Should -BeTrue
    }

    It 'writes one error per database for <Problem>' -ForEach @(
        @{ Problem = 'a tenant that does not exist'; Id = 'TenantNotFound'; Arguments = { @{ TenantId = 'nort' } } }
        @{ Problem = 'a file that does not exist'; Id = 'FileNotFound'; Arguments = { @{ With = 'no.db' } } }
        @{ Problem = 'the database itself'; Id = 'SourceInvalid'; Arguments = { @{ With = $args[0].Database } } }
    ) {
        $pair = New-Pair
        $options = @{ TenantId = 'north'; With = $pair.Source }
        $changes = & $Arguments $pair
        $changes.Keys | ForEach-Object { $options[$_] = $changes[$_] }
        Compare-PosTenant $pair.Database @options -ErrorVariable failures -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failures.Count | Should -Be 1
        $failures[0].FullyQualifiedErrorId | Should -BeLike "PosTenancy.$Id,*"
        { Compare-PosTenant $pair.Database @options -ErrorAction Stop } | Should -Throw
    }

    It 'ends at an empty tenant id' {
        { Compare-PosTenant 'hq.db' '' 'north.db' -ErrorAction SilentlyContinue } | Should -Throw '*tenant id*'
    }
}
