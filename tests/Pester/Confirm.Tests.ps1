BeforeDiscovery {
    $commands = 'Invoke-PosTenantUpgrade', 'Invoke-PosTenantMigration', 'Restore-PosDatabase' | ForEach-Object { @{ Command = $_ } }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    function Get-CommandText {
        param([string] $Command, [string] $Database)

        if ($Command -eq 'Restore-PosDatabase') {
            $backup = Backup-PosDatabase $Database
            $null = Invoke-Sqlite $Database 'DELETE FROM vehicle_fitment'
            "Restore-PosDatabase '$Database' '$($backup.BackupPath)'"
        } else {
            "$Command '$Database' acme"
        }
    }
}

Describe '<Command>' -ForEach $commands {
    It 'asks before it acts, unless told otherwise' {
        $found = Get-Command $Command
        $attributes = if ($found.ImplementingType) { $found.ImplementingType.GetCustomAttributes($true) } else { $found.ScriptBlock.Attributes }
        $attribute = $attributes | Where-Object { $_ -is [System.Management.Automation.CmdletCommonMetadataAttribute] }
        $attribute.ConfirmImpact | Should -Be High
        $attribute.SupportsShouldProcess | Should -BeTrue
    }

    It 'does nothing where nobody can be asked, and fails' {
        $database = New-Store
        $text = Get-CommandText $Command $database
        $state = Get-FolderState (Split-Path $database)
        $run = Invoke-FreshPwsh $text
        $run.ExitCode | Should -Not -Be 0
        $run.Error | Should -BeLike '*NonInteractive*'
        $run.Lines | Should -BeNullOrEmpty
        Get-FolderState (Split-Path $database) | Should -Be $state
    }
}

Describe 'pwsh -Command' {
    It 'exits with 0 after <Text>' -ForEach @(
        @{ Text = 'a success'; Script = "Invoke-PosTenantUpgrade pos.db acme -Confirm:`$false" }
        @{ Text = 'a database that needed nothing'; Script = "`$null = Invoke-PosTenantUpgrade pos.db acme -Confirm:`$false; Invoke-PosTenantUpgrade pos.db acme -Confirm:`$false" }
        @{ Text = 'a preview'; Script = 'Invoke-PosTenantUpgrade pos.db acme -WhatIf' }
    ) {
        $run = Invoke-FreshPwsh $Script -WorkingDirectory (Split-Path (New-Store))
        $run.Error | Should -BeNullOrEmpty
        $run.ExitCode | Should -Be 0
    }

    It 'exits with 1 after <Text>' -ForEach @(
        @{ Text = 'an upgrade of a file that is not there'; Script = 'Invoke-PosTenantUpgrade missing.db acme -Confirm:$false' }
        @{ Text = 'an upgrade of a pattern that nothing matches'; Script = 'Invoke-PosTenantUpgrade missing*.db acme -Confirm:$false' }
        @{ Text = 'a preview of what would be refused'; Script = 'Invoke-PosTenantUpgrade missing.db acme -WhatIf' }
        @{ Text = 'an upgrade for a tenant that cannot be one'; Script = "Invoke-PosTenantUpgrade pos.db '' -Confirm:`$false" }
        @{ Text = 'an upgrade of three databases of which one failed'; Script = 'Invoke-PosTenantUpgrade pos.db, missing.db, pos.db acme -Confirm:$false' }
    ) {
        $run = Invoke-FreshPwsh $Script -WorkingDirectory (Split-Path (New-Store))
        $run.ExitCode | Should -Be 1
        $run.Error | Should -Not -BeNullOrEmpty
    }
}
