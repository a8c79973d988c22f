# Rolling back without the module: the blocks of the documents and of a report run unmodified in real shells. Whichever block is pasted, and
# however often, each sale is in some file afterwards.

BeforeDiscovery {
    # How a block is run in each language: as text at a prompt, and as a file.
    $ways = @(
        @{ Language = 'sh'; Program = 'sh'; Way = 'script' }
        @{ Language = 'sh'; Program = 'sh'; Way = 'pasted' }
        @{ Language = 'sh'; Program = 'bash'; Way = 'pasted' }
        @{ Language = 'sh'; Program = 'zsh'; Way = 'pasted' }
        @{ Language = 'powershell'; Program = 'pwsh'; Way = 'script' }
        @{ Language = 'powershell'; Program = 'pwsh'; Way = 'pasted' }
        @{ Language = 'bat'; Program = 'cmd'; Way = 'script' }
        @{ Language = 'bat'; Program = 'cmd'; Way = 'pasted' }
    )
    $scripts = $ways | Where-Object Way -EQ script
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $exampleBackup = 'pos.db.backup-20260111-133105'
    $page = Get-Content -LiteralPath "$root/docs/roll-back-by-hand.md" -Raw

    function Get-Block {
        # Returns the rollback in one language from the text of a document.
        param([string] $Text, [string] $Language)

        $blocks = @(foreach ($match in [regex]::Matches($Text, ('(?ms)^(`{3,})' + $Language + '\r?\n(.+?)^\1'))) { $match.Groups[2].Value })
        $found = @($blocks -match 'moved-away')
        if ($found.Count -ne 1) { throw "$($found.Count) blocks in $Language roll back; expected 1." }
        $found[0]
    }

    function Get-Obstacle {
        # Returns the reason why this system cannot run a program, or nothing.
        param([string] $Program)

        if ($Program -eq 'cmd' -and -not $IsWindows) {
            $version = "$(if (Get-Command wine -ErrorAction SilentlyContinue) { wine --version 2> $null })"
            if ($version -notmatch '^wine-(\d+)' -or [int] $Matches[1] -lt 10) {
                return 'no Wine of version 10 or later exists to run cmd'
            }

            # Wine's own certutil computes no hash and reports no error.
            if (-not (Get-Command x86_64-w64-mingw32-gcc -ErrorAction SilentlyContinue)) {
                return 'no x86_64-w64-mingw32-gcc exists to build the certutil that Wine lacks'
            }

            $script:certutil = Join-Path $TestDrive 'certutil.exe'
            if (-not (Test-Path -LiteralPath $certutil)) {
                x86_64-w64-mingw32-gcc -o $certutil "$PSScriptRoot/certutil.c" -lbcrypt
            }
        } elseif ($Program -eq 'cmd' -and (Test-Path HKCU:\Software\Wine)) {
            return "Wine's certutil computes no hash; on Linux this test builds one that does"
        } elseif ($Program -ne 'pwsh' -and -not (Get-Command $Program -ErrorAction SilentlyContinue)) {
            return "no $Program exists"
        }
    }

    function Invoke-Block {
        # Runs a block in a folder, followed by a line that shows whether the session still exists.
        param([string] $Block, [string] $Program, [string] $Way, [string] $Folder)

        $text = "$Block`necho still-here`n"
        $start = switch ($Program) {
            sh { @{ Program = 'sh'; ArgumentList = '-i' } }
            bash { @{ Program = 'bash'; ArgumentList = '--norc', '-i' } }
            zsh { @{ Program = 'zsh'; ArgumentList = '-f', '-i' } }
            pwsh {
                $pwsh, $options = @(Get-PwshCommand) + '-NoProfile'
                @{ Program = $pwsh; ArgumentList = @($options) + '-NoLogo' }
            }
        }
        if ($Program -eq 'cmd') {
            return Invoke-CommandPrompt $text.Replace("`n", "`r`n") $Way $Folder
        }

        if ($Way -eq 'script') {
            $file = Join-Path (New-TestFolder) 'block.ps1'
            [System.IO.File]::WriteAllText($file, $text)
            $start.ArgumentList = if ($Program -eq 'pwsh') { @($options) + '-File' + $file } else { , $file }
            return Invoke-Process @start -WorkingDirectory $Folder
        }

        # The empty line runs the pasted text.
        Invoke-Process @start -InputText "$text`n" -WorkingDirectory $Folder
    }

    function Invoke-CommandPrompt {
        # cmd reads input only from a file. It finds the certutil of the current folder first.
        param([string] $Text, [string] $Way, [string] $Folder)

        $file = Join-Path (New-TestFolder) 'block.cmd'
        [System.IO.File]::WriteAllText($file, $Text)
        if ($IsWindows) {
            $call = if ($Way -eq 'script') { "cmd /d /c $file" } else { "cmd /d < $file" }
            return Invoke-Process -Program cmd -ArgumentList '/d', '/c', $call -WorkingDirectory $Folder
        }

        # Services of Wine outlive the program and would keep a pipe open: output goes to files, which the shell prints at the end.
        $call = if ($Way -eq 'script') { "/c 'Z:$($file.Replace('/', '\'))' < /dev/null" } else { "< '$file'" }
        $call = "timeout 120 wine cmd /d $call > '$file.out' 2> '$file.err'; cat '$file.out'; cat '$file.err' >&2"
        [System.IO.File]::Copy($certutil, "$Folder/certutil.exe", $true)
        Invoke-Process -Program sh -ArgumentList '-c', $call -WorkingDirectory $Folder
        [System.IO.File]::Delete("$Folder/certutil.exe")
    }

    function New-MigratedStore {
        # Copies a store with one sale since its migration to a new folder; the backup has the name that the documents use.
        $folder = New-TestFolder
        Copy-Item -Path "$migrated/*" -Destination $folder
        [pscustomobject]@{ Folder = $folder; Database = "$folder/pos.db"; Backup = "$folder/$exampleBackup"; Sha256 = $sha256 }
    }

    function Get-FileState {
        # Like Get-FolderState, but without the folder's own time: a temporary file is allowed.
        param([string] $Folder)

        Get-FolderState $Folder | Select-Object -Skip 1
    }

    function Add-Sale {
        param([string] $Database, [string] $Name)

        $null = Invoke-Sqlite $Database "INSERT INTO customers (id, name) VALUES ('$Name', '$Name')"
    }

    function Get-Sale {
        # Returns every sale that the sqlite3 shell finds in any database of a folder. Reads copies, because reading may change a log.
        param([string] $Folder)

        $copies = New-TestFolder
        foreach ($file in Get-ChildItem -LiteralPath $Folder -Recurse -File -Force) {
            [System.IO.File]::Copy($file.FullName, "$copies/$($file.Name)")
        }

        Get-ChildItem -LiteralPath $copies -File -Force | Where-Object Name -NotMatch '(\.json|\.md|-wal|-shm|-journal)$' |
            ForEach-Object { Invoke-Sqlite $_.FullName "SELECT name FROM customers WHERE name LIKE 'sale-%'" } | Sort-Object -Unique
    }

    $database = New-Store
    $migrated = Split-Path $database
    $result = Invoke-PosTenantUpgrade $database $tenant -Confirm:$false
    $sha256 = $result.Backup.Sha256
    foreach ($end in '', '.json') {
        [System.IO.File]::Move("$($result.Backup.BackupPath)$end", "$migrated/$exampleBackup$end")
    }

    Add-Sale $database sale-1
}

Describe 'A rollback by hand in <Language>, <Program>, <Way>' -ForEach $ways {
    BeforeAll {
        $block = Get-Block $page $Language
        $obstacle = Get-Obstacle $Program
    }

    It 'loses no sale, however often it runs' {
        if ($obstacle) { Set-ItResult -Skipped -Because $obstacle }
        $store = New-MigratedStore

        # Runs twice within a second or two, with a sale in between.
        $first = Invoke-Block $block $Program $Way $store.Folder
        Get-Sha256 $store.Database | Should -Be $store.Sha256 -Because ($first.Lines + $first.Error -join "`n")
        Add-Sale $store.Database sale-2
        $second = Invoke-Block $block $Program $Way $store.Folder
        Get-Sha256 $store.Database | Should -Be $store.Sha256 -Because ($second.Lines + $second.Error -join "`n")

        Get-Sale $store.Folder | Should -Be 'sale-1', 'sale-2'
        @(Get-ChildItem -LiteralPath $store.Folder).Count |
            Should -Be 5 -Because 'the database, the backup, its manifest, and two moved databases exist'

        # Runs once more, without a sale.
        $before = Get-FileState $store.Folder
        $third = Invoke-Block $block $Program $Way $store.Folder
        Get-FileState $store.Folder | Should -Be $before
        $third.Lines -match 'already is this backup' | Should -Not -BeNullOrEmpty

        foreach ($run in $first, $second, $third) {
            $run.Lines -match 'still-here$' -notmatch 'echo' | Should -HaveCount 1 -Because 'the session continues'
        }
    }

    It 'moves nothing if the backup was tampered with' {
        if ($obstacle) { Set-ItResult -Skipped -Because $obstacle }
        $store = New-MigratedStore
        $null = Invoke-Sqlite $store.Backup 'DELETE FROM users'
        $before = Get-FileState $store.Folder

        $run = Invoke-Block $block $Program $Way $store.Folder

        Get-FileState $store.Folder | Should -Be $before
        "$($run.Lines)$($run.Error)" -replace '\s+' | Should -Match 'doesnothaveitsSHA-256'
        if ($Way -eq 'pasted') {
            $run.Lines -match 'still-here$' -notmatch 'echo' | Should -HaveCount 1 -Because 'the session continues'
        }
    }
}

Describe 'A rollback by hand in <Language>' -ForEach $scripts {
    BeforeAll {
        $block = Get-Block $page $Language
        $obstacle = Get-Obstacle $Program
    }

    It 'moves nothing without a manifest' {
        if ($obstacle) { Set-ItResult -Skipped -Because $obstacle }
        $store = New-MigratedStore
        Remove-Item -LiteralPath "$($store.Backup).json"
        $before = Get-FileState $store.Folder

        $null = Invoke-Block $block $Program $Way $store.Folder

        Get-FileState $store.Folder | Should -Be $before
    }

    It 'moves a write-ahead log with its database, and reports no missing files' {
        if ($obstacle) { Set-ItResult -Skipped -Because $obstacle }
        $store = New-MigratedStore
        $clean = Invoke-Block $block $Program $Way $store.Folder
        "$($clean.Lines)$($clean.Error)" | Should -Not -Match '-wal(?!")|-shm(?!")|cannot|not found'

        # Two sales in a log that no process has open, as after a crash.
        $null = Invoke-Sqlite $store.Database 'PRAGMA journal_mode = WAL'
        $null = Start-Sqlite $store.Database "INSERT INTO customers (id, name) VALUES ('2', 'sale-2')"
        foreach ($end in '', '-wal', '-shm') { [System.IO.File]::Copy("$($store.Database)$end", "$($store.Folder)/crashed.db$end") }
        Stop-Sqlite
        foreach ($end in '', '-wal', '-shm') { [System.IO.File]::Move("$($store.Folder)/crashed.db$end", "$($store.Database)$end", $true) }

        $run = Invoke-Block $block $Program $Way $store.Folder

        Get-Sha256 $store.Database | Should -Be $store.Sha256 -Because ($run.Lines + $run.Error -join "`n")
        "$($store.Database)-wal", "$($store.Database)-shm" | Should -Not -Exist
        Get-Sale $store.Folder | Should -Be 'sale-1', 'sale-2'
    }

    It 'rolls back a database that equals the backup except for a sale in its log' {
        if ($obstacle) { Set-ItResult -Skipped -Because $obstacle }
        $source = New-Store -Sql 'PRAGMA journal_mode = WAL'
        $backup = Backup-PosDatabase $source
        $store = [pscustomobject]@{ Folder = New-TestFolder; Database = ''; Sha256 = $backup.Sha256 }
        $store.Database = Join-Path $store.Folder 'pos.db'
        foreach ($end in '', '.json') { [System.IO.File]::Copy("$($backup.BackupPath)$end", "$($store.Folder)/$exampleBackup$end") }
        $null = Start-Sqlite $source "INSERT INTO customers (id, name) VALUES ('1', 'sale-1')"
        foreach ($end in '', '-wal') { [System.IO.File]::Copy("$source$end", "$($store.Database)$end") }
        Stop-Sqlite
        Get-Sha256 $store.Database | Should -Be $store.Sha256

        $run = Invoke-Block $block $Program $Way $store.Folder

        "$($store.Database)-wal" | Should -Not -Exist -Because ($run.Lines + $run.Error -join "`n")
        Get-Sale $store.Folder | Should -Be 'sale-1'
    }

    It 'restores a missing database' {
        if ($obstacle) { Set-ItResult -Skipped -Because $obstacle }
        $store = New-MigratedStore
        [System.IO.File]::Move($store.Database, "$($store.Folder)/pos.db.moved-away-20260111-140000")

        $null = Invoke-Block $block $Program $Way $store.Folder

        Get-Sha256 $store.Database | Should -Be $store.Sha256
        Get-Sale $store.Folder | Should -Be 'sale-1'
    }

    It 'changes nothing if a file cannot be moved' {
        if ($obstacle) { Set-ItResult -Skipped -Because $obstacle }
        $store = New-MigratedStore
        $log = "$($store.Database)-journal"
        $null = New-Item $log -ItemType File
        if ($IsWindows) {
            $hold = [System.IO.File]::Open($log, 'Open', 'Read', 'Read')
        } else {
            chattr +i $log 2> $null
            if ($LASTEXITCODE) { Set-ItResult -Skipped -Because 'this file system has no immutable files' }
        }

        try {
            $before = Get-FileState $store.Folder
            $run = Invoke-Block $block $Program $Way $store.Folder
            $after = Get-FileState $store.Folder
            $before | Should -BeIn $after -Because ($run.Lines + $run.Error -join "`n")

            # If a file can be copied but not removed, .NET copies it before it fails.
            $after | Where-Object { $_ -notin $before -and $_ -notlike '*/pos.db.moved-away-*-journal *' } | Should -BeNullOrEmpty
        } finally {
            if ($IsWindows) { $hold.Dispose() } else { chattr -i $log }
        }
    }
}

Describe 'A rollback by hand in sh' {
    It 'changes nothing if the backup cannot be copied completely' {
        $obstacle = Get-Obstacle sh
        if ($obstacle) { Set-ItResult -Skipped -Because $obstacle }
        $store = New-MigratedStore
        $before = Get-FileState $store.Folder

        # Only a shell can set this limit on the size of files.
        $null = Invoke-Block "ulimit -f 64`n$(Get-Block $page sh)" sh script $store.Folder

        Get-FileState $store.Folder | Should -Be $before
    }
}

Describe 'The rollback by hand of a report' {
    It 'uses the backup and the database that it names: <Language>' -ForEach $scripts {
        $obstacle = Get-Obstacle $Program
        if ($obstacle) { Set-ItResult -Skipped -Because $obstacle }

        # A name that a shell must not interpret, with every special character that the system allows.
        $name = if ($Program -eq 'cmd' -or $IsWindows) { "it's a [shop] & co.db" } else { "it's a [shop] & `"co`" `$HOME ``x``.db" }
        $database = New-Store $name
        $folder = New-TestFolder
        $places = @{ Destination = $folder; ReportPath = "$folder/report.json" }
        $result = Invoke-PosTenantUpgrade -LiteralPath $database $tenant @places -Confirm:$false
        if ($Program -eq 'cmd' -and -not $IsWindows) {
            # Converts the report to its form on Windows.
            $json = [System.IO.File]::ReadAllText("$folder/report.json")
            $json = [regex]::Replace($json, '"(/[^"]*)"', { param($path) "`"Z:$($path.Groups[1].Value.Replace('/', '\\'))`"" })
            [System.IO.File]::WriteAllText("$folder/report.json", $json)
        }

        $null = Import-PosTenantReport "$folder/report.json" | Export-PosTenantReport -ReportPath "$folder/report.md"
        $block = Get-Block (Get-Content -LiteralPath "$folder/report.md" -Raw) $Language
        Remove-Item "$folder/report.*"
        Add-Sale $database sale-1

        $elsewhere = New-TestFolder
        $first = Invoke-Block $block $Program $Way $elsewhere
        Get-Sha256 $database | Should -Be $result.Backup.Sha256 -Because ($first.Lines + $first.Error -join "`n")
        Add-Sale $database sale-2
        $null = Invoke-Block $block $Program $Way $elsewhere

        Get-Sha256 $database | Should -Be $result.Backup.Sha256
        Get-Sale (Split-Path $database) | Should -Be 'sale-1', 'sale-2'
        Get-ChildItem -LiteralPath $elsewhere | Should -BeNullOrEmpty
    }
}

Describe 'The documents' {
    It 'have the same lines as a report, except for the names at the beginning: <_>' -ForEach 'README.md', 'docs/roll-back-by-hand.md' {
        $database = New-Store
        $folder = New-TestFolder
        $null = Invoke-PosTenantUpgrade $database $tenant -ReportPath "$folder/report.md" -Confirm:$false
        $document = Get-Content -LiteralPath "$root/$_" -Raw
        $languages = if ($IsWindows) { 'powershell' } else { 'sh', 'powershell' }
        foreach ($language in $languages) {
            $block, $ofReport = foreach ($text in $document, (Get-Content -LiteralPath "$folder/report.md" -Raw)) {
                , (Get-Block $text $language).Trim().Split("`n")
            }

            $block[0..1] | Should -Be $ofReport[0..1]
            $block[5..1000] | Should -Be $ofReport[5..1000]
        }
    }

    It 'show which backups were made before the migration: <Program>' -ForEach @(
        @{ Program = 'sh'; Language = 'sh' }
        @{ Program = 'pwsh'; Language = 'powershell' }
    ) {
        $obstacle = Get-Obstacle $Program
        if ($obstacle) { Set-ItResult -Skipped -Because $obstacle }
        $store = New-MigratedStore
        $younger = (Backup-PosDatabase $store.Database).BackupPath
        Set-Content -LiteralPath "$($store.Database).backup-20991231-235959.1234.partial" 'a partial file of a killed run'
        $blocks = [regex]::Matches($page, "(?ms)^``````$Language\r?\n(.+?)^``````") | ForEach-Object { $_.Groups[1].Value }
        $block = @($blocks) -match 'createdAt' -notmatch 'moved-away'

        $run = Invoke-Block $block $Program script $store.Folder

        $run.Error | Should -BeNullOrEmpty
        $lines = @($run.Lines -match 'pos\.db\.backup')
        $lines | Should -HaveCount 2
        $lines[0] | Should -Match "^\d.*  tenant column: no  $exampleBackup$"
        $lines[1] | Should -Match "^\d.*  tenant column: yes  $(Split-Path -Leaf $younger)$"
    }
}
