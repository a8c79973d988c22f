# A running application would write to the old file, or record sales during the migration: the error names it, and nothing is done.

BeforeDiscovery {
    $commands = @(
        @{ Command = 'Invoke-PosTenantUpgrade'; Options = @{ TenantId = 'acme'; Confirm = $false } }
        @{ Command = 'Invoke-PosTenantMigration'; Options = @{ TenantId = 'acme'; Confirm = $false } }
        @{ Command = 'Backup-PosDatabase'; Options = @{} }
        @{ Command = 'Restore-PosDatabase'; Options = @{ Confirm = $false } }
    )
    $modes = @(
        @{ Mode = 'idle, in rollback-journal mode'; Prologue = ''; Sql = 'SELECT count(*) FROM users' }
        @{ Mode = 'idle, in WAL mode'; Prologue = 'PRAGMA journal_mode = WAL'; Sql = 'SELECT count(*) FROM users' }
        @{ Mode = 'during a sale'; Prologue = ''; Sql = "BEGIN IMMEDIATE; UPDATE users SET display_name = 'X'" }
    )
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe '<Command>' -ForEach $commands {
    AfterEach {
        Stop-Sqlite
    }

    It 'refuses a database that another process has open, <Mode>, and names the process' -ForEach $modes {
        $database = New-Store -Sql $Prologue
        $rest = $Options.Clone()
        if ($Command -eq 'Restore-PosDatabase') {
            $rest.BackupPath = (Backup-PosDatabase $database).BackupPath
        }

        $before = Get-Sha256 $database
        $process = Start-Sqlite $database $Sql
        $entries = (Get-ChildItem -LiteralPath (Split-Path $database) -Force).Name
        $result = & $Command $database @rest -LockTimeout 0 -ErrorVariable failures -ErrorAction SilentlyContinue
        @($failures).Count | Should -Be 1
        $failures[0].FullyQualifiedErrorId | Should -Match '^PosTenancy\.Database(InUse|Locked),'
        if ($Mode -like 'idle*') {
            $failures[0].FullyQualifiedErrorId | Should -BeLike 'PosTenancy.DatabaseInUse,*'
        }

        $failures[0].CategoryInfo.Category | Should -Be ResourceBusy
        $failures[0].Exception.Message | Should -BeLike "*sqlite3* ($($process.Id))*"
        if ($Command -eq 'Invoke-PosTenantUpgrade') {
            $result.Status | Should -Be Refused
        } else {
            $result | Should -BeNullOrEmpty
        }

        Get-Sha256 $database | Should -Be $before
        (Get-ChildItem -LiteralPath (Split-Path $database) -Force).Name | Should -Be $entries
    }

    It 'waits for up to -LockTimeout, and continues when the process has ended' {
        $database = New-Store
        $rest = $Options.Clone()
        if ($Command -eq 'Restore-PosDatabase') {
            $rest.BackupPath = (Backup-PosDatabase $database).BackupPath
        }

        $process = Start-Sqlite $database 'SELECT count(*) FROM users'
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        Stop-SqliteLater $process -Milliseconds 400
        $result = & $Command $database @rest -LockTimeout 30
        $watch.ElapsedMilliseconds | Should -BeGreaterThan 300
        $watch.Elapsed | Should -BeLessThan ([timespan]::FromSeconds(25))
        $result.Path | Should -Be $database
    }
}

Describe 'A command that only reads' {
    AfterEach {
        Stop-Sqlite
    }

    It 'reads while an application has the database open: <Command>' -ForEach @(
        @{ Command = 'Get-PosTenantPlan' }
        @{ Command = 'Get-PosTenantDistribution' }
        @{ Command = 'Test-PosTenantIntegrity' }
    ) {
        $database = New-Store
        $null = Invoke-PosTenantMigration $database acme -Confirm:$false
        $null = Start-Sqlite $database 'SELECT count(*) FROM users'
        @(& $Command $database).Count | Should -BeGreaterThan 6
    }
}

Describe 'A database that another process has locked' {
    AfterEach {
        Stop-Sqlite
    }

    It 'is waited for, up to -LockTimeout' {
        $database = New-Store
        $process = Start-Sqlite $database 'BEGIN EXCLUSIVE'
        Stop-SqliteLater $process -Milliseconds 1500
        (Invoke-PosTenantMigration $database acme -LockTimeout 30 -Confirm:$false).Status | Should -Be Migrated
    }

    It 'is refused with the name of the process' {
        $database = New-Store
        $process = Start-Sqlite $database 'BEGIN EXCLUSIVE'
        Invoke-PosTenantMigration $database acme -LockTimeout 0 -Confirm:$false -ErrorVariable failures -ErrorAction SilentlyContinue
        $failures[0].FullyQualifiedErrorId | Should -Match '^PosTenancy\.Database(InUse|Locked),'
        $failures[0].Exception.Message | Should -BeLike "*sqlite3* ($($process.Id))*"
    }
}
