# Ctrl+C at the worst moments. These tests need slow operations: many rows with many foreign keys, a statement of minutes, an index whose
# check is slow.

BeforeDiscovery {
    # The "script" program provides the pseudo terminal.
    $hasScript = [bool] (Get-Command -Name script -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $folder = New-TestFolder
    $large = Join-Path $folder 'large.db'
    $null = Invoke-Sqlite $large @'
        PRAGMA synchronous = OFF;
        CREATE TABLE sales (id INTEGER PRIMARY KEY, receipt TEXT, note TEXT);
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
        INSERT INTO sales SELECT i, printf('R-%08d', i), 'a sale like any other, with a note of ordinary length' FROM n;
        CREATE TABLE returns (id INTEGER PRIMARY KEY, receipt TEXT, note TEXT,
            a REFERENCES sales (id), b REFERENCES sales (id), c REFERENCES sales (id), d REFERENCES sales (id), e REFERENCES sales (id));
        INSERT INTO returns SELECT *, id, id, id, id, id FROM sales;
'@
    $before = Get-Sha256 $large

    $slow = Join-Path (New-TestFolder) 'slow.sql'
    Set-Content -LiteralPath $slow -Value @(
        (Get-PosTenantPlan $large -TenantId acme).Sql | ForEach-Object { "$_;" }
        'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000000) SELECT count(*) FROM n;'
    )

    function Invoke-AtConsole {
        # Runs a command at a real console (a pseudo terminal of 80 columns), and presses Ctrl+C as soon as a text is on the screen.
        param([string] $Command, [string] $PressAt)

        # Before it draws, PowerShell queries the cursor position and waits for the answer. noflsh: Ctrl+C must not discard the answer.
        $script = Join-Path (New-TestFolder) 'console.ps1'
        Set-Content -LiteralPath $script -Value "stty cols 80 noflsh; Import-Module '$module'; $Command; 'went on'"
        $words = @(Get-PwshCommand | Where-Object { $_ -ne '-NonInteractive' }) + '-File' + $script | ForEach-Object { "'$_'" }

        # A background job of a shell ignores Ctrl+C, and so do its child processes.
        $start = New-StartInfo -Program script -ArgumentList '-qec', "env --default-signal=INT $words", '/dev/null'
        $start.Environment['TERM'] = 'xterm'
        $process = [System.Diagnostics.Process]::Start($start)
        $text = [System.Text.StringBuilder]::new()
        $buffer = [char[]]::new(4096)
        $pressed = $false
        $end = ''
        while (($count = $process.StandardOutput.Read($buffer, 0, $buffer.Length)) -gt 0) {
            $null = $text.Append($buffer, 0, $count)
            $new = [string]::new($buffer, 0, $count)
            $end = "$end$new"

            foreach ($question in [regex]::Matches($new, '\x1b\[6n')) {
                $process.StandardInput.Write("`e[1;1R")
                $process.StandardInput.Flush()
            }

            # At the end of the bar, its colours change within a word.
            $end = $end.Substring([math]::Max(0, $end.Length - 8192))
            if (-not $pressed -and ($end -replace '\x1b\[[0-9;?]*[A-Za-z]', '').Contains($PressAt)) {
                $process.StandardInput.Write([char] 3)
                $process.StandardInput.Flush()
                $pressed = $true
            }
        }

        $process.WaitForExit()
        $pressed | Should -BeTrue -Because "'$PressAt' was never on the screen:`n$text"

        # Removes colours and cursor movements.
        "$text" -replace '\x1b\[[0-9;?]*[A-Za-z]', ''
    }
}

Describe 'Ctrl+C' {
    BeforeEach {
        $database = Join-Path (New-TestFolder) 'pos.db'
        [System.IO.File]::Copy($large, $database)
    }

    AfterEach {
        # Frees 50 MB per test.
        Remove-Item -LiteralPath (Split-Path $database) -Recurse -Force
    }

    It 'during an upgrade, while it is <Stage>: <At>, leaves every byte unchanged' -ForEach @(
        @{ Stage = 'backing up'; At = '*' }
        @{ Stage = 'rehearsing'; At = 'Copying*' }
        @{ Stage = 'rehearsing'; At = 'WITH RECURSIVE*'; Options = '-Script $a.Script' }
        @{ Stage = 'migrating'; At = 'WITH RECURSIVE*'; Options = '-Script $a.Script -SkipRehearsal' }
        @{
            Stage = 'migrating'
            At = 'Checking*'
            Options = '-SkipRehearsal'

            # These keys are slow to compute: the check lasts long enough for the bar to show it.
            Sql = 'CREATE TABLE vouchers (id INTEGER PRIMARY KEY,
                    sale INTEGER AS (length(hex(zeroblob(100000 + id % 2))) / 200000) REFERENCES sales (id));
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO vouchers (id) SELECT i FROM n'
        }
        @{ Stage = 'verifying'; At = '*'; Options = '-SkipRehearsal' }
    ) {
        if ($Sql) {
            $null = Invoke-Sqlite $database $Sql
        }

        $bytes = Get-Sha256 $database
        $run = Invoke-InRunspace "Invoke-PosTenantUpgrade `$a.Path acme -Confirm:`$false $Options" @{ Path = $database; Script = $slow } {
            param($record)
            $record.Activity -like "* $Stage pos.db" -and $record.StatusDescription -like $At
        }

        $run.StoppedAt | Should -Not -BeNullOrEmpty -Because 'otherwise nothing was stopped'
        $run.State | Should -Be Stopped
        $run.Output | Should -BeNullOrEmpty
        Get-Sha256 $database | Should -Be $bytes

        # These files may stay: a complete backup with its manifest and, after COMMIT, the replaced file.
        foreach ($file in Get-ChildItem -LiteralPath (Split-Path $database) -Force | Where-Object FullName -NE $database) {
            $file.Name | Should -Match '^pos\.db\.(backup-\d{8}-\d{6}(\.json)?|replaced-\d{8}-\d{6}|postenancy-journal)$'
            if ($file.Name -match '-\d{6}$' -and $file.Name -like '*.backup-*') {
                Get-Sha256 $file.FullName | Should -Be $bytes
            }

            if ($file.Name -like '*.replaced-*') {
                $Stage | Should -Be 'verifying'
            }
        }

        # The file is no longer held, and the next upgrade continues with the existing backup.
        $backups = Get-ChildItem -LiteralPath (Split-Path $database) -Filter *.backup-*.json
        $result = Invoke-PosTenantUpgrade $database acme -LockTimeout 0 -Confirm:$false -WarningAction SilentlyContinue
        $result.Status | Should -Be 'Succeeded'
        $result.Backup.Sha256 | Should -Be $bytes
        if ($backups) {
            $result.Backup.ManifestPath | Should -Be $backups.FullName
        }
    }

    It 'at a console, <Where>, reports the state of the database and the remaining files' -Skip:(-not $hasScript) -ForEach @(
        @{
            Where = 'while it waits'
            IsOpen = $true
            Options = '-LockTimeout 600'
            At = 'Waiting for sqlite3'
            Says = "The upgrade of 'DATABASE' was cancelled. The database was only read, and no file was left behind."
        }
        @{
            Where = 'in a statement'
            Options = "-Script 'SCRIPT'"
            At = 'WITH RECURSIVE'
            Says = "was cancelled in the stage Rehearsal. The database is in its original state: " +
                "its SHA-256 equals that of its backup 'DATABASE.backup-"
        }
        @{
            Where = 'after COMMIT'
            Sql = 'CREATE INDEX slow ON sales (length(hex(zeroblob(5000)) || receipt))'
            Options = '-SkipRehearsal'
            At = 'verifying pos.db'
            Shows = 'Restoring pos.db'
            Says = "was cancelled after its COMMIT, and the backup was restored. The database is in its original state: " +
                "* The migrated file is kept as 'DATABASE.replaced-"
        }
    ) {
        if ($Sql) {
            $null = Invoke-Sqlite $database $Sql
        }

        if ($IsOpen) {
            $null = Start-Sqlite $database 'SELECT count(*) FROM returns'
        }

        $bytes = Get-Sha256 $database
        $report = Join-Path (Split-Path $database) 'report.json'
        $command = "Invoke-PosTenantUpgrade '$database' acme -ReportPath '$report' -Confirm:`$false $($Options -creplace 'SCRIPT', $slow)"
        try {
            $screen = (Invoke-AtConsole $command $At) -replace '\s+', ' '
        } finally {
            Stop-Sqlite
        }

        $said = $Says.Replace('DATABASE', $database)
        ([regex]::Matches($screen, 'WARNING: The upgrade of')).Count | Should -Be 1 -Because $screen
        $screen | Should -BeLike "*WARNING: *$said*The report is '$report'.*"
        $screen | Should -BeLike "*$At*$Shows*WARNING*" -Because 'the bar is updated during the rollback'
        $screen | Should -Not -BeLike '*went on*'
        Get-Sha256 $database | Should -Be $bytes
        $written = Get-Content -LiteralPath $report -Raw | ConvertFrom-Json
        $written.status | Should -Be 'Cancelled'
        $written.error.errorId | Should -Be 'PosTenancy.Cancelled'
        $written.error.message | Should -BeLike "*$said*"
        [regex]::Matches($screen, "'($([regex]::Escape($database))\.(backup|replaced)-[^']+)'") |
            ForEach-Object { $_.Groups[1].Value | Should -Exist }
    }

    It 'during a backup leaves no file of it' {
        $run = Invoke-InRunspace 'Backup-PosDatabase $a.Path' @{ Path = $database } { $args[0].Activity -like 'Backing up *' }
        $run.State | Should -Be Stopped
        Get-Sha256 $database | Should -Be $before
        (Get-ChildItem -LiteralPath (Split-Path $database) -Force).Name | Should -Be 'pos.db'
    }

    It 'during a restore leaves the old file intact' {
        $backup = Backup-PosDatabase $database
        $null = Start-Sqlite $database 'DELETE FROM returns WHERE id < 100'
        try {
            $changed = Get-Sha256 $database

            # While the restore waits, the backup is already copied.
            $command = 'Restore-PosDatabase $a.Path $a.Backup -LockTimeout 600 -Confirm:$false'
            $run = Invoke-InRunspace $command @{ Path = $database; Backup = $backup.BackupPath } {
                $args[0].StatusDescription -like 'Waiting for sqlite3*'
            }
        } finally {
            Stop-Sqlite
        }

        $run.State | Should -Be Stopped
        Get-Sha256 $database | Should -Be $changed
        (Get-ChildItem -LiteralPath (Split-Path $database) -Force).Count | Should -Be 3 -Because 'the temporary file is gone'
    }

    It 'during -LockTimeout ends the wait' {
        $null = Start-Sqlite $database 'SELECT count(*) FROM returns'
        try {
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            $run = Invoke-InRunspace 'Invoke-PosTenantUpgrade $a.Path acme -LockTimeout 60 -Confirm:$false' @{ Path = $database } {
                $args[0].Activity -like '* planning pos.db'
            }

            $run.State | Should -Be Stopped
            $watch.Elapsed | Should -BeLessThan ([timespan]::FromSeconds(20))
        } finally {
            Stop-Sqlite
        }

        Get-Sha256 $database | Should -Be $before
    }
}

Describe 'Ctrl+C in the function' {
    It 'between two steps, before <Step>, undoes what was begun' -ForEach @(
        @{ Step = 'Backup-UpgradeDatabase'; Files = 'pos.db' }
        @{ Step = 'Invoke-UpgradeRehearsal'; Files = 'pos.db', 'backup', 'backup.json', 'journal' }
        @{ Step = 'Invoke-UpgradeMigration'; Files = 'pos.db', 'backup', 'backup.json', 'journal' }
        @{ Step = 'Confirm-UpgradeMigration'; Files = 'pos.db', 'backup', 'backup.json', 'journal', 'replaced' }
    ) {
        $database = New-Store
        $before = Get-Sha256 $database

        # A function of the module hides its cmdlet, and waits to be stopped.
        $command = "& (Get-Module PosTenancy) { function script:$Step { Write-Progress waiting; Start-Sleep 600 } }
            Invoke-PosTenantUpgrade `$a.Path acme -SkipRehearsal -Confirm:`$false"
        $run = Invoke-InRunspace $command @{ Path = $database } { $args[0].Activity -eq 'waiting' }

        $run.StoppedAt | Should -Not -BeNullOrEmpty -Because 'otherwise nothing was stopped'
        $run.State | Should -Be Stopped
        Get-Sha256 $database | Should -Be $before
        (Get-ChildItem -LiteralPath (Split-Path $database) -Force).Name -replace '-\d{8}-\d{6}' -replace '^pos\.db\.(postenancy-)?' |
            Sort-Object | Should -Be ($Files | Sort-Object)
        $result = Invoke-PosTenantUpgrade $database acme -LockTimeout 0 -Confirm:$false -WarningAction SilentlyContinue
        $result.Status | Should -Be 'Succeeded'
        $result.Backup.Sha256 | Should -Be $before
    }
}
