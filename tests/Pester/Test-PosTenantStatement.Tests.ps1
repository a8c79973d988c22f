BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    $database = New-Store
    $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false -WarningAction Ignore
    $isolated = 'SELECT name FROM customers WHERE tenant_id = ?'
    $leak = 'SELECT name FROM customers'
    $byKey = 'SELECT name FROM customers WHERE id = ?'
    $insert = 'INSERT INTO customers (id, name) VALUES (?, ?)'

    function New-Source {
        # Writes files of an application into a new folder, which it returns.
        param([hashtable] $File)

        $folder = New-TestFolder
        foreach ($name in $File.Keys) {
            $path = Join-Path $folder $name
            $null = New-Item -ItemType Directory -Path (Split-Path $path) -Force
            Set-Content -LiteralPath $path -Value $File[$name]
        }

        $folder
    }

    function Test-Quietly {
        # Without the summary; an error is a result of its own.
        param([hashtable] $Parameter, [object[]] $InputObject)

        $quiet = @{ InformationAction = 'Ignore'; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failures' }
        $results = if ($InputObject) {
            $InputObject | Test-PosTenantStatement @Parameter @quiet
        } else {
            Test-PosTenantStatement @Parameter @quiet
        }

        [pscustomobject]@{ Results = @($results); Errors = @($failures.FullyQualifiedErrorId -replace ',.*') }
    }
}

Describe 'Test-PosTenantStatement' {
    It 'tests the statements of a source in the order of files and lines' {
        $source = New-Source @{ 'b.sql' = "$isolated;", "$leak;"; 'a.py' = "db.execute(`"$byKey`")" }
        $run = Test-Quietly @{ Path = $database; SourcePath = $source }
        $run.Results | ForEach-Object { "$(Split-Path $_.File -Leaf):$($_.Line) $($_.Table) $($_.Verdict)" } |
            Should -Be 'a.py:1 customers ByKeyOnly', 'b.sql:1 customers Isolated', 'b.sql:2 customers Leaks'
        $run.Results[2].Witness.Table | Should -Be customers
        $run.Errors | Should -Be PosTenancy.StatementsNotIsolated
    }

    It 'takes statements from the pipeline if the database is named, and the database if the source is' {
        $statements = Test-Quietly @{ Path = $database } $leak, $isolated
        $statements.Results.Verdict | Should -Be Leaks, Isolated
        $statements.Results | Where-Object File | Should -BeNullOrEmpty

        $source = New-Source @{ 'a.sql' = "$isolated;" }
        foreach ($input in $database, (Get-Item $database), [pscustomobject]@{ Path = $database }) {
            (Test-Quietly @{ SourcePath = $source } $input).Results.Verdict | Should -Be Isolated
        }
    }

    It 'takes statements from objects with the property Sql or Statement, such as its own results' {
        $rows = [pscustomobject]@{ Sql = $leak }, [pscustomobject]@{ Statement = $byKey }
        (Test-Quietly @{ LiteralPath = $database } $rows).Results.Verdict | Should -Be Leaks, ByKeyOnly
        $again = Test-Quietly @{} (Test-Quietly @{ Path = $database; Statement = $leak, $isolated }).Results
        $again.Results.Verdict | Should -Be Leaks, Isolated
        $again.Results.Path | Select-Object -Unique | Should -Be $database
    }

    It 'resolves wildcards and relative paths of the source' {
        $source = New-Source @{ 'api/a.sql' = "$leak;"; 'web/b.sql' = "$byKey;"; 'jobs/c.sql' = "$isolated;" }
        Push-Location $source
        try {
            (Test-Quietly @{ Path = $database; SourcePath = '*/[ab].sql' }).Results.Verdict | Should -Be Leaks, ByKeyOnly
            (Test-Quietly @{ Path = $database; SourcePath = 'jobs', './api' }).Results.Verdict | Should -Be Isolated, Leaks
        } finally {
            Pop-Location
        }
    }

    It 'searches what -Include and -Exclude say, and tests and migrations if asked' {
        $source = New-Source @{
            'a.sql' = "$leak;"; 'b.py' = "x = `"$byKey`""; 'tests/c.sql' = "$isolated;"; 'migrations/d.sql' = "$insert;"
        }
        $all = @{ Path = $database; SourcePath = $source }
        (Test-Quietly ($all + @{ Include = '*.py' })).Results.Verdict | Should -Be ByKeyOnly
        (Test-Quietly ($all + @{ Exclude = '*.py' })).Results.Verdict | Should -Be Leaks
        (Test-Quietly ($all + @{ IncludeTest = $true; Exclude = 'a.sql', 'b.py' })).Results.Verdict | Should -Be Isolated
        (Test-Quietly ($all + @{ IncludeMigration = $true; Exclude = 'a.sql', 'b.py' })).Results.Verdict | Should -Be NoTenantOnInsert
        $verbose = Test-PosTenantStatement @all -FailOn @() -Verbose 4>&1 6>$null |
            Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        "$verbose" | Should -BeLike '*-IncludeTest includes them*-IncludeMigration includes them*'
    }

    It 'fails on new findings of -FailOn alone' {
        $findings = @{ Path = $database; Statement = $byKey, $isolated }
        (Test-Quietly $findings).Errors | Should -BeNullOrEmpty
        (Test-Quietly ($findings + @{ FailOn = 'ByKeyOnly' })).Errors | Should -Be PosTenancy.StatementsNotIsolated
        (Test-Quietly @{ Path = $database; Statement = $leak; FailOn = @() }).Errors | Should -BeNullOrEmpty
        (Test-Quietly @{ Path = $database; Statement = $insert }).Errors | Should -Be PosTenancy.StatementsNotIsolated
        (Test-Quietly @{ Path = $database; Statement = 'nonsense'; FailOn = 'NotChecked' }).Errors |
            Should -Be PosTenancy.StatementsNotIsolated
    }

    It 'names the number and the first places in its error, which has the database as its target' {
        $source = New-Source @{ 'a.sql' = 1..5 | ForEach-Object { "SELECT name, $_ FROM customers;" } }
        $null = Test-PosTenantStatement $database $source -ErrorAction SilentlyContinue -ErrorVariable failure 6>$null
        $failure[0].Exception.Message | Should -BeLike 'The application has 5 new findings on *: a.sql:1 (customers Leaks), *and 2 more*'
        $failure[0].CategoryInfo.Category | Should -Be InvalidResult
        $failure[0].TargetObject | Should -Be $database
    }

    It 'makes pwsh -Command exit with 1 if there is a new finding, and else with 0' {
        $bad = New-Source @{ 'a.sql' = "$leak;" }
        $good = New-Source @{ 'a.sql' = "$isolated;" }
        (Invoke-FreshPwsh "Test-PosTenantStatement '$database' '$bad'").ExitCode | Should -Be 1
        (Invoke-FreshPwsh "Test-PosTenantStatement '$database' '$good'").ExitCode | Should -Be 0
        (Invoke-FreshPwsh "Test-PosTenantStatement '$database' '$(New-TestFolder)'").ExitCode | Should -Be 1 -Because 'nothing was tested'
    }

    It 'knows what the baseline has, and updates it if asked' {
        $source = New-Source @{ 'a.sql' = "$leak;"; 'b.sql' = "$byKey;" }
        $baseline = Join-Path (New-TestFolder) 'statements.json'
        $run = @{ Path = $database; SourcePath = $source; BaselinePath = $baseline }
        (Test-Quietly ($run + @{ UpdateBaseline = $true })).Errors | Should -BeNullOrEmpty
        $entries = (Get-Content $baseline -Raw | ConvertFrom-Json).statements
        $entries.verdict | Should -Be Leaks, ByKeyOnly

        $known = Test-Quietly ($run + @{ FailOn = 'Leaks', 'ByKeyOnly' })
        $known.Errors | Should -BeNullOrEmpty
        $known.Results.IsInBaseline | Should -Be $true, $true
        $known.Results.IsNew | Should -Be $false, $false

        Add-Content (Join-Path $source 'a.sql') 'SELECT phone FROM customers;'
        $new = Test-Quietly $run
        $new.Errors | Should -Be PosTenancy.StatementsNotIsolated
        ($new.Results | Where-Object IsNew).Sql | Should -Be 'SELECT phone FROM customers'
        (Get-Content $baseline -Raw | ConvertFrom-Json).statements.Count | Should -Be 2 -Because 'it is only written if asked'

        Set-Content (Join-Path $source 'a.sql') "$isolated;"
        $shown = Test-PosTenantStatement @run -UpdateBaseline 6>&1 |
            Where-Object { $_ -is [System.Management.Automation.InformationRecord] }
        "$shown" | Should -BeLike '*has 1 entries. It had 2.*'
    }

    It 'terminates on a baseline that cannot be used, before anything is tested' {
        $folder = New-TestFolder
        Set-Content "$folder/bad.json" '{ }'
        $test = { param($parameter) Test-PosTenantStatement $database -Statement $leak @parameter }
        { & $test @{ BaselinePath = "$folder/none.json" } } | Should -Throw -ErrorId 'PosTenancy.InvalidBaselinePath,*'
        { & $test @{ BaselinePath = "$folder/none/a.json"; UpdateBaseline = $true } } |
            Should -Throw -ErrorId 'PosTenancy.InvalidBaselinePath,*'
        { & $test @{ UpdateBaseline = $true } } | Should -Throw -ErrorId 'PosTenancy.InvalidBaselinePath,*'
        { & $test @{ BaselinePath = "$folder/bad.json" } } | Should -Throw -ErrorId 'PosTenancy.BaselineInvalid,*'
        { & $test @{ ReportPath = "$folder/a.txt" } } | Should -Throw -ErrorId 'PosTenancy.InvalidReportPath,*'
    }

    It 'does not update the baseline if a database could not be tested' {
        $baseline = Join-Path (New-TestFolder) 'statements.json'
        $null = Test-Quietly @{ Path = $database; Statement = $leak; BaselinePath = $baseline; UpdateBaseline = $true }
        $before = Get-Sha256 $baseline
        $plain = New-Store
        $quiet = @{ WarningAction = 'SilentlyContinue'; ErrorAction = 'SilentlyContinue'; InformationAction = 'Ignore' }
        $collect = @{ WarningVariable = 'warning'; ErrorVariable = 'failures' }
        $run = Test-PosTenantStatement $database, $plain -Statement $byKey -BaselinePath $baseline -UpdateBaseline @quiet @collect
        $run.Verdict | Should -Be ByKeyOnly
        $failures.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.NotMigrated,*'
        "$warning" | Should -BeLike '*was not updated*'
        Get-Sha256 $baseline | Should -Be $before
    }

    It 'writes a report in the format of the extension, for both databases of a command' {
        $folder = New-TestFolder
        $both = $database, (New-Store)
        $null = Invoke-PosTenantMigration $both[1] other -Confirm:$false -WarningAction Ignore
        foreach ($extension in 'sarif', 'md', 'html', 'json') {
            $null = Test-Quietly @{ Path = $both; Statement = $leak; ReportPath = "$folder/report.$extension" }
            "$folder/report.$extension" | Should -Exist
            "$folder/report-2.$extension" | Should -Exist
        }

        $sarif = Get-Content "$folder/report.sarif" -Raw | ConvertFrom-Json
        $sarif.version | Should -Be 2.1.0
        $sarif.runs[0].results.ruleId | Should -Be PosTenancy.Leaks
        (Get-Content "$folder/report.json" -Raw | ConvertFrom-Json).schema | Should -Be PosTenancy.StatementReport
        $null = Test-Quietly @{ Path = $database; Statement = $leak; ReportPath = "$folder/reports" }
        "$folder/reports/pos.db.statements-*.md" | Should -Exist
    }

    It 'has its results written by Export-PosTenantReport, from the pipeline or as an array' {
        $folder = New-TestFolder
        $results = (Test-Quietly @{ Path = $database; Statement = $leak, $isolated }).Results
        ($results | Export-PosTenantReport "$folder/a.sarif").Name | Should -Be a.sarif
        (Export-PosTenantReport "$folder/b.md" -Statement $results).Name | Should -Be b.md
        Get-Content "$folder/b.md" -TotalCount 1 | Should -Be '# Tenant isolation of 2 statements'
        (Get-Content "$folder/a.sarif" -Raw | ConvertFrom-Json).runs[0].results.Count | Should -Be 1
        $null = $results | Export-PosTenantReport "$folder/c.txt" -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'PosTenancy.InvalidReportPath*'
    }

    It 'shows the new findings of each file at the end, and warns of a comment without a reason' {
        $source = New-Source @{ 'a.sql' = '-- postenancy: all tenants', "$leak;"; 'b.sql' = "$isolated;" }
        $output = Test-PosTenantStatement $database $source -FailOn @() 3>&1 6>&1
        "$($output | Where-Object { $_ -is [System.Management.Automation.WarningRecord] })" | Should -BeLike 'a.sql:1: *no reason*'
        "$($output | Where-Object { $_ -is [System.Management.Automation.InformationRecord] })" |
            Should -Be "2 statements (1 Leaks, 1 Isolated) in 2 files, tried on 'pos.db'.   a.sql: 1 statement (1 Leaks)"
    }

    It 'refuses a source that does not exist, one without a statement, and a database that was not migrated' {
        (Test-Quietly @{ Path = $database; SourcePath = Join-Path (New-TestFolder) none }).Errors | Should -Be PosTenancy.FileNotFound
        (Test-Quietly @{ Path = $database; SourcePath = Join-Path (New-TestFolder) 'none*' }).Errors | Should -Be PosTenancy.FileNotFound
        (Test-Quietly @{ Path = $database; SourcePath = New-TestFolder }).Errors | Should -Be PosTenancy.StatementsNotFound
        (Test-Quietly @{ Path = New-Store; Statement = $leak }).Errors | Should -Be PosTenancy.NotMigrated
        (Test-Quietly @{ Path = Join-Path (New-TestFolder) none.db; Statement = $leak }).Errors | Should -Be PosTenancy.FileNotFound
    }

    It 'tests for each database of the pipeline, and goes on after one that cannot be tested' {
        $source = New-Source @{ 'a.sql' = "$leak;" }
        $run = Test-Quietly @{ SourcePath = $source } (New-Store), $database
        $run.Results.Path | Should -Be $database
        $run.Errors | Sort-Object | Should -Be PosTenancy.NotMigrated, PosTenancy.StatementsNotIsolated
    }

    It 'leaves the database and its folder as they are' {
        $state = Get-FolderState (Split-Path $database)
        $null = Test-Quietly @{ Path = $database; Statement = 'DELETE FROM users', "ATTACH 'x.db' AS x", "VACUUM INTO 'copy.db'" }
        Get-FolderState (Split-Path $database) | Should -Be $state
    }

    It 'stops when the pipeline has enough' {
        $source = New-Source @{ 'a.sql' = 1..400 | ForEach-Object { "SELECT name, $_ FROM customers WHERE tenant_id = ?;" } }
        $null = Test-PosTenantStatement $database $source -ErrorVariable failures 6>$null | Select-Object -First 1 -OutVariable first
        $first.Line | Should -Be 1
        $failures | Should -BeNullOrEmpty
    }

    It 'writes results while it goes on, and stops at Ctrl+C between two statements' {
        $source = New-Source @{ 'a.sql' = 1..4000 | ForEach-Object { "SELECT name, $_ FROM customers WHERE tenant_id = ?;" } }
        $run = Invoke-InRunspace 'Test-PosTenantStatement $a.Path $a.Source' @{ Path = $database; Source = $source } {
            param($record)
            $record.Activity -eq 'Trying statements on pos.db' -and $record.PercentComplete -ge 20
        }
        $run.StoppedAt | Should -Not -BeNullOrEmpty
        $run.State | Should -Be Stopped
        $run.Output.Count | Should -BeGreaterThan 10
        $run.Output.Count | Should -BeLessThan 4000
    }
}
