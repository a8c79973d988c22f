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
