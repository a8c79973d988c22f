BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Postgres.ps1"
    $postgres = Start-Postgres
}

AfterAll {
    Stop-Postgres $postgres
}

Describe 'Copy-PosTenant' {
    BeforeEach {
        if (-not $postgres) { Set-ItResult -Skipped -Because 'postgresql-15 is not installed'; return }
        $target = New-PostgresDatabase $postgres
        $database = New-Store
        $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
    }

    It 'copies a tenant to a service, and says so in one object' {
        $result = Copy-PosTenant $database $tenant head-office -WarningVariable warnings -WarningAction SilentlyContinue
        "$($result.TenantId) $($result.Status) $($result.Rows)" | Should -Be "$tenant Succeeded 26"
        $result.Destination | Should -Be "127.0.0.1:$($postgres.Port)/$target as postgres"
        $result.Checks.Status | Select-Object -Unique | Should -Be Passed
        $warnings | Should -HaveCount 2
        $expected = Invoke-Sqlite $database 'SELECT id, name FROM customers ORDER BY id'
        Invoke-Psql $postgres $target 'SELECT id, name FROM customers ORDER BY id' | Should -Be $expected
    }

    It 'writes nothing with -WhatIf, and tells what it would do' {
        Copy-PosTenant $database * head-office -WhatIf | Should -BeNullOrEmpty
        Invoke-Psql $postgres $target "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace" | Should -Be 0
    }

    It 'writes one error and one result for a store that is refused, and goes on with the next' {
        $bad = New-Store bad.db -Sql "UPDATE products SET cost_cents = 'free' WHERE rowid = 1"
        $null = Invoke-PosTenantMigration $bad bad -Confirm:$false
        $rows = [pscustomobject]@{ Path = $bad; TenantId = 'bad' }, [pscustomobject]@{ Path = $database; TenantId = $tenant }
        $results = $rows | Copy-PosTenant -Destination head-office -ErrorAction SilentlyContinue -ErrorVariable problems 3>$null
        $results.Status | Should -Be Refused, Succeeded
        $problems | Should -HaveCount 1
        $problems[0].FullyQualifiedErrorId | Should -Match '^PosTenancy\.CopyRefused,'
        "$($problems[0])" | Should -Match 'products: column cost_cents: rowid 1 has a text'
    }

    It 'tells with -WhatIf that rows changed at head office refuse the copy' {
        $null = Copy-PosTenant $database $tenant head-office 3>$null
        $run = Invoke-FreshPwsh "Copy-PosTenant '$database' '$tenant' head-office -WhatIf"
        $run.Lines -join ' ' | Should -Match 'Leave PostgreSQL as it is, which has the 26 rows'
        $null = Invoke-Psql $postgres $target 'DELETE FROM products'
        $run = Invoke-FreshPwsh "Copy-PosTenant '$database' '$tenant' head-office -WhatIf"
        $run.Lines -join ' ' | Should -Match 'Refuse the copy \(products: .*are not those that the last copy wrote'
    }

    It 'copies several stores at the same time, with one result each, in their order' {
        $rows = 1..7 | ForEach-Object {
            $path = New-Store "s$_.db" -Sql $(if ($_ -eq 4) { "UPDATE products SET cost_cents = 'free' WHERE rowid = 1" })
            $null = Invoke-PosTenantMigration $path "t$_" -Confirm:$false
            [pscustomobject]@{ Path = $path; TenantId = "t$_" }
        }
        $results = $rows | Copy-PosTenant -Destination head-office -ThrottleLimit 3 -ErrorAction SilentlyContinue `
            -ErrorVariable problems 3>$null
        $results.TenantId | Should -Be $rows.TenantId
        $results.Status | Should -Be Succeeded, Succeeded, Succeeded, Refused, Succeeded, Succeeded, Succeeded
        $problems | Should -HaveCount 1
        Invoke-Psql $postgres $target 'SELECT DISTINCT tenant_id FROM products ORDER BY 1' | Should -Be t1, t2, t3, t5, t6, t7
        $again = $rows | Copy-PosTenant -Destination head-office -ThrottleLimit 3 -ErrorAction SilentlyContinue 3>$null
        $again.Status | Should -Be (@('AlreadyImported') * 3 + 'Refused' + @('AlreadyImported') * 3)
    }

    It 'leaves each store complete or absent when the pipeline ends early' {
        $rows = 1..4 | ForEach-Object {
            $path = New-Store "s$_.db"
            $null = Invoke-PosTenantMigration $path "t$_" -Confirm:$false
            [pscustomobject]@{ Path = $path; TenantId = "t$_" }
        }
        $first = $rows | Copy-PosTenant -Destination head-office -ThrottleLimit 2 3>$null | Select-Object -First 1
        $first.TenantId | Should -Be t1
        foreach ($row in $rows) {
            $count = Invoke-Psql $postgres $target "SELECT count(*) FROM products WHERE tenant_id = '$($row.TenantId)'"
            $count | Should -BeIn 0, (Invoke-Sqlite $row.Path 'SELECT count(*) FROM products')
            # Nothing holds the file any more.
            (Get-PosTenant $row.Path).TenantId | Should -Be $row.TenantId
        }
    }

    It 'rolls back on Ctrl+C what several stores have begun' {
        $null = Copy-PosTenant $database $tenant head-office 3>$null
        $rows = 1..2 | ForEach-Object {
            $path = New-Store "s$_.db"
            $null = Invoke-PosTenantMigration $path "t$_" -Confirm:$false
            [pscustomobject]@{ Path = $path; TenantId = "t$_" }
        }

        # Rows can be loaded, and statistics cannot be gathered.
        $holder = Start-Psql $postgres $target 'BEGIN; LOCK TABLE sync_conflicts IN SHARE UPDATE EXCLUSIVE MODE'
        $run = Invoke-InRunspace '$a.Rows | Copy-PosTenant -Destination head-office -ThrottleLimit 2' @{ Rows = $rows } {
            param($record)
            $record.StatusDescription -match '^Creating keys'
        }
        $run.StoppedAt | Should -Not -BeNullOrEmpty
        $holder.StandardInput.Close()
        $holder.WaitForExit()
        Invoke-Psql $postgres $target 'SELECT DISTINCT tenant_id FROM products' | Should -Be $tenant
        (Get-PosTenant $rows[0].Path).TenantId | Should -Be t1
    }

    It 'keeps rows of shared tables that differ, where that is asked for' {
        $level = "INSERT INTO price_levels (id, code, name) VALUES ('1', 'r', 'retail')"
        $first = New-Store first.db -Sql $level
        $second = New-Store second.db -Sql $level.Replace('retail', 'other')
        foreach ($store in $first, $second) {
            $null = Invoke-PosTenantMigration $store (Split-Path $store -LeafBase) -ReferenceTable price_levels -Confirm:$false
        }

        $null = Copy-PosTenant $first first head-office 3>$null
        (Copy-PosTenant $second second head-office -ErrorAction SilentlyContinue 3>$null).Status | Should -Be Refused
        $result = Copy-PosTenant $second second head-office -SharedRows KeepExisting -WarningVariable warnings `
            -WarningAction SilentlyContinue
        $result.Status | Should -Be Succeeded
        $warnings -match '^price_levels, which all tenants share: .* lacked 0, .* has 1 with other values' | Should -HaveCount 1
        Invoke-Psql $postgres $target 'SELECT name FROM price_levels' | Should -Be retail
    }

    It 'takes user and password from -Credential, and shows them nowhere' {
        $null = Invoke-Psql $postgres $target (
            "CREATE ROLE loader LOGIN PASSWORD 's3cret!'; ALTER DATABASE $target OWNER TO loader; GRANT CREATE ON SCHEMA public TO loader")
        $credential = [pscredential]::new('loader', (ConvertTo-SecureString 's3cret!' -AsPlainText -Force))
        $result = Copy-PosTenant $database $tenant head-office -Credential $credential 3>$null
        $result.Status | Should -Be Succeeded
        $result | ConvertTo-Json -Depth 5 | Should -Not -Match 's3cret'
        $wrong = [pscredential]::new('loader', (ConvertTo-SecureString 'wr0ng!' -AsPlainText -Force))
        $text = "Host=127.0.0.1;Port=$($postgres.Port);Database=$target;Password=typ0!"
        foreach ($given in @{ Destination = 'head-office'; Credential = $wrong }, @{ Destination = "$text;Username=loader" },
            @{ Destination = "$text;Nonsense=1" }) {
            $result = Copy-PosTenant $database $tenant @given -ErrorAction SilentlyContinue -ErrorVariable problems
            $problems[0].FullyQualifiedErrorId | Should -Match '^PosTenancy\.(TargetUnavailable|InvalidDestination),'
            $record = $problems[0] | Format-List * -Force | Out-String
            "$($result | ConvertTo-Json -Depth 5) $record $($problems[0].Exception)" | Should -Not -Match 'wr0ng|typ0'
        }
    }

    It 'is the first command that loads Npgsql' {
        $run = Invoke-Pwsh -ArgumentList '-Command', @"
            Import-Module '$module'
            `$null = Get-Command -Module PosTenancy -Syntax
            `$null = Get-PosTenant '$database'
            `$loaded = { [AppDomain]::CurrentDomain.GetAssemblies().GetName().Name -match 'Npgsql|PosTenancy.Postgres' | Sort-Object }
            & `$loaded
            `$null = Copy-PosTenant '$database' '$tenant' head-office 3>`$null
            & `$loaded
"@
        $run.Error | Should -BeNullOrEmpty
        $run.Lines | Should -Be Npgsql, PosTenancy.Postgres
    }
}
