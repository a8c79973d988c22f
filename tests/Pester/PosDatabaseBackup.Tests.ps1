BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    function New-Backup {
        # Makes backups of a new store, the first of which is the oldest.
        param([int] $Count)

        $database = New-Store
        1..$Count | ForEach-Object { Backup-PosDatabase $database }
    }

    function Set-Byte {
        param([string] $Path)

        $bytes = [System.IO.File]::ReadAllBytes($Path)
        $bytes[5000] = $bytes[5000] -bxor 1
        [System.IO.File]::WriteAllBytes($Path, $bytes)
    }
}

Describe 'Backups that are known to be good' {
    It 'lists them by their manifests, and tests them item by item' {
        $made = New-Backup 2
        $listed = @(Get-PosDatabaseBackup $made[0].Path)

        $listed.BackupPath | Should -Be $made[1].BackupPath, $made[0].BackupPath
        $listed.Sha256 | Should -Be $made[1].Sha256, $made[0].Sha256
        $listed.VerifiedAt | Should -Be $null, $null
        $tests = @($listed | Test-PosDatabaseBackup)
        $tests.Status | Should -Be Good, Good
        @($tests.BackupPath) | Should -Be @($listed.BackupPath)
        @(Get-PosDatabaseBackup $made[0].Path).VerifiedAt | Should -Not -Contain $null
        $shown = $listed | Out-String -Width 80
        $shown | Should -BeLike '*never*pos.db.backup-*'
    }

    It 'writes an error for a bad one, for the exit code of a nightly task' {
        $made = New-Backup 2
        Set-Byte $made[0].BackupPath
        $tests = @(Test-PosDatabaseBackup $made[0].Path -ErrorVariable failures -ErrorAction SilentlyContinue)
        $tests.Status | Should -Be Good, Bad
        $failures.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.BackupTampered,*'
        $run = Invoke-FreshPwsh "Test-PosDatabaseBackup '$($made[0].Path)'"
        $run.ExitCode | Should -Be 1
    }

    It 'removes by number, asks with the name, and changes nothing with -WhatIf' {
        $made = New-Backup 3
        $folder = Split-Path $made[0].Path
        $before = Get-FolderState $folder
        Remove-PosDatabaseBackup $made[0].Path -KeepLast 1 -WhatIf
        Get-FolderState $folder | Should -Be $before
        Remove-PosDatabaseBackup $made[0].Path -KeepLast 1 -Confirm:$false
        @(Get-PosDatabaseBackup $made[0].Path).BackupPath | Should -Be $made[2].BackupPath
    }

    It 'never removes the newest good one' {
        $made = New-Backup 3
        Set-Byte $made[2].BackupPath
        Remove-PosDatabaseBackup $made[0].Path -KeepLast 1 -Confirm:$false
        @(Get-PosDatabaseBackup $made[0].Path).BackupPath | Should -Be $made[2].BackupPath, $made[1].BackupPath
    }

    It 'needs a number or an age' {
        { Remove-PosDatabaseBackup (New-Store) -Confirm:$false } | Should -Throw -ErrorId 'PosTenancy.NothingToKeep,*'
    }
}
