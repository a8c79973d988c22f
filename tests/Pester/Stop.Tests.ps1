# Ctrl+C at the worst moments. Every other test is over in a moment; this one needs statements that take a while.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $folder = New-TestFolder
    $large = Join-Path $folder 'large.db'
    $null = Invoke-Sqlite $large @'
        PRAGMA synchronous = OFF;
        CREATE TABLE sales (id INTEGER PRIMARY KEY, receipt TEXT, note TEXT);
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
        INSERT INTO sales SELECT i, printf('R-%08d', i), 'a sale like any other, with a note of ordinary length' FROM n;
        CREATE TABLE returns AS SELECT * FROM sales;
'@
    $before = Get-Sha256 $large
}

Describe 'Ctrl+C' {
    BeforeEach {
        $database = Join-Path (New-TestFolder) 'pos.db'
        [System.IO.File]::Copy($large, $database)
    }

    AfterEach {
        # 50 MB a test: not to be kept until the end.
        Remove-Item -LiteralPath (Split-Path $database) -Recurse -Force
    }

    It 'during an upgrade, while it is <Stage>: <At>, leaves every byte as it was' -ForEach @(
        @{ Stage = 'Backing up'; At = '*' }
        @{ Stage = 'Rehearsing'; At = 'Copying*' }
        @{ Stage = 'Rehearsing'; At = 'CREATE INDEX*' }
        @{ Stage = 'Migrating'; At = '*ALTER TABLE*' }
        @{ Stage = 'Migrating'; At = '*CREATE INDEX*' }
        @{ Stage = 'Migrating'; At = 'Checking' }
        @{ Stage = 'Verifying'; At = 'Checking' }
    ) {
        $run = Invoke-InRunspace 'Invoke-PosTenantUpgrade $a.Path acme -Confirm:$false' @{ Path = $database } {
            param($record)
            $record.Activity -like "$Stage *" -and $record.StatusDescription -like $At
        }

        $run.StoppedAt | Should -Not -BeNullOrEmpty -Because 'otherwise nothing was stopped'
        $run.State | Should -Be Stopped
        $run.Output | Should -BeNullOrEmpty
        Get-Sha256 $database | Should -Be $before

        # What may stay: a whole backup with its manifest and, if COMMIT had already happened, the file that was taken back.
        foreach ($file in Get-ChildItem -LiteralPath (Split-Path $database) -Force | Where-Object FullName -NE $database) {
            $file.Name | Should -Match '^pos\.db\.(backup-\d{8}-\d{6}(\.json)?|replaced-\d{8}-\d{6})$'
            if ($file.Name -match '-\d{6}$' -and $file.Name -like '*.backup-*') {
                Get-Sha256 $file.FullName | Should -Be $before
            }

            if ($file.Name -like '*.replaced-*') {
                $Stage | Should -Be 'Verifying'
            }
        }

        # Nothing holds the file any more: the next command is free to go.
        (Backup-PosDatabase $database -LockTimeout 0).Sha256 | Should -Be $before
    }

    It 'during a backup leaves nothing of it' {
        $run = Invoke-InRunspace 'Backup-PosDatabase $a.Path' @{ Path = $database } { $args[0].Activity -like 'Backing up *' }
        $run.State | Should -Be Stopped
        Get-Sha256 $database | Should -Be $before
        (Get-ChildItem -LiteralPath (Split-Path $database) -Force).Name | Should -Be 'pos.db'
    }

    It 'during a restore leaves the old file or the new one, whole' {
        $backup = Backup-PosDatabase $database
        $null = Invoke-Sqlite $database 'DELETE FROM returns WHERE id < 100'
        $changed = Get-Sha256 $database
        $run = Invoke-InRunspace 'Restore-PosDatabase $a.Path $a.Backup -Confirm:$false' @{ Path = $database; Backup = $backup.BackupPath } {
            $args[0].StatusDescription -like 'Copying the backup*'
        }
        $run.State | Should -Be Stopped
        Get-Sha256 $database | Should -Be $changed
        (Get-ChildItem -LiteralPath (Split-Path $database) -Force).Count | Should -Be 3 -Because 'the temporary file is gone'
    }

    It 'during -LockTimeout ends the waiting' {
        $null = Start-Sqlite $database 'SELECT count(*) FROM returns'
        try {
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            $run = Invoke-InRunspace 'Invoke-PosTenantUpgrade $a.Path acme -LockTimeout 60 -Confirm:$false' @{ Path = $database } { $args[0].Activity -like 'Planning *' }
            $run.State | Should -Be Stopped
            $watch.Elapsed | Should -BeLessThan ([timespan]::FromSeconds(20))
        } finally {
            Stop-Sqlite
        }

        Get-Sha256 $database | Should -Be $before
    }
}
