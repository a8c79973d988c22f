BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $database = New-Store
    $run = Invoke-InRunspace 'Invoke-PosTenantUpgrade $a.Path acme -Confirm:$false -Verbose' @{ Path = $database }
}

Describe 'Progress' {
    It 'is reported for each stage of an upgrade, with the name of the file, in their order' {
        $run.Errors | Should -BeNullOrEmpty
        $run.Output.Status | Should -Be Succeeded
        $run.Progress | Where-Object RecordType -EQ Processing | ForEach-Object Activity | Select-Object -Unique |
            Should -Be 'Planning pos.db', 'Backing up pos.db', 'Rehearsing pos.db', 'Migrating pos.db', 'Verifying pos.db'
    }

    It 'names each table while it is migrated' {
        $named = $run.Progress | Where-Object Activity -EQ 'Migrating pos.db' | ForEach-Object CurrentOperation
        foreach ($table in (Get-PosTenantPlan $database | Where-Object Action -NE Skip).Table) {
            $named | Should -Contain $table
        }
    }

    It 'grows with the statements that are done' {
        $percents = @($run.Progress | Where-Object { $_.Activity -eq 'Migrating pos.db' -and $_.StatusDescription -match '^(ALTER|CREATE)' }).PercentComplete
        $percents.Count | Should -Be 65 -Because '32 columns, 32 indexes and the table of the history are made'
        $percents | Should -Be @($percents | Sort-Object)
        $percents[0] | Should -BeLessThan 3
        $percents[-1] | Should -BeGreaterThan 95
    }

    It 'ends, so that no bar stays on the screen' {
        $run.Progress[-1].RecordType | Should -Be Completed
        $run.Progress.ActivityId | Select-Object -Unique | Should -HaveCount 1
    }
}

Describe '-Verbose' {
    It 'shows every statement that is run on the live file' {
        foreach ($sql in (Get-PosTenantPlan (New-Store) -TenantId acme).Sql) {
            @($run.Verbose | Where-Object { $_.EndsWith($sql) }).Count | Should -Be 1 -Because "'$sql' runs once on the live file"
        }
    }

    It 'is silent if it was not asked for' {
        (Invoke-InRunspace 'Invoke-PosTenantUpgrade $a.Path acme -Confirm:$false' @{ Path = New-Store }).Verbose | Should -BeNullOrEmpty
    }

    It 'is heard from a caller that set $VerbosePreference' {
        $run = Invoke-InRunspace '$VerbosePreference = "Continue"; Invoke-PosTenantUpgrade $a.Path acme -Confirm:$false' @{ Path = New-Store }
        @($run.Verbose | Where-Object { $_ -like '*ALTER TABLE "users"*' }).Count | Should -Be 1
    }
}
