BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    function Get-Record {
        # Returns the progress records of a run, without the one that removes the bar.
        param([object] $Run)

        $Run.Progress | Where-Object RecordType -EQ Processing
    }

    function New-SlowScript {
        # Writes a script with the statements of the plan, and one that takes at least a second on any machine.
        param([string] $Database)

        $path = Join-Path (New-TestFolder) '008_add_tenant_id.sql'
        $sql = (Get-PosTenantPlan $Database -TenantId acme).Sql | ForEach-Object { "$_;" }
        Set-Content -LiteralPath $path -Value @(
            $sql
            'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000000) SELECT count(*) FROM n;'
        )
        $path
    }
}

Describe 'Progress of an upgrade' {
    BeforeAll {
        $database = New-Store
        $run = Invoke-InRunspace 'Invoke-PosTenantUpgrade $a.Path acme -Confirm:$false -Verbose' @{ Path = $database }
        $records = Get-Record $run
    }

    It 'shows the six steps in their order, with the name of the file' {
        $run.Errors | Should -BeNullOrEmpty
        $run.Output.Status | Should -Be Succeeded
        $records | ForEach-Object Activity | Select-Object -Unique | Should -Be @(
            'Step 1 of 6: planning pos.db'
            'Step 2 of 6: backing up pos.db'
            'Step 3 of 6: rehearsing pos.db'
            'Step 4 of 6: migrating pos.db'
            'Step 5 of 6: verifying pos.db'
            'Step 6 of 6: reporting on pos.db'
        )
    }

    It 'shows five steps without a rehearsal' {
        $command = 'Invoke-PosTenantUpgrade $a.Path acme -SkipRehearsal -Confirm:$false'
        $short = Get-Record (Invoke-InRunspace $command @{ Path = New-Store })
        @($short | ForEach-Object Activity | Select-Object -Unique).Count | Should -Be 5
        $short[-1].Activity | Should -Be 'Step 5 of 5: reporting on pos.db'
    }

    It 'covers the entire command: the percentage never decreases, and ends at 100 %' {
        $percents = @($records.PercentComplete)
        $percents | Should -Be @($percents | Sort-Object)
        $percents[0] | Should -Be 0
        $percents[-1] | Should -Be 100
        @($records | Where-Object Activity -Like 'Step 3*')[-1].PercentComplete | Should -BeLessThan 80
    }

    It 'shows no time left without a measurement: a small database is finished before one exists' {
        @($records | Where-Object Activity -Match '^Step [12]').SecondsRemaining | Select-Object -Unique | Should -Be -1
    }

    It 'removes the bar at the end' {
        $run.Progress[-1].RecordType | Should -Be Completed
        $run.Progress.ActivityId | Select-Object -Unique | Should -HaveCount 1
    }

    It 'removes the bar if the command is refused' {
        $arguments = @{ Path = New-Store; None = Join-Path $TestDrive 'nowhere' }
        $refused = Invoke-InRunspace 'Invoke-PosTenantUpgrade $a.Path acme -Destination $a.None -Confirm:$false' $arguments
        $refused.Output.Status | Should -Be Refused
        if ($refused.Progress) {
            $refused.Progress[-1].RecordType | Should -Be Completed
        }
    }
}

Describe 'Progress of a long statement' {
    BeforeAll {
        $database = New-Store
        $arguments = @{ Path = $database; Script = New-SlowScript $database }
        $run = Invoke-InRunspace 'Invoke-PosTenantUpgrade $a.Path acme -Script $a.Script -Confirm:$false' $arguments
        $records = Get-Record $run
        $slow = @($records | Where-Object StatusDescription -Like 'WITH RECURSIVE*')
    }

    It 'is updated while SQLite is silent: it shows how long the statement has run' {
        $run.Output.Status | Should -Be Succeeded
        foreach ($step in 'Step 3*', 'Step 4*') {
            $texts = @($slow | Where-Object Activity -Like $step).StatusDescription
            $texts[0] | Should -BeLike '*FROM n'
            $texts | Should -Contain "$($texts[0]), 1 s"
        }
    }

    It 'estimates the time left from the rehearsal' {
        $left = @($records | Where-Object { $_.Activity -like 'Step 4*' -and $_.SecondsRemaining -ge 0 }).SecondsRemaining
        $left.Count | Should -BeGreaterThan 2
        $left[0] | Should -BeGreaterOrEqual 1
        $left[-1] | Should -BeLessThan $left[0]
    }

    It 'advances through the share that the statement had in the rehearsal, and never decreases' {
        $percents = @($records.PercentComplete)
        $percents | Should -Be @($percents | Sort-Object)
        $shown = $slow | Where-Object Activity -Like 'Step 4*' | ForEach-Object PercentComplete | Select-Object -Unique
        @($shown).Count | Should -BeGreaterThan 2
    }
}

Describe 'Progress of many statements' {
    It 'is drawn at most ten times a second' {
        $database = New-Store
        $script = Join-Path (New-TestFolder) 'many.sql'
        Set-Content -LiteralPath $script -Value @(
            (Get-PosTenantPlan $database -TenantId acme).Sql | ForEach-Object { "$_;" }
            1..10000 | ForEach-Object { "UPDATE users SET id = id WHERE id = '$_';" }
        )
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $arguments = @{ Path = $database; Script = $script }
        $run = Invoke-InRunspace 'Invoke-PosTenantUpgrade $a.Path acme -Script $a.Script -Confirm:$false' $arguments
        $run.Output.Status | Should -Be Succeeded -Because $run.Output.Error.Message

        # The first and the last of each stage are drawn as well.
        $run.Progress.Count | Should -BeLessThan (30 + (10 * $watch.Elapsed.TotalSeconds))
    }
}

Describe 'Progress of other commands' {
    BeforeAll {
        $database = New-Store
        $backup = Invoke-InRunspace 'Backup-PosDatabase $a.Path' @{ Path = $database }
        $arguments = @{ Path = $database; Backup = $backup.Output.BackupPath }
        $migration = Invoke-InRunspace 'Invoke-PosTenantMigration $a.Path acme -Confirm:$false' $arguments
    }

    It 'shows only the steps that the command has' {
        Get-Record $migration | ForEach-Object Activity | Select-Object -Unique |
            Should -Be @(
                'Step 1 of 4: planning pos.db'
                'Step 2 of 4: backing up pos.db'
                'Step 3 of 4: migrating pos.db'
                'Step 4 of 4: verifying pos.db'
            )
    }

    It 'shows no step number for a single step: <Command>' -ForEach @(
        @{ Command = 'Backup-PosDatabase'; Line = 'Backup-PosDatabase $a.Path'; Activity = 'Backing up pos.db' }
        @{ Command = 'Test-PosTenantIntegrity'; Activity = 'Verifying pos.db'
            Line = 'Test-PosTenantIntegrity $a.Path acme -BackupPath $a.Backup' }
        @{ Command = 'Test-PosTenantIsolation'; Line = 'Test-PosTenantIsolation $a.Path acme'; Activity = 'Testing isolation of pos.db' }
        @{ Command = 'Get-PosTenant'; Line = 'Get-PosTenant $a.Path'; Activity = 'Measuring pos.db' }
        @{ Command = 'Get-PosTenantDistribution'; Line = 'Get-PosTenantDistribution $a.Path'; Activity = 'Measuring pos.db' }
        @{ Command = 'Compare-PosTenant'; Line = 'Compare-PosTenant $a.Path acme $a.Backup'; Activity = 'Comparing pos.db' }
        @{ Command = 'Export-PosTenant'; Line = 'Export-PosTenant $a.Path acme'; Activity = 'Exporting from pos.db' }
        @{ Command = 'Measure-PosTenantQuery'; Activity = 'Measuring pos.db'
            Line = 'Measure-PosTenantQuery $a.Path $a.Backup -Table users -TimePerQuery 0.01' }
        @{ Command = 'Restore-PosDatabase'; Line = 'Restore-PosDatabase $a.Path $a.Backup -Confirm:$false'; Activity = 'Restoring pos.db' }
    ) {
        $run = Invoke-InRunspace $Line $arguments
        $run.Errors | Should -BeNullOrEmpty
        $records = Get-Record $run
        $records | ForEach-Object Activity | Select-Object -Unique | Should -Be $Activity
        $percents = @($records.PercentComplete)
        $percents | Should -Be @($percents | Sort-Object)
        $run.Progress[-1].RecordType | Should -Be Completed
    }

    It 'shows that the command waits for a lock, which process has it, and how much longer' {
        $shop = Start-Sqlite $database 'SELECT count(*) FROM users'
        try {
            $run = Invoke-InRunspace 'Backup-PosDatabase $a.Path -LockTimeout 600' $arguments {
                $args[0].StatusDescription -like 'Waiting *'
            }
        } finally {
            Stop-Sqlite
        }

        $run.StoppedAt.StatusDescription | Should -Match "^Waiting for sqlite3 \($($shop.Id)\) to close it, at most [1-6]?\d?\d s more$"
    }
}

Describe 'A preference of the user' {
    It 'hides the bar: <Line>' -ForEach @(
        @{ Line = '$ProgressPreference = "SilentlyContinue"; Invoke-PosTenantUpgrade $a.Path acme -Confirm:$false' }
        @{ Line = '$ProgressPreference = "SilentlyContinue"; Backup-PosDatabase $a.Path' }
    ) {
        $run = Invoke-InRunspace $Line @{ Path = New-Store }
        $run.Errors | Should -BeNullOrEmpty
        $run.Progress | Should -BeNullOrEmpty
    }
}

Describe '-Verbose' {
    It 'shows every statement that runs on the live file' {
        $run = Invoke-InRunspace 'Invoke-PosTenantUpgrade $a.Path acme -Confirm:$false -Verbose' @{ Path = New-Store }
        foreach ($sql in (Get-PosTenantPlan (New-Store) -TenantId acme).Sql) {
            @($run.Verbose | Where-Object { $_.EndsWith($sql) }).Count | Should -Be 1 -Because "'$sql' runs once on the live file"
        }

        @($run.Verbose | Where-Object { $_ -match '^[\w.]+: (?!ALTER|CREATE|INSERT)' }) |
            Should -BeNullOrEmpty -Because 'nothing else is a statement'
    }

    It 'is silent by default' {
        (Invoke-InRunspace 'Invoke-PosTenantUpgrade $a.Path acme -Confirm:$false' @{ Path = New-Store }).Verbose | Should -BeNullOrEmpty
    }

    It 'follows the caller''s $VerbosePreference' {
        $command = '$VerbosePreference = "Continue"; Invoke-PosTenantUpgrade $a.Path acme -Confirm:$false'
        $run = Invoke-InRunspace $command @{ Path = New-Store }
        @($run.Verbose | Where-Object { $_ -like '*ALTER TABLE "users"*' }).Count | Should -Be 1
    }
}
