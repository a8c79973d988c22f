BeforeDiscovery {
    $commands = 'Invoke-PosTenantUpgrade', 'Invoke-PosTenantMigration', 'Restore-PosDatabase', 'Remove-PosDatabaseBackup',
        'Import-PosTenant', 'Rename-PosTenant', 'Restore-PosTenant', 'Remove-PosTenant', 'Complete-PosTenantMigration' |
        ForEach-Object { @{ Command = $_ } }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    function Get-CommandText {
        param([string] $Command, [string] $Database)

        if ($Command -eq 'Restore-PosDatabase') {
            $backup = Backup-PosDatabase $Database
            $null = Invoke-Sqlite $Database 'DELETE FROM vehicle_fitment'
            "Restore-PosDatabase '$Database' '$($backup.BackupPath)'"
        } elseif ($Command -eq 'Remove-PosDatabaseBackup') {
            1..2 | ForEach-Object { $null = Backup-PosDatabase $Database }
            "Remove-PosDatabaseBackup '$Database' -KeepLast 1"
        } elseif ($Command -eq 'Import-PosTenant') {
            "Import-PosTenant '$Database' '$(New-Store)' acme"
        } elseif ($Command -eq 'Rename-PosTenant') {
            "Rename-PosTenant '$Database' acme other"
        } elseif ($Command -eq 'Restore-PosTenant') {
            "Restore-PosTenant '$Database' acme '$((Backup-PosDatabase $Database).BackupPath)'"
        } elseif ($Command -eq 'Complete-PosTenantMigration') {
            "Complete-PosTenantMigration '$Database'"
        } else {
            "$Command '$Database' acme"
        }
    }
}

Describe '<Command>' -ForEach $commands {
    It 'asks for confirmation by default' {
        $found = Get-Command $Command
        $type = $found.ImplementingType
        $attributes = if ($type) { $type.GetCustomAttributes($true) } else { $found.ScriptBlock.Attributes }
        $attribute = $attributes | Where-Object { $_ -is [System.Management.Automation.CmdletCommonMetadataAttribute] }
        $attribute.ConfirmImpact | Should -Be High
        $attribute.SupportsShouldProcess | Should -BeTrue
    }

    It 'ends with an error and changes nothing if it cannot ask, <_>' -ForEach 'as -NonInteractive says', 'since no input is left' {
        $database = New-Store
        $text = "$(Get-CommandText $Command $database); 'not reached'"
        $state = Get-FolderState (Split-Path $database)
        $program, $arguments = @(Get-PwshCommand) + '-NoProfile'
        $mode = if ($_ -match 'NonInteractive') { '-NonInteractive' }
        $run = Invoke-Process -Program $program -ArgumentList (@($arguments) + @($mode) + '-Command' +
            "Import-Module '$module'; try { $text } catch { `$_.FullyQualifiedErrorId; `$_.TargetObject; exit 3 }")
        $run.ExitCode | Should -Be 3 -Because ($run.Lines + $run.Error -join "`n")
        $run.Lines[-2] | Should -Match 'PosTenancy\.ConfirmationRequired,'
        $run.Lines -join "`n" | Should -Not -Match 'not reached'
        Get-FolderState (Split-Path $database) | Should -Be $state
    }

    It 'exits with 1 if it cannot ask, and says what to add' {
        $database = New-Store
        $run = Invoke-FreshPwsh (Get-CommandText $Command $database)
        $run.ExitCode | Should -Be 1
        $run.Error -replace '\s+', ' ' | Should -BeLike '*Nothing was done. To run it unattended, add -Confirm:$false.*'
        $run.Lines | Should -BeNullOrEmpty
    }
}

Describe 'Without a prompt' {
    # A prompt would end these commands: their runspaces have no console.
    It '<Command> of <Text> is refused' -ForEach @(
        @{ Text = 'a file that does not exist'; Command = 'Invoke-PosTenantUpgrade nope.db acme'; Id = 'FileNotFound' }
        @{ Text = 'a file that does not exist'; Command = 'Invoke-PosTenantMigration nope.db acme'; Id = 'FileNotFound' }
        @{ Text = 'a database migrated for another tenant'; Command = 'Invoke-PosTenantUpgrade done.db other'; Id = 'PlanBlocked' }
        @{ Text = 'a database migrated for another tenant'; Command = 'Invoke-PosTenantMigration done.db other'; Id = 'PlanBlocked' }
        @{
            Text = "a database with another store's backup"
            Command = 'Restore-PosDatabase pos.db (Get-Item done.db.backup-*[0-9]).FullName'
            Id = 'BackupMismatch'
        }
        @{ Text = 'a script that does not exist'; Command = 'Invoke-PosTenantUpgrade pos.db acme -Script nope.sql'; Id = 'ScriptNotFound' }
    ) {
        $folder = Split-Path (New-Store -Name pos.db, done.db)[0]
        $null = Invoke-PosTenantUpgrade "$folder/done.db" acme -Confirm:$false
        $state = Get-FolderState $folder
        $run = Invoke-InRunspace "Set-Location '$folder'; $Command"
        $run.State | Should -Be Completed
        $run.Errors[0].FullyQualifiedErrorId | Should -BeLike "PosTenancy.$Id*"
        Get-FolderState $folder | Should -Be $state
    }

    It '<_> of a migrated database only verifies it' -ForEach 'Invoke-PosTenantUpgrade', 'Invoke-PosTenantMigration' {
        $database = New-Store
        $null = Invoke-PosTenantUpgrade $database acme -Confirm:$false
        $state = Get-FolderState (Split-Path $database)
        $run = Invoke-InRunspace "& $_ '$database' acme"
        $run.Errors | Should -BeNullOrEmpty
        $run.Output.Status | Should -Be 'AlreadyMigrated'
        Get-FolderState (Split-Path $database) | Should -Be $state
    }

    It 'waits for -LockTimeout before it refuses a database that is in use' {
        $database = New-Store
        $null = Start-Sqlite $database 'SELECT count(*) FROM users'
        try {
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            $run = Invoke-InRunspace "Invoke-PosTenantUpgrade '$database' acme -LockTimeout 1"
            $watch.Elapsed | Should -BeGreaterThan ([timespan]::FromSeconds(1))
            $run.Errors | Should -BeLike '*is open in sqlite3*'
        } finally {
            Stop-Sqlite
        }
    }
}

Describe 'pwsh -Command' {
    It 'exits with 0 after <Text>' -ForEach @(
        @{ Text = 'a success'; Script = "Invoke-PosTenantUpgrade pos.db acme -Confirm:`$false" }
        @{
            Text = 'a database that was already migrated'
            Script = "`$null = Invoke-PosTenantUpgrade pos.db acme -Confirm:`$false; Invoke-PosTenantUpgrade pos.db acme -Confirm:`$false"
        }
        @{ Text = 'a preview'; Script = 'Invoke-PosTenantUpgrade pos.db acme -WhatIf' }
    ) {
        $run = Invoke-FreshPwsh $Script -WorkingDirectory (Split-Path (New-Store))
        $run.Error | Should -BeNullOrEmpty
        $run.ExitCode | Should -Be 0
    }

    It 'exits with 1 after <Text>' -ForEach @(
        @{ Text = 'an upgrade of a file that does not exist'; Script = 'Invoke-PosTenantUpgrade missing.db acme -Confirm:$false' }
        @{ Text = 'an upgrade of a pattern that matches no file'; Script = 'Invoke-PosTenantUpgrade missing*.db acme -Confirm:$false' }
        @{ Text = 'a preview that would be refused'; Script = 'Invoke-PosTenantUpgrade missing.db acme -WhatIf' }
        @{ Text = 'an upgrade for an invalid tenant id'; Script = "Invoke-PosTenantUpgrade pos.db '' -Confirm:`$false" }
        @{
            Text = 'an upgrade of three databases of which one failed'
            Script = 'Invoke-PosTenantUpgrade pos.db, missing.db, pos.db acme -Confirm:$false'
        }
    ) {
        $run = Invoke-FreshPwsh $Script -WorkingDirectory (Split-Path (New-Store))
        $run.ExitCode | Should -Be 1
        $run.Error | Should -Not -BeNullOrEmpty
    }
}
