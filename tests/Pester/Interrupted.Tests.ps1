BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'A run that was interrupted' {
    BeforeEach {
        # The state that a killed backup leaves.
        $database = New-Store
        $journal = "$database.postenancy-journal"
        $partial = "$database.backup-20260102-030405.0123456789abcdef.partial"
        $begun = '{"format":"PosTenancy.Journal","version":1,"run":"0123456789abcdef","command":"backup",' +
            '"startedAt":"2026-01-02T03:04:05+00:00"}'
        Set-Content -LiteralPath $journal -Value $begun -Encoding ascii
        Set-Content -LiteralPath $partial -Value 'half a backup'
        $folder = Split-Path $database
        $before = Get-FolderState $folder
        $collect = @{ WarningVariable = 'script:warnings'; WarningAction = 'SilentlyContinue' }
    }

    It 'is reported by <Name>, which changes nothing' -ForEach @(
        @{ Name = 'Get-PosTenantPlan'; Command = { Get-PosTenantPlan $args[0] $tenant @collect } }
        @{ Name = 'Test-PosTenantIntegrity'; Command = { Test-PosTenantIntegrity $args[0] -TenantId $tenant @collect } }
        @{ Name = 'Get-PosTenant'; Command = { Get-PosTenant $args[0] @collect } }
        @{ Name = 'Export-PosTenant -WhatIf'; Command = {
                Export-PosTenant $args[0] $tenant -WhatIf @collect -ErrorAction SilentlyContinue
            }
        }
        @{ Name = 'Get-PosTenantDistribution'; Command = { Get-PosTenantDistribution $args[0] @collect } }
        @{
            Name = 'Import-PosTenant -WhatIf'
            Command = { Import-PosTenant $args[0] (New-Store) new -WhatIf -ErrorAction SilentlyContinue @collect }
        }
        @{ Name = 'Rename-PosTenant -WhatIf'; Command = { Rename-PosTenant $args[0] a b -WhatIf -ErrorAction SilentlyContinue @collect } }
        @{ Name = 'Remove-PosTenant -WhatIf'; Command = { Remove-PosTenant $args[0] a -WhatIf -ErrorAction SilentlyContinue @collect } }
        @{
            Name = 'Restore-PosTenant -WhatIf'
            Command = { Restore-PosTenant $args[0] $tenant no.backup -WhatIf -ErrorAction SilentlyContinue @collect }
        }
        @{ Name = 'Complete-PosTenantMigration -WhatIf'; Command = {
                Complete-PosTenantMigration $args[0] -WhatIf @collect -ErrorAction SilentlyContinue
            }
        }
        @{ Name = 'Invoke-PosTenantUpgrade -WhatIf'; Command = { Invoke-PosTenantUpgrade $args[0] $tenant -WhatIf @collect } }
        @{ Name = 'Invoke-PosTenantMigration -WhatIf'; Command = { Invoke-PosTenantMigration $args[0] $tenant -WhatIf @collect } }
    ) {
        $null = & $Command $database
        "$($warnings[0])" | Should -BeLike (
            '*A backup that began on 2026-01-02 03:04:05 +00:00 was interrupted*' +
            'The next backup, upgrade or restore removes the files that it left.')
        Get-FolderState $folder | Should -Be $before
    }

    It 'is cleaned up by <Name>, which reports the files that it removes' -ForEach @(
        @{ Name = 'Backup-PosDatabase'; Command = { Backup-PosDatabase $args[0] @collect } }
        @{ Name = 'Invoke-PosTenantMigration'; Command = { Invoke-PosTenantMigration $args[0] $tenant -Confirm:$false @collect } }
        @{ Name = 'Invoke-PosTenantUpgrade'; Command = { Invoke-PosTenantUpgrade $args[0] $tenant -Confirm:$false @collect } }
    ) {
        $null = & $Command $database
        "$($warnings[0])" | Should -BeLike "*It did not change the database. The files that it left were removed: '$partial'."
        Test-Path -LiteralPath $partial | Should -BeFalse
        Test-Path -LiteralPath $journal | Should -BeFalse
        (Get-ChildItem -LiteralPath $folder).Count | Should -Be 3 -Because 'the database, its backup and the manifest remain'
    }

    It 'stops <Name> with -WarningAction Stop, before anything is written' -ForEach @(
        @{ Name = 'Backup-PosDatabase'; Command = { Backup-PosDatabase $args[0] -WarningAction Stop } }
        @{ Name = 'Invoke-PosTenantMigration'; Command = {
                Invoke-PosTenantMigration $args[0] $tenant -Confirm:$false -WarningAction Stop
            }
        }
    ) {
        $bytes = Get-Sha256 $database
        { & $Command $database } | Should -Throw '*was interrupted*'
        Get-Sha256 $database | Should -Be $bytes
        Get-ChildItem -LiteralPath $folder -Filter '*.backup-*' | Should -BeNullOrEmpty
    }

    It 'is part of the upgrade''s result and report' {
        $report = Join-Path $folder 'report.md'
        $result = Invoke-PosTenantUpgrade $database $tenant -ReportPath $report -Confirm:$false -WarningAction SilentlyContinue
        $result.Status | Should -Be 'Succeeded'
        $result.Recovery.Action | Should -Be 'StartedOver'
        $result.Recovery.RemovedPaths[0] | Should -Be $partial
        ($result | Out-String) | Should -Match 'Recovery +: StartedOver: A backup that began on'
        Get-Content -LiteralPath $report -Raw | Should -Match 'Earlier interrupted run:\*\* A backup that began on'
    }

    It 'is an error with a stable id if the journal belongs to another program' {
        Set-Content -LiteralPath $journal -Value 'a diary' -Encoding ascii
        $before = Get-FolderState $folder
        Backup-PosDatabase $database -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'PosTenancy.JournalInvalid*'
        Get-FolderState $folder | Should -Be $before
    }
}
