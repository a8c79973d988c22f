# Results of the commands on another machine. Results.Tests.ps1 and Format.Tests.ps1 test every type; here they really travel.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    function Get-Text {
        param($InputObject)

        ($InputObject | Out-String -Width 80).TrimEnd()
    }
}

Describe 'A result that comes out of a job' {
    It 'is whole to the depth of a check, has its type name, and prints like a local one' {
        if (-not (Get-Command -Name "$PSHOME/pwsh" -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'Start-Job of a PowerShell that is a .NET tool does not work'
            return
        }

        $database = New-Store
        $job = Start-Job -ArgumentList $module, $database, $tenant -ScriptBlock {
            param($module, $database, $tenant)

            Import-Module $module
            $result = Invoke-PosTenantUpgrade $database $tenant -Confirm:$false
            $result, ($result, $result.Migration, $result.Checks | ForEach-Object { ($_ | Out-String -Width 80).TrimEnd() })
        }
        $result, $texts = $job | Receive-Job -Wait -AutoRemoveJob
        $result.psobject.TypeNames[0] | Should -Be Deserialized.PosTenancy.UpgradeResult
        $result.Status -eq 'Succeeded' | Should -BeTrue
        $result.Backup.BackupPath | Should -Exist
        $result.Migration.Checks[0].Status | Should -BeExactly Passed
        $result.StartedAt | Should -BeOfType datetimeoffset
        $result, $result.Migration, $result.Checks | ForEach-Object { Get-Text $_ } | Should -BeExactly $texts
    }
}

Describe 'Over SSH' {
    BeforeAll {
        . "$PSScriptRoot/Sshd.ps1"
        $problem = @(Get-SshdProblem) -join ', '
        if (-not $problem) {
            $server = Start-Sshd store1

            function Connect-Store {
                # Opens a session on the server, with the module in it.
                $connection = @{}
                'HostName', 'UserName', 'Port', 'KeyFilePath' | ForEach-Object { $connection[$_] = $server.$_ }
                $session = New-PSSession @connection
                Invoke-Command -Session $session -ScriptBlock { Import-Module $using:module }
                $session
            }
        }
    }

    BeforeEach {
        if ($problem) { Set-ItResult -Skipped -Because $problem }
    }

    AfterAll {
        Get-PSSession | Remove-PSSession
        Stop-Sqlite
        Stop-Sshd
    }

    It 'connects to PowerShell on a server, in a home folder of its own' {
        $connection = @{ HostName = 'store1'; UserName = $server.UserName; Port = $server.Port; KeyFilePath = $server.KeyFilePath }
        $answer = Invoke-Command @connection -ScriptBlock { "$pwd", $PID }
        $answer[0] | Should -Be $server.HomePath
        $answer[1] | Should -Not -Be $PID
    }

    It 'a result is whole to the depth of a check, has its type name, and prints like a local one' {
        $database = New-Store
        $session = Connect-Store
        $result, $texts = Invoke-Command -Session $session -HideComputerName -ScriptBlock {
            $result = Invoke-PosTenantUpgrade $using:database $using:tenant -Confirm:$false
            $result, ($result, $result.Backup, $result.Checks | ForEach-Object { ($_ | Out-String -Width 80).TrimEnd() })
        }
        $result.psobject.TypeNames[0] | Should -Be Deserialized.PosTenancy.UpgradeResult
        $result.PSComputerName | Should -Be store1
        $result.Status -eq 'Succeeded' | Should -BeTrue
        $result.Backup.BackupPath | Should -Exist
        $result.Migration.Checks[0].Status | Should -BeExactly Passed
        $result, $result.Backup, $result.Checks | ForEach-Object { Get-Text $_ } | Should -BeExactly $texts
        Get-StoredTenant $database | Should -Be $tenant
    }

    It 'a server that stops ends the command with an error, and the next run settles the store: <Name>' -ForEach @(
        @{ Name = 'connection broken'; Arguments = @{ ConnectionOnly = $true } }
        @{ Name = 'power cut'; Arguments = @{} }
    ) {
        $database = New-Store
        $before = Get-Sha256 $database
        $session = Connect-Store
        $remote = Get-Process -Id (Invoke-Command -Session $session -ScriptBlock { $PID })

        # The upgrade waits for another program, so that it certainly is at work when the server stops.
        $null = Start-Sqlite $database 'BEGIN IMMEDIATE'
        $job = Invoke-Command -Session $session -AsJob -ScriptBlock {
            Invoke-PosTenantUpgrade $using:database $using:tenant -LockTimeout 100 -Confirm:$false
        }
        $limit = [datetime]::UtcNow.AddSeconds(60)
        while (-not $job.ChildJobs[0].Progress.Count -and [datetime]::UtcNow -lt $limit) { Start-Sleep -Milliseconds 20 }
        $job.ChildJobs[0].Progress.Count | Should -BeGreaterThan 0
        Stop-Sshd $server @Arguments

        $job | Wait-Job -Timeout 20 | Should -Not -BeNullOrEmpty -Because 'the command does not hang'
        $job.State | Should -Be Failed
        $reason = $job.ChildJobs[0].JobStateInfo.Reason
        $reason | Should -BeOfType System.Management.Automation.Remoting.PSRemotingTransportException
        $session.State | Should -Be Broken
        $remote.WaitForExit(30000) | Should -BeTrue -Because 'PowerShell on the server cancels what it does and ends'
        Stop-Sqlite
        Get-Sha256 $database | Should -Be $before

        Restart-Sshd $server
        $session = Connect-Store
        $again = Invoke-Command -Session $session -ScriptBlock {
            Invoke-PosTenantUpgrade $using:database $using:tenant -Confirm:$false
        }
        $again.Status | Should -Be Succeeded
        Get-StoredTenant $database | Should -Be $tenant
    }
}
