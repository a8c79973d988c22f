BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Backup-PosDatabase' {
    It 'copies every byte, and returns the hash of both files' {
        $database = New-Store
        $before = Get-Sha256 $database
        $backup = Backup-PosDatabase $database
        $backup.Sha256 | Should -BeExactly $before
        Get-Sha256 $backup.BackupPath | Should -BeExactly $before
        Get-Sha256 $database | Should -BeExactly $before
        $backup.Verified | Should -BeTrue
        $backup.Length | Should -Be (Get-Item -LiteralPath $database).Length
        "$($backup.Tables) $($backup.Rows)" | Should -Be '33 26'
        Invoke-Sqlite $backup.BackupPath 'PRAGMA integrity_check; SELECT count(*) FROM users' | Should -Be 'ok', '3'
    }

    It 'names the backup after the database and the time' {
        $database = New-Store
        $start = [datetimeoffset]::Now
        $backup = Backup-PosDatabase $database
        Split-Path -Leaf $backup.BackupPath | Should -Match '^pos\.db\.backup-\d{8}-\d{6}$'
        Split-Path -Leaf $backup.BackupPath | Should -Be "pos.db.backup-$($backup.CreatedAt.ToString('yyyyMMdd-HHmmss'))"
        $backup.CreatedAt | Should -BeGreaterOrEqual $start
        $backup.CreatedAt | Should -BeLessOrEqual ([datetimeoffset]::Now)
    }

    It 'writes its measurements to a manifest that any program can read' {
        $database = New-Store
        $backup = Backup-PosDatabase $database
        $backup.ManifestPath | Should -Be "$($backup.BackupPath).json"
        $manifest = Get-Content -LiteralPath $backup.ManifestPath -Raw | ConvertFrom-Json
        $manifest.psobject.Properties.Name | Sort-Object | Should -Be @(
            'backup', 'createdAt', 'createdBy', 'format', 'length', 'pageSize', 'rows', 'sha256', 'source', 'tables', 'version')
        $manifest.format | Should -Be 'PosTenancy.Backup'
        $manifest.version | Should -Be 1
        $manifest.source | Should -Be $database
        $manifest.backup | Should -Be (Split-Path -Leaf $backup.BackupPath)
        $manifest.sha256 | Should -BeExactly (Get-Sha256 $backup.BackupPath)
        $manifest.length | Should -Be (Get-Item -LiteralPath $backup.BackupPath).Length
        $manifest.pageSize | Should -Be (Invoke-Sqlite $database 'PRAGMA page_size')
        "$($manifest.tables) $($manifest.rows)" | Should -Be '33 26'
        $manifest.createdBy | Should -Match '^PosTenancy \d+\.\d+\.\d+'
    }

    It 'never overwrites a backup: backups of the same second get different names' {
        $database = New-Store

        # On a slow machine no two backups begin in the same second: here each of the next seconds already has one.
        $now = [datetime]::Now
        $taken = 0..60 | ForEach-Object { '{0}.backup-{1:yyyyMMdd-HHmmss}' -f $database, $now.AddSeconds($_) }
        $taken | ForEach-Object { [System.IO.File]::WriteAllText($_, 'another backup') }
        $backups = 1..2 | ForEach-Object { Backup-PosDatabase $database }
        @($backups.BackupPath | Select-Object -Unique).Count | Should -Be 2
        $backups.BackupPath | Should -Match '-\d{6}-\d+$'
        $taken | ForEach-Object { [System.IO.File]::ReadAllText($_) } | Select-Object -Unique | Should -Be 'another backup'
        foreach ($backup in $backups) {
            Get-Sha256 $backup.BackupPath | Should -Be $backup.Sha256
            $manifest = Get-Content -LiteralPath $backup.ManifestPath -Raw | ConvertFrom-Json
            $manifest.backup | Should -Be (Split-Path -Leaf $backup.BackupPath)
        }
    }

    It 'leaves the database, its backup and the manifest, and nothing else' {
        $database = New-Store
        $backup = Backup-PosDatabase $database
        $files = (Get-ChildItem -LiteralPath (Split-Path $database) -Force).FullName | Sort-Object
        $files | Should -Be @($database, $backup.BackupPath, $backup.ManifestPath)
    }

    It 'writes the backup to -Destination, resolved against PowerShell''s location' {
        $database = New-Store
        $folder = Split-Path $database
        $null = New-Item -ItemType Directory -Path "$folder/safe"
        Push-Location -LiteralPath $folder
        try {
            $backup = Backup-PosDatabase pos.db -Destination ./safe
        } finally {
            Pop-Location
        }

        Split-Path $backup.BackupPath | Should -Be (Join-Path $folder 'safe')
        (Get-ChildItem -LiteralPath $folder -File -Force).Name | Should -Be 'pos.db'
        (Get-ChildItem -LiteralPath "$folder/safe" -Force).Count | Should -Be 2
    }

    It 'includes rows that are only in the write-ahead log of a crash' {
        $database = New-CrashedStore
        (Get-Item -LiteralPath "$database-wal").Length | Should -BeGreaterThan 0
        $backup = Backup-PosDatabase $database
        $backup.Rows | Should -Be 27
        Get-Sha256 $database | Should -Be $backup.Sha256

        $alone = Join-Path (New-TestFolder) 'alone.db'
        Copy-Item -LiteralPath $backup.BackupPath -Destination $alone
        Invoke-Sqlite $alone 'SELECT name FROM customers' | Should -Be 'Ada'
    }

    It 'refuses a folder that does not exist, and does not create it' {
        $database = New-Store
        $state = Get-FolderState (Split-Path $database)
        $nowhere = Join-Path (Split-Path $database) 'nowhere'
        $backup = Backup-PosDatabase $database -Destination $nowhere -ErrorVariable failures -ErrorAction SilentlyContinue
        $backup | Should -BeNullOrEmpty
        $failures.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.DestinationNotFound,*'
        Get-FolderState (Split-Path $database) | Should -Be $state
    }
}
