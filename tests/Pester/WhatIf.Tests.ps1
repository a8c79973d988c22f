# A -WhatIf that changes anything is worse than none: these tests compare every byte, entry and time of the folder before and after.

BeforeDiscovery {
    $commands = @(
        @{
            Command = 'Invoke-PosTenantUpgrade'
            Says = 'Add tenant_id for tenant *32 tables and create 32 indexes*one row in _postenancy_history*'
        }
        @{
            Command = 'Invoke-PosTenantMigration'
            Says = 'Add tenant_id for tenant *32 tables and create 32 indexes*one row in _postenancy_history*'
        }
        @{ Command = 'Restore-PosDatabase'; Says = 'Replace it with the backup * of 20*The database has not changed since that backup' }
        @{ Command = 'Backup-PosDatabase'; Says = 'Back up * bytes to the folder *' }
    )
    $callers = @(
        @{ Caller = 'the command itself'; Call = { & $Command @Arguments -WhatIf } }
        @{ Caller = 'a function with its own -WhatIf'; Call = {
                function Update-Store {
                    [CmdletBinding(SupportsShouldProcess)]
                    param([string] $Command, [hashtable] $Arguments)

                    & $Command @Arguments
                }

                Update-Store $Command $Arguments -WhatIf
            }
        }
        @{ Caller = 'a function called by such a function'; Call = {
                function Update-One {
                    param([string] $Command, [hashtable] $Arguments)

                    & $Command @Arguments
                }

                function Update-All {
                    [CmdletBinding(SupportsShouldProcess)]
                    param([string] $Command, [hashtable] $Arguments)

                    Update-One $Command $Arguments
                }

                Update-All $Command $Arguments -WhatIf
            }
        }
        @{ Caller = 'a function of another module'; Call = { Update-OtherStore $Command $Arguments -WhatIf } }
        @{ Caller = '$WhatIfPreference'; Call = {
                $WhatIfPreference = $true
                & $Command @Arguments
            }
        }
    )
    $modes = @(
        @{ Mode = 'in rollback-journal mode'; Make = { New-Store } }
        @{ Mode = 'in WAL mode'; Make = { New-Store -Sql 'PRAGMA journal_mode = WAL' } }
    )
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    # Another module does not see the variables of this script, nor this script its variables.
    $other = New-Module -Name OtherStoreTools -ScriptBlock {
        function Update-OtherStore {
            [CmdletBinding(SupportsShouldProcess)]
            param([string] $Command, [hashtable] $Arguments)

            & $Command @Arguments
        }
    } | Import-Module -PassThru -Global

    # -WhatIf writes to the host and not to a stream; a transcript captures it.
    function Get-WhatIfText {
        param([scriptblock] $Script)

        $transcript = Join-Path (New-TestFolder) 'transcript.txt'
        $null = Start-Transcript -LiteralPath $transcript -UseMinimalHeader -WhatIf:$false
        try {
            $null = & $Script
        } finally {
            $null = Stop-Transcript
        }

        @(Get-Content -LiteralPath $transcript | Where-Object { $_ -like 'What if: *' })
    }

    function Get-Arguments {
        param([string] $Command, [string] $Database, [string] $BackupPath)

        if ($Command -eq 'Restore-PosDatabase') {
            @{ LiteralPath = $Database; BackupPath = $BackupPath }
        } elseif ($Command -eq 'Backup-PosDatabase') {
            @{ LiteralPath = $Database }
        } else {
            @{ LiteralPath = $Database; TenantId = 'acme' }
        }
    }
}

AfterAll {
    Remove-Module $other
}

Describe '<Command> -WhatIf' -ForEach $commands {
    It 'from <Caller> leaves every byte and every entry of the folder unchanged' -ForEach $callers {
        $database = New-Store
        $backup = Backup-PosDatabase $database
        $Arguments = Get-Arguments $Command $database $backup.BackupPath
        $state = Get-FolderState (Split-Path $database)
        $said = @(Get-WhatIfText $Call)
        Get-FolderState (Split-Path $database) | Should -Be $state
        $said.Count | Should -Be 1
        $said[0] | Should -BeLike "*`"$Says`" on target `"$database`"."
    }

    It 'leaves a database <Mode> and its neighbours unchanged' -ForEach $modes {
        $database = & $Make
        $backup = Backup-PosDatabase $database
        $Arguments = Get-Arguments $Command $database $backup.BackupPath
        $state = Get-FolderState (Split-Path $database)
        $said = @(Get-WhatIfText { & $Command @Arguments -WhatIf })
        Get-FolderState (Split-Path $database) | Should -Be $state
        $said.Count | Should -Be 1
    }

    It 'leaves the log of a crash, and creates no file beside it' {
        $database = New-CrashedStore
        $crash = New-TestFolder
        Copy-Item -Path "$database*" -Destination $crash
        $backup = Backup-PosDatabase $database
        Copy-Item -Path "$crash/*" -Destination (Split-Path $database)
        $Arguments = Get-Arguments $Command $database $backup.BackupPath
        $state = Get-FolderState (Split-Path $database)
        $said = @(Get-WhatIfText { & $Command @Arguments -WhatIf })
        Get-FolderState (Split-Path $database) | Should -Be $state
        $said.Count | Should -Be 1
    }

    It 'can be overridden by -WhatIf:$false under a preference' {
        $database = New-Store
        $before = Get-Sha256 $database
        $backup = Backup-PosDatabase $database
        $null = Invoke-Sqlite $database "DELETE FROM vehicle_fitment"
        $Arguments = Get-Arguments $Command $database $backup.BackupPath
        $WhatIfPreference = $true
        $null = & $Command @Arguments -WhatIf:$false -Confirm:$false
        $WhatIfPreference = $false
        if ($Command -eq 'Restore-PosDatabase') {
            Get-Sha256 $database | Should -Be $before
        } elseif ($Command -eq 'Backup-PosDatabase') {
            (Get-ChildItem -LiteralPath (Split-Path $database) -Filter *.backup-*.json).Count | Should -Be 2
        } else {
            Get-StoredTenant $database | Should -Be acme
        }
    }
}

Describe '<Command> -WhatIf of a refused operation' -ForEach ($commands | Where-Object Command -Like Invoke-*) {
    It 'writes the error: <Because>' -ForEach @(
        @{ Because = 'the file does not exist'; Id = 'FileNotFound'; Harm = { Remove-Item -LiteralPath $database } }
        @{ Because = 'it is not a database'; Id = 'NotADatabase'; Harm = { Set-Content -LiteralPath $database -Value 'text' } }
        @{ Because = 'it is marked read-only'; Id = 'ReadOnly'; Harm = { (Get-Item -LiteralPath $database).IsReadOnly = $true } }
        @{ Because = 'a table cannot be migrated'; Id = 'PlanBlocked'; Harm = {
                $null = Invoke-Sqlite $database 'ALTER TABLE users ADD COLUMN tenant_id AS (1)'
            }
        }
        @{ Because = 'another process has it open'; Id = 'DatabaseInUse'; Harm = {
                $null = Start-Sqlite $database 'SELECT count(*) FROM users'
            }
        }
    ) {
        $database = New-Store
        try {
            . $Harm
            $state = Get-FolderState (Split-Path $database)
            $failures = $null
            $said = Get-WhatIfText { & $Command $database acme -WhatIf -ErrorVariable script:failures -ErrorAction SilentlyContinue }
            @($script:failures)[-1].FullyQualifiedErrorId | Should -BeLike "PosTenancy.$Id,*"
            $said | Should -BeNullOrEmpty
            Get-FolderState (Split-Path $database) | Should -Be $state
        } finally {
            Stop-Sqlite
        }
    }

    It 'continues with the next database' {
        $databases = New-Store 'a.db', 'b.db', 'c.db'
        Set-Content -LiteralPath $databases[1] -Value 'text'
        $said = @(Get-WhatIfText { $databases | & $Command -TenantId acme -WhatIf -ErrorAction SilentlyContinue })
        $said.Count | Should -Be 2
        $said[1] | Should -BeLike "*`"$($databases[2])`"."
    }

    It 'reports that a migrated database needs nothing' {
        $database = New-Store
        $null = Invoke-PosTenantMigration $database acme -Confirm:$false
        Get-WhatIfText { & $Command $database acme -WhatIf } |
            Should -BeLike '*Nothing: all 32 business tables already have tenant_id and its index*'
    }
}

Describe 'Restore-PosDatabase -WhatIf' {
    It 'reports how many transactions the restore would remove, and when the last one was' {
        $database = New-Store
        $backup = Backup-PosDatabase $database
        $null = Invoke-Sqlite $database "DELETE FROM vehicle_fitment; UPDATE users SET id = id"
        $written = (Get-Item -LiteralPath $database).LastWriteTime.ToString('yyyy-MM-dd HH:mm:ss', [cultureinfo]::InvariantCulture)
        Get-WhatIfText { Restore-PosDatabase $database $backup.BackupPath -WhatIf } |
            Should -BeLike ("*The database has changed since that backup by 2 transactions, the last time on ${written}: " +
                'those changes will be in the replaced file only*')
    }
}

Describe 'Backup-PosDatabase -WhatIf of a refused operation' {
    It 'writes the error: <Because>' -ForEach @(
        @{ Because = 'the file does not exist'; Id = 'FileNotFound'; Arguments = @{ Path = 'nope.db' } }
        @{ Because = 'the folder does not exist'; Id = 'DestinationNotFound'; Arguments = @{ Path = 'pos.db'; Destination = 'nowhere' } }
    ) {
        Push-Location -LiteralPath (Split-Path (New-Store))
        try {
            Backup-PosDatabase @Arguments -WhatIf -ErrorVariable failures -ErrorAction SilentlyContinue
            $failures.FullyQualifiedErrorId | Should -BeLike "PosTenancy.$Id,*"
        } finally {
            Pop-Location
        }
    }
}

Describe 'Restore-PosDatabase -WhatIf of a refused operation' {
    It 'writes the error' {
        $database = New-Store
        $backup = Backup-PosDatabase $database
        Remove-Item -LiteralPath $backup.ManifestPath
        $state = Get-FolderState (Split-Path $database)
        Restore-PosDatabase $database $backup.BackupPath -WhatIf -ErrorVariable failures -ErrorAction SilentlyContinue
        $failures.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.BackupNotFound,*'
        Get-FolderState (Split-Path $database) | Should -Be $state
    }
}
