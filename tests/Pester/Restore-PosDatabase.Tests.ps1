BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Restore-PosDatabase' {
    BeforeEach {
        $database = New-Store
        $before = Get-Sha256 $database
        $upgrade = Invoke-PosTenantUpgrade $database $tenant -Confirm:$false
        $migrated = Get-Sha256 $database
        $backup = $upgrade.Backup
        $folder = Split-Path $database
    }

    It 'restores every byte, and keeps the file that it replaces' {
        $result = Restore-PosDatabase $database $backup.BackupPath -Confirm:$false
        Get-Sha256 $database | Should -Be $before
        $result.Sha256 | Should -BeExactly $before
        $result.Verified | Should -BeTrue
        $result.Length | Should -Be (Get-Item -LiteralPath $database).Length
        Get-Sha256 $result.ReplacedPath | Should -Be $migrated
        Get-StoredTenant $result.ReplacedPath | Should -Be $tenant
        Invoke-Sqlite $database "SELECT count(*) FROM pragma_table_xinfo('users') WHERE name = 'tenant_id'" | Should -Be 0
    }

    It 'binds the backup from the result of a backup, through the pipeline' {
        $result = $backup | Restore-PosDatabase -Confirm:$false
        Get-Sha256 $database | Should -Be $before
        $result.BackupPath | Should -Be $backup.BackupPath
    }

    It 'can be followed by the same upgrade' {
        $null = $backup | Restore-PosDatabase -Confirm:$false
        (Invoke-PosTenantUpgrade $database $tenant -Confirm:$false).Status | Should -Be Succeeded
        Get-StoredTenant $database | Should -Be $tenant
    }

    It 'restores a missing database' {
        Remove-Item -LiteralPath $database
        $result = Restore-PosDatabase $database $backup.BackupPath -Confirm:$false
        Get-Sha256 $database | Should -Be $before
        $result.ReplacedPath | Should -BeNullOrEmpty
    }

    It 'restores a file that is no longer a database' {
        Set-Content -LiteralPath $database -Value 'overwritten by something'
        $result = Restore-PosDatabase $database $backup.BackupPath -Confirm:$false
        Get-Sha256 $database | Should -Be $before
        Get-Content -LiteralPath $result.ReplacedPath | Should -Be 'overwritten by something'
    }

    It 'does not leave a log of the replaced file beside the restored one' {
        $crashed = New-CrashedStore
        $backup = Backup-PosDatabase $crashed
        $whole = Get-Sha256 $crashed
        $null = Invoke-Sqlite $crashed 'DELETE FROM customers'
        $null = Start-Sqlite $crashed 'DELETE FROM users'
        $stale = New-TestFolder
        Copy-Item -Path "$crashed-wal" -Destination $stale
        Stop-Sqlite
        Copy-Item -LiteralPath "$stale/pos.db-wal" -Destination "$crashed-wal"

        $null = Restore-PosDatabase $crashed $backup.BackupPath -Confirm:$false
        Get-Sha256 $crashed | Should -Be $whole
        Invoke-Sqlite $crashed 'SELECT count(*) FROM customers; SELECT count(*) FROM users' | Should -Be 1, 3
    }

    It 'refuses a backup that <Because>, and changes nothing' -ForEach @(
        @{ Because = 'has one changed bit'; Id = 'BackupTampered'; Harm = {
                $bytes = [System.IO.File]::ReadAllBytes($backup.BackupPath)
                $bytes[5000] = $bytes[5000] -bxor 1
                [System.IO.File]::WriteAllBytes($backup.BackupPath, $bytes)
            }
        }
        @{ Because = 'was truncated'; Id = 'BackupTampered'; Harm = {
                $stream = [System.IO.File]::OpenWrite($backup.BackupPath)
                $stream.SetLength($stream.Length - 4096)
                $stream.Dispose()
            }
        }
        @{ Because = 'has no manifest'; Id = 'BackupNotFound'; Harm = { Remove-Item -LiteralPath $backup.ManifestPath } }
        @{ Because = 'does not exist'; Id = 'BackupNotFound'; Harm = { Remove-Item -LiteralPath $backup.BackupPath } }
        @{ Because = 'has a manifest that is not JSON'; Id = 'ManifestInvalid'; Harm = {
                Set-Content -LiteralPath $backup.ManifestPath -Value '{'
            }
        }
        @{ Because = 'has a manifest of a later version'; Id = 'ManifestInvalid'; Harm = {
                $manifest = (Get-Content -LiteralPath $backup.ManifestPath -Raw) -replace '"version": 1', '"version": 2'
                $manifest | Set-Content -LiteralPath $backup.ManifestPath
            }
        }
    ) {
        . $Harm
        $state = Get-FolderState $folder
        $result = Restore-PosDatabase $database $backup.BackupPath -Confirm:$false -ErrorVariable failures -ErrorAction SilentlyContinue
        $result | Should -BeNullOrEmpty
        @($failures).FullyQualifiedErrorId | Should -BeLike "PosTenancy.$Id,*"
        Get-FolderState $folder | Should -Be $state
    }
}
