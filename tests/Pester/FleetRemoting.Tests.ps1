# A rollout to other machines, over real SSH servers on loopback.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Invoke-PosFleetUpgrade over SSH' {
    BeforeAll {
        . "$PSScriptRoot/Sshd.ps1"
        if ($problem = Get-SshdProblem | Select-Object -First 1) { return }

        $servers = @(Start-Sshd store1, store2, store3)
        $quiet = @{ Confirm = $false; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failures'; MaxFailure = '100%' }

        function New-Rows {
            # Stores s1.db, s2.db ... in one folder, and rows that give them to the servers in turn.
            param([int] $Count, [object[]] $Server)

            $paths = @(New-Store @(1..$Count | ForEach-Object { "s$_.db" }))
            for ($i = 0; $i -lt $Count; $i++) {
                $machine = $Server[$i % $Server.Count]
                [pscustomobject]@{
                    Path = $paths[$i]; TenantId = "t$($i + 1)"; HostName = $machine.HostName; UserName = $machine.UserName
                    Port = $machine.Port; KeyFilePath = $machine.KeyFilePath
                }
            }
        }

        function Get-ModuleFolder {
            # The folders of the module on a server.
            param($Server)

            Get-ChildItem -Path "$($Server.HomePath)/.local/share/PosTenancy" -ErrorAction Ignore
        }
    }

    BeforeEach {
        if ($problem) { Set-ItResult -Skipped -Because $problem }
    }

    AfterAll {
        if (-not $problem) {
            Get-PSSession | Remove-PSSession
            Stop-Sqlite
            Stop-Sshd
        }
    }

    It 'copies nothing with -WhatIf, and says so' {
        $rows = New-Rows 1 $servers
        $before = Get-FolderState (Split-Path $rows[0].Path)
        $run = Invoke-FreshPwsh "
            [pscustomobject]@{ Path = '$($rows[0].Path)'; TenantId = 't1'; HostName = 'store1' } | Invoke-PosFleetUpgrade -WhatIf"
        $run.Error | Should -BeNullOrEmpty
        $run.Lines -join ' ' | Should -Match 'Copy the module to store1 .* nothing is copied'
        Get-ModuleFolder $servers[0] | Should -BeNullOrEmpty
        Get-FolderState (Split-Path $rows[0].Path) | Should -Be $before
    }

    It 'copies the module to each machine once, upgrades beside the file, and collects results, reports and manifests' {
        $rows = New-Rows 6 $servers
        $reports = Join-Path (New-TestFolder) 'reports'
        $log = Join-Path (New-TestFolder) 'rollout.log'
        $results = $rows | Invoke-PosFleetUpgrade @quiet -ThrottleLimit 3 -ReportPath $reports -LogPath $log
        $failures | Should -BeNullOrEmpty
        $results.Status | Should -Be (@('Succeeded') * 6)
        $results.ComputerName | Should -Be $rows.HostName
        $results[0].Upgrade.psobject.TypeNames[0] | Should -Be PosTenancy.UpgradeResult
        $results[5].Upgrade.Migration.Checks[0].Status | Should -Be Passed
        foreach ($row in $rows) { Get-StoredTenant $row.Path | Should -Be $row.TenantId }
        foreach ($result in $results) {
            $result.Upgrade.Backup.BackupPath | Should -Exist
            $result.ReportPath | Should -Exist
            $manifest = Join-Path $reports "$($result.ComputerName).$(Split-Path $result.Upgrade.Backup.ManifestPath -Leaf)"
            Get-Content -LiteralPath $manifest -Raw | Should -BeExactly (
                Get-Content -LiteralPath $result.Upgrade.Backup.ManifestPath -Raw)
        }

        "$reports/fleet.upgrade-*.md" | Should -Exist
        @(Get-Content -LiteralPath $log | ConvertFrom-Json | Where-Object event -EQ End).computerName | Sort-Object |
            Should -Be ($rows.HostName | Sort-Object)
        foreach ($server in $servers) { @(Get-ModuleFolder $server).Count | Should -Be 1 }

        # Only what the system needs was copied, with the bytes that it has here.
        $copy = (Get-ModuleFolder $servers[0]).FullName
        foreach ($file in Get-ChildItem -LiteralPath $copy -Recurse -File) {
            $name = $file.FullName.Substring($copy.Length)
            Get-Sha256 $file.FullName | Should -Be (Get-Sha256 "$moduleRoot$name")
        }

        "$copy/module/bin/netstandard2.0", "$copy/module/bin/net8.0/runtimes/win-x64" | Should -Not -Exist
    }

    It 'copies the module again where one of its files was changed' {
        $copy = (Get-ModuleFolder $servers[1]).FullName
        Set-Content -LiteralPath "$copy/module/PosTenancy.psm1" -Value 'throw "not this one"'
        $rows = New-Rows 1 $servers[1]
        $results = $rows | Invoke-PosFleetUpgrade @quiet
        $failures | Should -BeNullOrEmpty
        $results.Status | Should -Be Succeeded
        Get-Sha256 "$copy/module/PosTenancy.psm1" | Should -Be (Get-Sha256 "$moduleRoot/module/PosTenancy.psm1")
        @(Get-ModuleFolder $servers[1]).Count | Should -Be 1
    }

    It 'has an error for a store that its machine refuses, and one for a machine that cannot be reached' {
        $rows = @(New-Rows 2 $servers)
        Set-Content -LiteralPath $rows[0].Path -Value ''
        $rows[1].Port = 1
        $results = $rows | Invoke-PosFleetUpgrade @quiet
        $results.Status | Should -Be Refused, Failed
        $results.Error.ErrorId | Should -Be PosTenancy.NotADatabase, PosTenancy.RemotingFailed
        $failures.FullyQualifiedErrorId -replace ',.*' | Should -Be PosTenancy.NotADatabase, PosTenancy.RemotingFailed
        $failures | ForEach-Object { "$_" -match 'store[12]' | Should -BeTrue }
    }

    It 'waits for an upgrade that is still at work on its machine, and does not run it twice' {
        # Large enough that the first upgrade can be halted before it is done.
        $rows = @(New-Rows 1 $servers[0])
        $path = $rows[0].Path
        $null = Invoke-Sqlite $path @'
            CREATE TABLE ballast (id INTEGER PRIMARY KEY, text TEXT);
            INSERT INTO ballast SELECT value, hex(randomblob(100)) FROM generate_series(1, 200000);
'@
        $program, $arguments = @(Get-PwshCommand) + '-NoProfile' + '-NonInteractive' + '-Command'
        $first = [System.Diagnostics.Process]::Start((New-StartInfo -Program $program -ArgumentList ($arguments + "
            Import-Module '$module'
            (Invoke-PosTenantUpgrade '$path' t1 -Confirm:`$false).Status")))
        $limit = [datetime]::UtcNow.AddSeconds(60)
        while (-not (Test-Path "$path.postenancy-journal") -and [datetime]::UtcNow -lt $limit) { Start-Sleep -Milliseconds 5 }
        & /bin/kill -STOP $first.Id
        "$path.postenancy-journal" | Should -Exist

        $job = Start-Job -ScriptBlock {
            Import-Module $using:module
            $using:rows | Invoke-PosFleetUpgrade -Confirm:$false
        }
        Start-Sleep -Seconds 6
        $job.State | Should -Be Running -Because 'the first upgrade is still at work'
        & /bin/kill -CONT $first.Id
        $first.StandardOutput.ReadToEnd().Trim() | Should -Be Succeeded
        $first.WaitForExit()
        $result = $job | Wait-Job -Timeout 60 | Receive-Job
        $result.Status | Should -Be AlreadyMigrated
        Invoke-Sqlite $path 'SELECT count(*) FROM _postenancy_history' | Should -Be 1
        Remove-Job -Job $job -Force
    }

    It 'takes back on its machine what Ctrl+C cancels, and says so' {
        $rows = @(New-Rows 1 $servers[0])
        $before = Get-Sha256 $rows[0].Path
        $state = Join-Path (New-TestFolder) 'c.state'
        $null = Start-Sqlite $rows[0].Path 'BEGIN IMMEDIATE'
        $run = Invoke-InRunspace '$a.Rows | Invoke-PosFleetUpgrade -Confirm:$false -LockTimeout 100 -StatePath $a.State' @{
            Rows = $rows; State = $state
        } {
            param($record)
            $record.CurrentOperation -match "^store1 s1\.db: Waiting"
        }
        $run.StoppedAt | Should -Not -BeNullOrEmpty
        Stop-Sqlite
        Get-Sha256 $rows[0].Path | Should -Be $before
        $last = Get-Content -LiteralPath $state -Tail 1
        $last | Should -Match '"status":"Cancelled".*the database is not migrated'
        ($rows | Invoke-PosFleetUpgrade @quiet -LockTimeout 100 -StatePath $state).Status | Should -Be Succeeded
    }

    It 'upgrades 50 stores on 5 machines through sessions, one of which stops in the middle, and settles the rest in the next run' {
        $five = $servers + @(Start-Sshd store4, store5)
        $rows = New-Rows 50 $five
        $state = Join-Path (New-TestFolder) 'fifty.state'

        function Connect-All {
            $five | ForEach-Object {
                New-PSSession -HostName $_.HostName -UserName $_.UserName -Port $_.Port -KeyFilePath $_.KeyFilePath
            }
        }

        $sessions = @(Connect-All)
        $stopped = $false
        $results = $rows | Invoke-PosFleetUpgrade @quiet -ThrottleLimit 5 -StatePath $state -Session $sessions | ForEach-Object {
            if (-not $stopped -and $_.TenantId -eq 't15') {
                $stopped = $true
                Stop-Sshd $five[2]
            }

            $_
        }
        $results.Count | Should -Be 50
        $lost = @($results | Where-Object IsDone -EQ $false)
        $lost.Count | Should -BeGreaterThan 0
        $lost.ComputerName | Select-Object -Unique | Should -Be store3
        $lost.Error.ErrorId | Select-Object -Unique | Should -Be PosTenancy.RemotingFailed
        $done = @($results | Where-Object IsDone).Count

        $sessions | Remove-PSSession
        Restart-Sshd $five[2]
        $again = $rows | Invoke-PosFleetUpgrade @quiet -ThrottleLimit 5 -StatePath $state -Session (Connect-All)
        $failures | Should -BeNullOrEmpty
        $again.Count | Should -Be 50
        $again.IsDone | Should -Not -Contain $false
        @($again | Where-Object DoneBefore).Count | Should -Be $done
        foreach ($row in $rows) {
            Get-StoredTenant $row.Path | Should -Be $row.TenantId
            Invoke-Sqlite $row.Path 'SELECT count(*) FROM _postenancy_history' | Should -Be 1
        }
    }
}

Describe 'Invoke-PosFleetUpgrade over WinRM' {
    It 'upgrades a store of a ComputerName' {
        if (-not $IsWindows -or -not (Test-WSMan -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'no WinRM listens here: only Windows has it'
            return
        }

        $row = [pscustomobject]@{ Path = New-Store; TenantId = 't1'; ComputerName = 'localhost' }
        ($row | Invoke-PosFleetUpgrade -Confirm:$false).Status | Should -Be Succeeded
    }
}
