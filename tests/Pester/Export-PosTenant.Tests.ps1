BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    $schema = @'
        CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE sales(id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers, total REAL);
'@
    $everyRow = 'SELECT * FROM customers ORDER BY id; SELECT * FROM sales ORDER BY id'

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

Describe 'Export-PosTenant' {
    AfterEach {
        Stop-Sqlite
    }

    It 'writes the store that was imported, row by row as the sqlite3 shell reads it' {
        $pair = New-Pair
        $before = Get-Sha256 $pair.Database
        $export = Export-PosTenant $pair.Database north -AsSingleTenant
        Invoke-Sqlite $export.ExportPath $everyRow | Should -Be (Invoke-Sqlite $pair.Source $everyRow)
        Invoke-Sqlite $export.ExportPath .schema | Should -Be (Invoke-Sqlite $pair.Source .schema)
        Get-Sha256 $export.ExportPath | Should -BeExactly $export.Sha256
        "$($export.Tables) $($export.Rows) $($export.TenantId)" | Should -Be '2 4 north'
        Get-Sha256 $pair.Database | Should -Be $before
        $export | Compare-PosTenant -Quiet | Should -BeTrue
    }

    It 'writes the tenant as it is, with a manifest, under a name with tenant and time' {
        $pair = New-Pair
        $export = Export-PosTenant $pair.Database north
        Split-Path -Leaf $export.ExportPath | Should -Match '^hq\.db\.north\.export-\d{8}-\d{6}$'
        Invoke-Sqlite $export.ExportPath 'SELECT name, tenant_id FROM customers ORDER BY 1' | Should -Be 'Cy|north', 'Di|north'
        $manifest = Get-Content -LiteralPath $export.ManifestPath -Raw | ConvertFrom-Json
        $manifest.format | Should -Be 'PosTenancy.Export'
        "$($manifest.tenantId) $($manifest.keys) $($manifest.asSingleTenant)" | Should -Be 'north current False'
        $manifest.sha256 | Should -BeExactly $export.Sha256
        $manifest.tables | ForEach-Object { "$($_.table) $($_.rows)" } | Should -Be 'customers 2', 'sales 2'
        $export | Compare-PosTenant -Quiet | Should -BeTrue
    }

    It 'exports every tenant of a pipeline, to another folder' {
        $pair = New-Pair
        $folder = New-TestFolder
        $exports = Get-PosTenant $pair.Database | Export-PosTenant -Destination $folder
        $exports.TenantId | Should -Be 'north', 'south'
        $exports.ExportPath | Split-Path | Select-Object -Unique | Should -Be $folder
        (Get-ChildItem -LiteralPath $folder).Count | Should -Be 4
    }

    It 'is imported again where it is wanted' {
        $pair = New-Pair
        $export = Export-PosTenant $pair.Database north -AsSingleTenant
        $other = (New-Pair).Database
        $import = Import-PosTenant $other $export.ExportPath again -Confirm:$false
        $import.Status | Should -Be Succeeded
        $import | Compare-PosTenant -Quiet | Should -BeTrue
    }

    It 'reads a database that an application has open' {
        $pair = New-Pair
        $null = Start-Sqlite $pair.Database 'SELECT count(*) FROM sales'
        (Export-PosTenant $pair.Database north).Rows | Should -Be 4
    }

    It 'says with -WhatIf what it would write, and writes nothing' {
        $pair = New-Pair
        $before = Get-FolderState $pair.Folder
        $run = Invoke-InRunspace 'Export-PosTenant $a.Path north -WhatIf' @{ Path = $pair.Database }
        $run.Errors | Should -BeNullOrEmpty
        $run.Output | Should -BeNullOrEmpty
        Get-FolderState $pair.Folder | Should -Be $before
    }

    It 'writes one error for <Problem>, and leaves nothing' -ForEach @(
        @{ Problem = 'a tenant that does not exist'; Id = 'TenantNotFound'; Options = @{ TenantId = 'nort' } }
        @{ Problem = 'a folder that does not exist'; Id = 'DestinationNotFound'; Options = @{ Destination = 'nowhere' } }
        @{ Problem = 'a key map that does not exist'; Id = 'KeyMapLost'; Options = @{ AsSingleTenant = $true; KeyMapPath = 'no.json' } }
    ) {
        $pair = New-Pair
        $before = Get-FolderState $pair.Folder | Select-Object -Skip 1
        $all = @{ TenantId = 'north' }
        $Options.Keys | ForEach-Object { $all[$_] = $Options[$_] }
        Export-PosTenant $pair.Database @all -ErrorVariable failures -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failures.Count | Should -Be 1
        $failures[0].FullyQualifiedErrorId | Should -BeLike "PosTenancy.$Id,*"
        Get-FolderState $pair.Folder | Select-Object -Skip 1 | Should -Be $before
    }

    It 'removes what an interrupted export has left' {
        $pair = New-Pair
        $token = '0123456789abcdef'
        $begun = '{"format":"PosTenancy.Journal","version":1,"run":"' + $token + '","command":"export",' +
            '"startedAt":"2026-01-02T03:04:05+00:00"}'
        Set-Content -LiteralPath "$($pair.Database).export.postenancy-journal" -Value $begun -Encoding ascii
        $copy = "$($pair.Database).export.$token.copy"
        $null = New-Item -ItemType Directory $copy
        'hq.db', 'hq.db-journal', 'hq.db.json' | ForEach-Object { Set-Content -LiteralPath "$copy/$_" -Value 'half an export' }
        $export = Export-PosTenant $pair.Database north -WarningAction SilentlyContinue
        Test-Path -LiteralPath $copy | Should -BeFalse
        Test-Path -LiteralPath "$($pair.Database).export.postenancy-journal" | Should -BeFalse
        $export | Compare-PosTenant -Quiet | Should -BeTrue
    }
}
