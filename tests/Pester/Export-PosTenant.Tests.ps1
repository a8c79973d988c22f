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
        $null = Invoke-Sqlite $source (
            "$schema INSERT INTO customers VALUES(1, 'Cy'), (3, 'Di'); INSERT INTO sales VALUES(1, 3, 1), (2, 1, 2);")
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

Describe 'Export-PosTenant -SourceConnection' {
    BeforeAll {
        . "$PSScriptRoot/Postgres.ps1"
        $postgres = Start-Postgres
    }

    AfterAll {
        Stop-Postgres $postgres
    }

    BeforeEach {
        if (-not $postgres) { Set-ItResult -Skipped -Because 'postgresql-15 is not installed'; return }
        $target = New-PostgresDatabase $postgres
        $database = New-Store
        $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        $null = Copy-PosTenant $database $tenant head-office 3>$null
        $folder = New-TestFolder
        $products = 'SELECT * FROM products ORDER BY id'
    }

    It 'gives a tenant back to the current location, row by row as the sqlite3 shell reads it' {
        Push-Location -LiteralPath $folder
        try { $export = Export-PosTenant -SourceConnection head-office $tenant } finally { Pop-Location }
        Split-Path $export.ExportPath | Should -Be $folder
        Invoke-Sqlite $export.ExportPath $products | Should -Be (Invoke-Sqlite $database $products)
        Invoke-Sqlite $export.ExportPath .schema | Should -Be (Invoke-Sqlite $database .schema)
        Get-Sha256 $export.ExportPath | Should -BeExactly $export.Sha256
        $export.Path | Should -Be "127.0.0.1:$($postgres.Port)/$target as postgres"
        "$($export.TenantId) $($export.Rows)" | Should -Be "$tenant 26"
        (Get-Item -LiteralPath $export.ExportPath).UnixMode | Should -Be '-rw-------'
    }

    It 'has what head office changed, and brings it into the store' {
        $null = Invoke-Psql $postgres $target 'UPDATE products SET price_cents = 4711'
        $export = Export-PosTenant -SourceConnection head-office $tenant $folder
        (Restore-PosTenant $database $tenant $export.ExportPath -Confirm:$false).Status | Should -Be Succeeded
        Invoke-Sqlite $database 'SELECT DISTINCT price_cents FROM products' | Should -Be 4711
        Compare-PosTenant $database $tenant -Destination head-office -Quiet | Should -BeTrue
    }

    It 'writes nothing with -WhatIf, and takes every tenant of a pipeline' {
        Export-PosTenant -SourceConnection head-office $tenant $folder -WhatIf | Should -BeNullOrEmpty
        Get-ChildItem -LiteralPath $folder | Should -BeNullOrEmpty
        $exports = Get-PosTenant $database | Export-PosTenant -SourceConnection head-office -Destination $folder -AsSingleTenant
        $exports.TenantId | Should -Be $tenant
        Invoke-Sqlite $exports.ExportPath "SELECT count(*) FROM pragma_table_info('products') WHERE name = 'tenant_id'" | Should -Be 0
    }

    It 'gives the store that was imported its original keys back, by its key map' {
        $pair = New-Pair
        $target = New-PostgresDatabase $postgres
        $null = Copy-PosTenant $pair.Database north head-office 3>$null
        Export-PosTenant -SourceConnection head-office north $folder -AsSingleTenant -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -Match '^PosTenancy\.KeyMapLost,'
        Get-ChildItem -LiteralPath $folder | Should -BeNullOrEmpty
        $map = @{ KeyMapPath = $pair.Import.KeyMapPath }
        $export = Export-PosTenant -SourceConnection head-office north $folder -AsSingleTenant @map
        Invoke-Sqlite $export.ExportPath $everyRow | Should -Be (Invoke-Sqlite $pair.Source $everyRow)
        Invoke-Sqlite $export.ExportPath .schema | Should -Be (Invoke-Sqlite $pair.Source .schema)
    }

    It 'writes one error for a tenant that is not there, and shows no password' {
        $secret = "Host=127.0.0.1;Port=$($postgres.Port);Database=$target;Username=postgres;Password=s3cret"
        Export-PosTenant -SourceConnection $secret other $folder -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems | Should -HaveCount 1
        $problems[0].FullyQualifiedErrorId | Should -Match '^PosTenancy\.TenantNotFound,'
        "$($problems[0] | Format-List * -Force | Out-String) $($problems[0].Exception)" | Should -Not -Match 's3cret'
        $export = Export-PosTenant -SourceConnection $secret $tenant $folder
        $export | ConvertTo-Json -Depth 5 | Should -Not -Match 's3cret'
        Get-Content -Raw -LiteralPath $export.ManifestPath | Should -Not -Match 's3cret'
    }

    It 'loads Npgsql only with this parameter' {
        $run = Invoke-Pwsh -ArgumentList '-Command', @"
            Import-Module '$module'
            `$null = Export-PosTenant '$database' '$tenant' '$folder'
            `$loaded = { [AppDomain]::CurrentDomain.GetAssemblies().GetName().Name -match 'Npgsql|PosTenancy.Postgres' | Sort-Object }
            & `$loaded
            `$null = Export-PosTenant -SourceConnection head-office '$tenant' '$folder'
            & `$loaded
"@
        $run.Error | Should -BeNullOrEmpty
        $run.Lines | Should -Be Npgsql, PosTenancy.Postgres
    }
}
