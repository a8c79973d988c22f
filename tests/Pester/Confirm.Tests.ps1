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
    It 'asks for confirmation by default' {
        $found = Get-Command $Command
        $type = $found.ImplementingType
        $attributes = if ($type) { $type.GetCustomAttributes($true) } else { $found.ScriptBlock.Attributes }
        $attribute = $attributes | Where-Object { $_ -is [System.Management.Automation.CmdletCommonMetadataAttribute] }
        $attribute.ConfirmImpact | Should -Be High
        $attribute.SupportsShouldProcess | Should -BeTrue
    }

    It 'fails and changes nothing if it cannot prompt' {
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
