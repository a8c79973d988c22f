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
