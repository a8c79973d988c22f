BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Invoke-PosTenantUpgrade -Target' {
    It 'defaults to 3 seconds, without a warning' {
        $result = Invoke-PosTenantUpgrade (New-Store) $tenant -Confirm:$false -WarningVariable warnings -WarningAction SilentlyContinue
        $result.Target | Should -Be ([timespan]::FromSeconds(3))
        $result.MeetsTarget | Should -BeTrue
        $result.TargetRequested | Should -BeFalse
        $warnings | Should -BeNullOrEmpty
    }

    It 'interprets <Value> as <Expected>' -ForEach @(
        @{ Value = 2; Expected = [timespan]::FromSeconds(2) }
        @{ Value = 0.25; Expected = [timespan]::FromMilliseconds(250) }
        @{ Value = '1.5'; Expected = [timespan]::FromMilliseconds(1500) }
        @{ Value = [timespan]::FromMinutes(1); Expected = [timespan]::FromMinutes(1) }
        @{ Value = '00:00:20'; Expected = [timespan]::FromSeconds(20) }
    ) {
        $result = Invoke-PosTenantUpgrade (New-Store) $tenant -Target $Value -Confirm:$false -WarningAction SilentlyContinue
        $result.Target | Should -Be $Expected
    }

    It 'makes a slow migration a warning, not a failure' {
        $report = "$(New-TestFolder)/report.md"
        $collect = @{ WarningVariable = 'warnings'; WarningAction = 'SilentlyContinue'; ErrorVariable = 'failures' }
        $result = Invoke-PosTenantUpgrade (New-Store) $tenant -Target 0.000001 -ReportPath $report -Confirm:$false @collect
        $result.Status | Should -Be Succeeded
        $result.MeetsTarget | Should -BeFalse
        $failures | Should -BeNullOrEmpty
        $result.TargetRequested | Should -BeTrue
        "$warnings" | Should -Match 'longer than the target of 0\.000001 s\. The result is valid; only the time target was missed\.$'
        Get-Content -LiteralPath $report -Raw | Should -Match 'slower than the target'
    }

    It 'leaves the exit code 0 and the error stream empty' {
        $run = Invoke-FreshPwsh "(Invoke-PosTenantUpgrade '$(New-Store)' $tenant -Target 0.000001 -Confirm:`$false 3>`$null).Status"
        $run.ExitCode | Should -Be 0
        $run.Error | Should -BeNullOrEmpty
        $run.Lines | Should -Be Succeeded
    }

    It 'refuses <Value>, as PosTenancy.InvalidTarget, before anything is done' -ForEach @(
        @{ Value = 0 }
        @{ Value = -1 }
        @{ Value = '-0.5' }
        @{ Value = 1e9 }
        @{ Value = [double]::NaN }
        @{ Value = [timespan]::Zero }
        @{ Value = [timespan]::FromDays(-1) }
    ) {
        $database = New-Store
        $state = Get-FolderState (Split-Path $database)
        foreach ($how in @{ Confirm = $false }, @{ WhatIf = $true }) {
            { Invoke-PosTenantUpgrade $database $tenant -Target $Value @how } |
                Should -Throw -ErrorId 'PosTenancy.InvalidTarget,Invoke-PosTenantUpgrade'
        }

        Get-FolderState (Split-Path $database) | Should -Be $state
    }

    It 'refuses a value that is not a time' {
        $database = New-Store
        { Invoke-PosTenantUpgrade $database $tenant -Target soon -Confirm:$false } | Should -Throw
        (Get-ChildItem -LiteralPath (Split-Path $database) -Force).Name | Should -Be 'pos.db'
    }
}
