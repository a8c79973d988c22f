# A rollout of many stores on this machine.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    function New-Rows {
        # Stores s1.db, s2.db ... in one folder, and the rows for them.
        param([int] $Count)

        $paths = @(New-Store @(1..$Count | ForEach-Object { "s$_.db" }))
        for ($i = 0; $i -lt $Count; $i++) { [pscustomobject]@{ Path = $paths[$i]; TenantId = "t$($i + 1)" } }
    }

    $quiet = @{ Confirm = $false; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failures' }
}

Describe 'Invoke-PosFleetUpgrade' {
    It 'upgrades each store for its tenant, in order, and writes nothing for a store that is done' {
        $rows = New-Rows 5
        $results = $rows | Invoke-PosFleetUpgrade @quiet
        $failures | Should -BeNullOrEmpty
        $results.Path | Should -Be $rows.Path
        $results.TenantId | Should -Be $rows.TenantId
        $results.Status | Should -Be (@('Succeeded') * 5)
        foreach ($row in $rows) { Get-StoredTenant $row.Path | Should -Be $row.TenantId }
        $results[0].psobject.TypeNames[0] | Should -Be PosTenancy.FleetResult
        $results[0].Upgrade.Backup.BackupPath | Should -Exist

        $state = Get-FolderState (Split-Path $rows[0].Path)
        ($rows | Invoke-PosFleetUpgrade @quiet).Status | Should -Be (@('AlreadyMigrated') * 5)
        Get-FolderState (Split-Path $rows[0].Path) | Should -Be $state
    }

    It 'takes the rows of a CSV file, relative to the location, and the options of a row before those for all' {
        $rows = New-Rows 2
        $folder = Split-Path $rows[0].Path
        $names = $rows.Path | ForEach-Object { Split-Path $_ -Leaf }
        Set-Content -LiteralPath "$folder/stores.csv" -Value @(
            'Path,TenantId,ColumnName,Note', "$($names[0]),north,shop_id,first", "$($names[1]),south,,")
        Push-Location -LiteralPath $folder
        try {
            $results = Import-Csv stores.csv | Invoke-PosFleetUpgrade @quiet -ColumnName region_id -UniqueScope Tenant
        } finally {
            Pop-Location
        }

        $failures | Should -BeNullOrEmpty
        $results.Upgrade.ColumnName | Should -Be shop_id, region_id
        $results.Upgrade.Plan.Options.UniqueScope | Should -Be Tenant, Tenant
        Invoke-Sqlite $rows[0].Path 'SELECT DISTINCT shop_id FROM users' | Should -Be north
        Invoke-Sqlite $rows[1].Path 'SELECT DISTINCT region_id FROM users' | Should -Be south
    }

    It 'is refused before anything runs: <Text>' -ForEach @(
        @{ Text = 'an empty file'; Change = { @() }; Why = 'has no rows' }
        @{ Text = 'a missing column'; Change = { $args[0] | Select-Object Path }; Why = 'row 1 has no column TenantId' }
        @{ Text = 'a missing value'; Change = { $args[0][1].TenantId = ' '; $args[0] }; Why = 'row 2 has no TenantId' }
        @{ Text = 'the same tenant twice'; Change = { $args[0][1].TenantId = 't1'; $args[0] }; Why = "the tenant 't1' in 2 rows" }
        @{ Text = 'the same path twice'; Change = { $args[0][1].Path = $args[0][0].Path; $args[0] }; Why = 'in 2 rows' }
        @{
            Text = 'one database under two names'
            Change = {
                $link = Join-Path (New-TestFolder) 'link.db'
                $null = New-Item -ItemType SymbolicLink -Path $link -Target $args[0][0].Path
                $args[0][1].Path = $link
                $args[0]
            }
            Why = 'under two names'
        }
        @{
            Text = 'an option that cannot be'
            Change = { $args[0] | Select-Object *, @{ n = 'UniqueScope'; e = { 'Galaxy' } } }
            Why = "row 1 has the UniqueScope 'Galaxy'"
        }
        @{ Text = 'a tenant that cannot be'; Change = { $args[0][1].TenantId = 'x' * 300; $args[0] }; Why = 'row 2 cannot be used' }
        @{
            Text = 'two ways to another machine'
            Change = { $args[0] | Select-Object *, @{ n = 'HostName'; e = { 'a' } }, @{ n = 'ComputerName'; e = { 'b' } } }
            Why = 'has a HostName and a ComputerName'
        }
    ) {
        $rows = @(New-Rows 2)
        $folder = Split-Path $rows[0].Path
        $original = Get-FolderState $folder
        $changed = & $Change $rows
        $problem = { $changed | Invoke-PosFleetUpgrade -Confirm:$false -StatePath "$TestDrive/none.state" } |
            Should -Throw -ErrorId 'PosTenancy.FleetInvalid,*' -PassThru
        "$problem" | Should -Match ([regex]::Escape($Why))
        Get-FolderState $folder | Should -Be $original
        "$TestDrive/none.state" | Should -Not -Exist
    }

    It 'refuses a limit of failures that is none: <_>' -ForEach 'many', '-1', '101%' {
        { New-Rows 1 | Invoke-PosFleetUpgrade -Confirm:$false -MaxFailure $_ } | Should -Throw -ErrorId 'PosTenancy.FleetInvalid,*'
    }

    It 'says with -WhatIf what it would do with each store, refuses what it would refuse, and changes nothing' {
        $rows = New-Rows 3
        Set-Content -LiteralPath $rows[1].Path -Value ''
        $original = Get-FolderState (Split-Path $rows[0].Path)
        $run = Invoke-InRunspace '$a.Rows | Invoke-PosFleetUpgrade -WhatIf -StatePath $a.State -LogPath $a.Log -ReportPath $a.Report' @{
            Rows = $rows; State = "$TestDrive/w.state"; Log = "$TestDrive/w.log"; Report = "$TestDrive/w.html"
        }
        $run.Output | Should -BeNullOrEmpty
        $run.Errors.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.NotADatabase,*'
        Get-FolderState (Split-Path $rows[0].Path) | Should -Be $original
        "$TestDrive/w.state", "$TestDrive/w.log", "$TestDrive/w.html" | Should -Not -Exist
    }

    It 'tests each upgrade with -Rehearse, asks nothing and changes nothing' {
        $rows = New-Rows 2
        $original = Get-FolderState (Split-Path $rows[0].Path)
        $report = Join-Path (New-TestFolder) 'test.html'
        $run = Invoke-InRunspace '$a.Rows | Invoke-PosFleetUpgrade -Rehearse -ReportPath $a.Report' @{ Rows = $rows; Report = $report }
        $run.Errors | Should -BeNullOrEmpty
        $run.Output.Status | Should -Be Rehearsed, Rehearsed
        $run.Output[0].Upgrade.Downtime | Should -BeGreaterThan ([timespan]::Zero)
        Get-FolderState (Split-Path $rows[0].Path) | Should -Be $original
        Get-Content -LiteralPath $report -Raw | Should -Match 'Rehearsed'
    }

    It 'begins with the canaries, and no store after one that is not done' {
        $rows = New-Rows 4
        $null = Invoke-Sqlite $rows[1].Path 'ALTER TABLE users ADD COLUMN tenant_id AS (id)'
        $untouched = Get-Sha256 $rows[2].Path
        $results = $rows | Invoke-PosFleetUpgrade @quiet -Canary 2 -ThrottleLimit 4 -MaxFailure 100%
        $results.Status | Should -Be Succeeded, Refused, NotStarted, NotStarted
        $failures.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.*,Invoke-PosFleetUpgrade'
        @($failures.FullyQualifiedErrorId -replace ',.*') | Should -Be PosTenancy.PlanBlocked, PosTenancy.RolloutStopped
        "$($failures[0])" | Should -Match ([regex]::Escape($rows[1].Path))
        Get-Sha256 $rows[2].Path | Should -Be $untouched
        "$($rows[2].Path).backup-*" | Should -Not -Exist
    }

    It 'stops at more failures than -MaxFailure, and finishes what is at work' {
        $rows = New-Rows 6
        $rows[0, 2] | ForEach-Object { Set-Content -LiteralPath $_.Path -Value '' }
        $results = $rows | Invoke-PosFleetUpgrade @quiet -MaxFailure 1 -ThrottleLimit 1
        $results.Status | Should -Be Refused, Succeeded, Refused, NotStarted, NotStarted, NotStarted
        ($rows | Invoke-PosFleetUpgrade @quiet -MaxFailure 50%).Status |
            Should -Be Refused, AlreadyMigrated, Refused, Succeeded, Succeeded, Succeeded
    }

    It 'exits with 1 if a store is not done, and with 0 if all are' {
        $rows = New-Rows 2
        $folder = Split-Path $rows[0].Path
        $rows | Export-Csv -LiteralPath "$folder/stores.csv" -NoTypeInformation
        $text = "Import-Csv stores.csv | Invoke-PosFleetUpgrade -Confirm:`$false"
        (Invoke-FreshPwsh $text -WorkingDirectory $folder).ExitCode | Should -Be 0
        Set-Content -LiteralPath $rows[1].Path -Value ''
        (Invoke-FreshPwsh $text -WorkingDirectory $folder).ExitCode | Should -Be 1
    }

    It 'ends with an error and changes nothing if it cannot ask' {
        $rows = New-Rows 1
        $original = Get-FolderState (Split-Path $rows[0].Path)
        $run = Invoke-FreshPwsh "[pscustomobject]@{ Path = '$($rows[0].Path)'; TenantId = 't1' } | Invoke-PosFleetUpgrade"
        $run.ExitCode | Should -Be 1
        $run.Error -replace '\s+', ' ' | Should -BeLike '*add -Confirm:$false*'
        Get-FolderState (Split-Path $rows[0].Path) | Should -Be $original
    }
}

Describe 'A rollout with a state' {
    It 'goes on after a kill without touching what is done' {
        $rows = New-Rows 12
        $folder = Split-Path $rows[0].Path
        $csv = Join-Path (New-TestFolder) 'stores.csv'
        $state = "$csv.state"
        $rows | Export-Csv -LiteralPath $csv -NoTypeInformation
        $program, $arguments = @(Get-PwshCommand) + '-NoProfile' + '-NonInteractive' + '-Command'
        $command = "Import-Module '$module'
            Import-Csv '$csv' | Invoke-PosFleetUpgrade -StatePath '$state' -ThrottleLimit 2 -Confirm:`$false"
        $process = [System.Diagnostics.Process]::Start((New-StartInfo -Program $program -ArgumentList (
                    $arguments + $command)))
        while (-not $process.HasExited -and @(Get-ChildItem -LiteralPath $folder -Filter '*.backup-*.json').Count -lt 5) {
            Start-Sleep -Milliseconds 5
        }

        $process.Kill()
        $process.WaitForExit()
        $done = @(Get-Content -LiteralPath $state | Select-String '"status":"Succeeded"').Count
        $done | Should -BeLessThan 12 -Because 'the process was killed before its end'

        $results = Import-Csv $csv | Invoke-PosFleetUpgrade @quiet -StatePath $state -ReportPath (New-TestFolder)
        $failures | Should -BeNullOrEmpty
        $results.Count | Should -Be 12
        @($results | Where-Object DoneBefore).Count | Should -Be $done
        $results.IsDone | Should -Not -Contain $false
        foreach ($row in $rows) { Get-StoredTenant $row.Path | Should -Be $row.TenantId }

        # The store that was at work may have been finished by the killed process: no store has more than one entry in its history.
        foreach ($row in $rows) { Invoke-Sqlite $row.Path 'SELECT count(*) FROM _postenancy_history' | Should -Be 1 }

        $before = Get-FolderState $folder
        $again = Import-Csv $csv | Invoke-PosFleetUpgrade @quiet -StatePath $state
        $again.DoneBefore | Should -Not -Contain $false
        $again[0].Upgrade.Backup.BackupPath | Should -Exist
        Get-FolderState $folder | Should -Be $before
    }

    It 'tries a store again that was refused' {
        $rows = New-Rows 2
        $state = Join-Path (New-TestFolder) 'r.state'
        $null = Start-Sqlite $rows[0].Path 'BEGIN EXCLUSIVE; SELECT 1'
        ($rows | Invoke-PosFleetUpgrade @quiet -StatePath $state -MaxFailure 2 -LockTimeout 0).Status | Should -Be Refused, Succeeded
        Stop-Sqlite
        $again = $rows | Invoke-PosFleetUpgrade @quiet -StatePath $state -MaxFailure 2 -LockTimeout 0
        $again.Status | Should -Be Succeeded, Succeeded
        $again.DoneBefore | Should -Be $false, $true
    }

    It 'is refused with <Text>, and nothing is touched' -ForEach @(
        @{ Text = 'other rows'; Change = { $args[0][1].TenantId = 'other' }; Option = @{} }
        @{ Text = 'other options'; Change = {}; Option = @{ UniqueScope = 'Tenant' } }
        @{ Text = 'a rehearsal for an upgrade'; Change = {}; Option = @{ Rehearse = $true } }
        @{
            Text = 'a changed byte'
            Change = {
                $bytes = [System.IO.File]::ReadAllBytes($args[1])
                $bytes[60] = $bytes[60] -bxor 1
                [System.IO.File]::WriteAllBytes($args[1], $bytes)
            }
            Option = @{}
        }
    ) {
        $rows = @(New-Rows 2)
        $state = Join-Path (New-TestFolder) 's.state'
        Set-Content -LiteralPath $rows[1].Path -Value ''
        $null = $rows | Invoke-PosFleetUpgrade @quiet -StatePath $state -MaxFailure 2
        & $Change $rows $state
        $hash = Get-Sha256 $state
        $before = Get-FolderState (Split-Path $rows[0].Path)
        { $rows | Invoke-PosFleetUpgrade -Confirm:$false -StatePath $state -MaxFailure 2 @Option } |
            Should -Throw -ErrorId 'PosTenancy.FleetStateInvalid,*'
        Get-Sha256 $state | Should -Be $hash
        Get-FolderState (Split-Path $rows[0].Path) | Should -Be $before
    }

    It 'records after Ctrl+C what was taken back, and goes on' {
        $rows = New-Rows 30
        $state = Join-Path (New-TestFolder) 'c.state'
        $report = Join-Path (New-TestFolder) 'c.md'
        $run = Invoke-InRunspace '$a.Rows | Invoke-PosFleetUpgrade -Confirm:$false -StatePath $a.State -ReportPath $a.Report' @{
            Rows = $rows; State = $state; Report = $report
        } {
            param($record)
            $record.StatusDescription -match '^[2-9] of 30'
        }
        $run.StoppedAt | Should -Not -BeNullOrEmpty
        Get-Content -LiteralPath $report -Raw | Should -Match 'It was cancelled'
        foreach ($row in $rows) { "$($row.Path)-journal" | Should -Not -Exist }

        # A store that was cancelled after its backup keeps its journal: the next run goes on with that backup.
        foreach ($row in $rows | Where-Object { Test-Path -LiteralPath "$($_.Path).postenancy-journal" }) {
            Get-Content -LiteralPath "$($row.Path).postenancy-journal" -Raw | Should -Match '"cancelled":true'
            "$($row.Path).backup-*.json" | Should -Exist
        }

        $done = @(Get-Content -LiteralPath $state | Select-String '"status":"Succeeded"').Count
        $done | Should -BeGreaterThan 1
        $done | Should -BeLessThan 30
        $results = $rows | Invoke-PosFleetUpgrade @quiet -StatePath $state
        $failures | Should -BeNullOrEmpty
        @($results | Where-Object DoneBefore).Count | Should -Be $done
        foreach ($row in $rows) {
            Get-StoredTenant $row.Path | Should -Be $row.TenantId
            "$($row.Path).postenancy-journal" | Should -Not -Exist
            @(Get-ChildItem -Path "$($row.Path).backup-*.json").Count | Should -Be 1
        }
    }
}

Describe 'What a rollout writes' {
    BeforeAll {
        $rows = New-Rows 3
        Set-Content -LiteralPath $rows[1].Path -Value ''
        $reports = Join-Path (New-TestFolder) 'reports'
        $log = Join-Path (New-TestFolder) 'rollout.log'
        $results = $rows | Invoke-PosFleetUpgrade @quiet -MaxFailure 1 -ReportPath $reports -LogPath $log
        $lines = @(Get-Content -LiteralPath $log | ConvertFrom-Json)
    }

    It 'is one report of the rollout, and one of each store' {
        @(Get-ChildItem -LiteralPath $reports -Filter 'fleet.upgrade-*.md').Count | Should -Be 1
        $text = (Get-Content -Path "$reports/fleet.upgrade-*.md" -Raw).Replace('\_', '_')
        foreach ($result in $results) {
            $result.ReportPath | Should -Exist
            $text | Should -Match ([regex]::Escape($result.Path))
        }

        $text | Should -Match ([regex]::Escape($results[0].BackupPath))
        $text | Should -Match 'PosTenancy\.NotADatabase'
    }

    It 'can be piped into Export-PosTenantReport, for the reports of the stores' {
        $folder = New-TestFolder
        @($results | Export-PosTenantReport -ReportPath $folder).Count | Should -Be 3
        (Get-ChildItem -LiteralPath $folder).Name | Should -BeLike 's*.db.upgrade-*.md'
    }

    It 'is a log with a line for each stage and each end, as its schema says' {
        $schema = Get-Content -LiteralPath "$root/docs/fleet-log.schema.json" -Raw
        foreach ($line in Get-Content -LiteralPath $log) { Test-Json -Json $line -Schema $schema | Should -BeTrue }
        @($lines | Where-Object event -EQ End).status | Sort-Object | Should -Be Refused, Succeeded, Succeeded
        $first = $lines | Where-Object path -EQ $rows[0].Path
        ($first | Where-Object event -EQ Stage).stage |
            Should -Be Plan, Backup, Rehearsal, Migration, Verification
        ($lines | Where-Object path -EQ $rows[1].Path | Where-Object event -EQ End).errorId | Should -Be PosTenancy.NotADatabase
        "$lines" | Should -Not -Match 'Ada'
    }

    It 'is a log to which several rollouts append whole lines' {
        $shared = Join-Path (New-TestFolder) 'shared.log'
        $program, $arguments = @(Get-PwshCommand) + '-NoProfile' + '-NonInteractive' + '-Command'
        $processes = 1..2 | ForEach-Object {
            $csv = Join-Path (New-TestFolder) 'stores.csv'
            New-Rows 4 | Export-Csv -LiteralPath $csv -NoTypeInformation
            $command = "Import-Module '$module'; Import-Csv '$csv' | Invoke-PosFleetUpgrade -LogPath '$shared' -Confirm:`$false | Out-Null"
            [System.Diagnostics.Process]::Start((New-StartInfo -Program $program -ArgumentList (
                        $arguments + $command)))
        }
        foreach ($process in $processes) {
            $process.StandardInput.Close()
            $process.WaitForExit()
            $process.ExitCode | Should -Be 0
        }

        $written = @(Get-Content -LiteralPath $shared | ConvertFrom-Json)
        @($written | Where-Object event -EQ End).Count | Should -Be 8
        $written.Count | Should -Be (8 * 6)
    }

    It 'is refused where it cannot be written, before anything runs' {
        $row = @(New-Rows 1)
        $before = Get-FolderState (Split-Path $row[0].Path)
        { $row | Invoke-PosFleetUpgrade -Confirm:$false -LogPath "$TestDrive/none/a.log" } |
            Should -Throw -ErrorId 'PosTenancy.InvalidLogPath,*'
        { $row | Invoke-PosFleetUpgrade -Confirm:$false -ReportPath "$TestDrive/none/a.html" } |
            Should -Throw -ErrorId 'PosTenancy.InvalidReportPath,*'
        { $row | Invoke-PosFleetUpgrade -Confirm:$false -ReportPath "$TestDrive/a.txt" } |
            Should -Throw -ErrorId 'PosTenancy.InvalidReportPath,*'
        if (-not $IsWindows) {
            { $row | Invoke-PosFleetUpgrade -Confirm:$false -EventLog } | Should -Throw '*needs Windows*'
        }

        Get-FolderState (Split-Path $row[0].Path) | Should -Be $before
    }

    It 'is progress that names the stores at work and the time left' {
        $rows = New-Rows 4
        $run = Invoke-InRunspace '$a.Rows | Invoke-PosFleetUpgrade -Confirm:$false' @{ Rows = $rows }
        $records = @($run.Progress | Where-Object Activity -EQ 'Upgrading 4 stores')
        $records.Count | Should -BeGreaterThan 1
        $records.CurrentOperation -match 's\d\.db: ' | Should -Not -BeNullOrEmpty
        $records.StatusDescription | Should -Contain '4 of 4'
        @($records | Where-Object SecondsRemaining -GE 0) | Should -Not -BeNullOrEmpty
        $records[-1].RecordType | Should -Be Completed
    }

    It 'is a table of no more than 80 columns' {
        $text = ($results | Out-String -Width 80) -split '\r?\n'
        $text -match '^Succeeded\s' | Should -Not -BeNullOrEmpty
        $text -match 'PosTenancy\.NotADatabase' | Should -Not -BeNullOrEmpty
        ($text | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 80
    }
}
