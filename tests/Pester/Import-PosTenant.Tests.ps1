# Stores are brought into the database of another one.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    # A smaller schema than that of the sample store, with integer keys that collide always.
    $schema = @'
        CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        CREATE TABLE sales (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), receipt TEXT);
        CREATE TABLE notes (kind TEXT, ref_id INTEGER);
        CREATE VIEW names AS SELECT name FROM customers;
'@

    function New-Headquarters {
        # A database with one tenant, and files for further ones, in one folder: returns their full paths.
        param([string[]] $Source, [string] $Sql)

        $folder = New-TestFolder
        $database = Join-Path $folder 'hq.db'
        $null = Invoke-Sqlite $database "$schema INSERT INTO customers VALUES (1, 'Ada'); INSERT INTO sales VALUES (1, 1, 'R1');"
        (Invoke-PosTenantUpgrade $database hq -Confirm:$false).Status | Should -Be Succeeded
        $database
        foreach ($name in $Source) {
            $path = Join-Path $folder "$name.db"
            $null = Invoke-Sqlite $path "$schema INSERT INTO customers VALUES (1, 'Bo $name'), (5, 'Cy $name');
                INSERT INTO sales VALUES (1, 5, 'R1'), (2, 1, 'R2'); $Sql"
            $path
        }
    }

    function Get-Customers {
        param([string] $Database)

        Invoke-Sqlite $Database 'SELECT tenant_id, name FROM customers ORDER BY 1, 2'
    }

    function Get-NewFile {
        # The names of files that are neither the database nor backups nor sources.
        param([string] $Database)

        (Get-ChildItem -LiteralPath (Split-Path $Database) -Force).Name |
            Where-Object { $_ -notmatch '^\w+\.db$|\.backup-[\d-]+(\.json)?$' }
    }

    $quiet = @{ Confirm = $false; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failures'; WarningAction = 'SilentlyContinue' }
}

AfterAll {
    Stop-Sqlite
}

Describe 'Import-PosTenant' {
    It 'takes the rows of a CSV file as one run: one backup, and one result for each, in their order' {
        $database, $sources = New-Headquarters north, south, east
        $folder = Split-Path $database
        $backups = @(Get-ChildItem -LiteralPath $folder -Filter '*.backup-*').Count
        Set-Content -LiteralPath "$folder/stores.csv" 'SourcePath,TenantId,Town', 'south.db,south,S', 'north.db,north,N', 'east.db,east,E'
        Push-Location -LiteralPath $folder
        try {
            $results = Import-Csv stores.csv | Import-PosTenant hq.db @quiet
        } finally {
            Pop-Location
        }

        $failures | Should -BeNullOrEmpty
        $results.Status | Should -Be Succeeded, Succeeded, Succeeded
        $results.TenantId | Should -Be south, north, east
        $results.SourcePath | Should -Be $sources[1], $sources[0], $sources[2]
        $results.Path | Select-Object -Unique | Should -Be $database
        $results.Backup.BackupPath | Select-Object -Unique | Should -HaveCount 1
        @(Get-ChildItem -LiteralPath $folder -Filter '*.backup-*').Count | Should -Be ($backups + 2) -Because 'one backup and its manifest'
        $results.KeyMapPath | Select-Object -Unique | Should -HaveCount 3
        Get-Customers $database | Should -Be 'east|Bo east', 'east|Cy east', 'hq|Ada', 'north|Bo north', 'north|Cy north',
            'south|Bo south', 'south|Cy south'
        Invoke-Sqlite $database "SELECT c.name FROM sales AS s JOIN customers AS c ON c.id = s.customer_id WHERE s.receipt = 'R1'
            ORDER BY 1" | Should -Be Ada, 'Cy east', 'Cy north', 'Cy south'
    }

    It 'refuses a source that does not fit by name, and imports the others; run again, it writes nothing for them' {
        $database, $north, $south = New-Headquarters north, south
        $null = Invoke-Sqlite $south 'ALTER TABLE customers ADD COLUMN extra'
        $rows = [pscustomobject]@{ SourcePath = $south; TenantId = 'south' }, [pscustomobject]@{ SourcePath = $north; TenantId = 'north' }
        $results = $rows | Import-PosTenant $database @quiet
        $results.Status | Should -Be Refused, Succeeded
        $failures.FullyQualifiedErrorId | Should -Be 'PosTenancy.SchemaMismatch,PosTenancy.Commands.ImportPosTenantCommand'
        $failures[0].TargetObject | Should -Be $south
        $failures[0].CategoryInfo.Category | Should -Be InvalidData

        $bytes = Get-Sha256 $database
        $null = Invoke-Sqlite $south 'ALTER TABLE customers DROP COLUMN extra'
        $again = $rows | Import-PosTenant $database @quiet
        $again.Status | Should -Be Succeeded, AlreadyImported
        Get-Sha256 $database | Should -Not -Be $bytes
        $again[1].KeyMapPath | Should -Be $results[1].KeyMapPath
        ($rows | Import-PosTenant $database @quiet).IsDone | Should -Be $true, $true
    }

    It 'shows the same warning once for all sources, and the same error' {
        $database, $sources = New-Headquarters north, south
        $rows = foreach ($source in $sources) { [pscustomobject]@{ SourcePath = $source; TenantId = (Get-Item $source).BaseName } }
        $results = $rows | Import-PosTenant $database -Confirm:$false -WarningVariable warnings -WarningAction SilentlyContinue
        $results.Warnings | Should -HaveCount 2
        $warnings | Should -HaveCount 1
        "$warnings" | Should -BeLike 'The view names shows the rows of every tenant of customers*'

        $null = Start-Sqlite $database 'SELECT * FROM customers'
        try {
            $results = $rows | Import-PosTenant $database @quiet -LockTimeout 0
        } finally {
            Stop-Sqlite
        }

        $results.Status | Should -Be Refused, Refused
        $results.Error.ErrorId | Should -Be PosTenancy.DatabaseInUse, PosTenancy.DatabaseInUse
        $failures | Should -HaveCount 1
        $failures[0].TargetObject | Should -Be $database
    }

    It 'with -WhatIf lists the rows of each table, names what it would refuse, and changes no byte' {
        $database, $north, $south = New-Headquarters north, south
        $null = Invoke-Sqlite $south 'ALTER TABLE customers ADD COLUMN extra'
        $rows = "'SourcePath,TenantId', '$north,north', '$south,south' | ConvertFrom-Csv"
        $state = Get-FolderState (Split-Path $database)
        $run = Invoke-FreshPwsh "$rows | Import-PosTenant '$database' -WhatIf -ReportPath '$(Split-Path $database)/new.md'"
        Get-FolderState (Split-Path $database) | Should -Be $state
        $text = $run.Lines -join ' '
        $text | Should -BeLike "*What if:*Import 4 rows of '$north' as tenant 'north'*customers 2 (keys +5), sales 2 (keys +2)*"
        ($run.Lines -match 'What if:').Count | Should -Be 1
        $run.Error | Should -BeLike '*column extra*'
        $run.ExitCode | Should -Be 1
    }

    It 'writes a report of what it did, and names it in every result: <_>' -ForEach 'import.md', 'import.html', 'import.json', 'reports' {
        $database, $north, $south = New-Headquarters north, south
        Set-Content -LiteralPath $south 'no database'
        $path = Join-Path (Split-Path $database) $_
        $rows = [pscustomobject]@{ SourcePath = $north; TenantId = 'north' }, [pscustomobject]@{ SourcePath = $south; TenantId = 'south' }
        $results = $rows | Import-PosTenant $database @quiet -ReportPath $path
        $results.ReportPath | Select-Object -Unique | Should -HaveCount 1
        $results[0].ReportPath | Should -BeLike "$path*"
        $report = Get-Content -LiteralPath $results[0].ReportPath -Raw
        $report | Should -Match 'PosTenancy\.NotADatabase'
        $report | Should -Match (Get-Sha256 $results[0].Backup.BackupPath)
        if ($_ -like '*.json') {
            $json = $report | ConvertFrom-Json
            $json.sources.status | Should -Be Succeeded, Refused
            $json.sources[0].rowsImported | Should -Be 4
            $json.provedBy | Should -Be Twin
        }
    }

    It 'writes a report of each database, and also if everything is refused' {
        $database, $north = New-Headquarters north
        $other = Join-Path (Split-Path $database) other.db
        Copy-Item -LiteralPath $database -Destination $other
        $report = Join-Path (Split-Path $database) all.json
        $rows = [pscustomobject]@{ Path = $database; SourcePath = $north; TenantId = 'hq' },
            [pscustomobject]@{ Path = $other; SourcePath = $north; TenantId = 'north' }
        $results = $rows | Import-PosTenant @quiet -ReportPath $report
        $results.Status | Should -Be Refused, Succeeded
        $results.ReportPath | Should -Be $report, ($report -replace '\.json$', '-2.json')
        (Get-Content -LiteralPath $report -Raw | ConvertFrom-Json).sources[0].error.errorId | Should -Be PosTenancy.TenantExists
    }

    It 'refuses a -ReportPath that cannot be one before anything runs' {
        $database, $north = New-Headquarters north
        $state = Get-FolderState (Split-Path $database)
        { Import-PosTenant $database $north north -ReportPath "$database.txt" -Confirm:$false } |
            Should -Throw -ErrorId 'PosTenancy.InvalidReportPath*'
        Get-FolderState (Split-Path $database) | Should -Be $state
    }

    It 'imports although the report cannot be written over a source, and says so' {
        $database, $north = New-Headquarters north
        $source = $north -replace 'north\.db$', 'north.md'
        Move-Item -LiteralPath $north -Destination $source
        $bytes = Get-Sha256 $source
        $result = Import-PosTenant $database $source north @quiet -ReportPath $source
        $result.Status | Should -Be Succeeded
        $result.ReportPath | Should -BeNullOrEmpty
        $failures.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.InvalidReportPath,*'
        Get-Sha256 $source | Should -Be $bytes
    }

    It 'takes -KeyMap as <Text>' -ForEach @(
        @{ Text = 'a hashtable'; KeyMap = { @{ 'notes.ref_id' = @{ Type = 'kind'; customer = 'customers' } } } }
        @{ Text = 'the path of a JSON file'; KeyMap = { 'keys.json' } }
        @{ Text = 'a path in a column of a CSV file'; KeyMap = { 'keys.json' }; IsColumn = $true }
    ) {
        $database, $north = New-Headquarters north -Sql "INSERT INTO notes VALUES ('customer', 1), ('weather', 1)"
        $folder = Split-Path $database
        Set-Content -LiteralPath "$folder/keys.json" '{ "notes.ref_id": { "Type": "kind", "customer": "customers" } }'
        Push-Location -LiteralPath $folder
        try {
            $keys = & $KeyMap
            $result = if ($IsColumn) {
                "SourcePath,TenantId,KeyMap`nnorth.db,north,$keys" | ConvertFrom-Csv | Import-PosTenant hq.db @quiet
            } else {
                Import-PosTenant hq.db north.db north -KeyMap $keys @quiet
            }
        } finally {
            Pop-Location
        }

        $result.Status | Should -Be Succeeded -Because $result.Error
        Invoke-Sqlite $database "SELECT n.kind, n.ref_id = c.id FROM notes AS n, customers AS c WHERE c.name = 'Bo north' ORDER BY 1" |
            Should -Be 'customer|1', 'weather|0'
    }

    It 'ends at a -KeyMap that cannot be read, and only refuses its row in a pipeline: <Text>' -ForEach @(
        @{ Text = 'a number'; KeyMap = 7 }
        @{ Text = 'a file that does not exist'; KeyMap = 'missing.json' }
        @{ Text = 'a name without a column'; KeyMap = @{ customers = 'Key' } }
        @{ Text = 'words without a type column'; KeyMap = @{ 'notes.ref_id' = @{ customer = 'customers' } } }
    ) {
        $database, $north, $south = New-Headquarters north, south
        $bytes = Get-Sha256 $database
        { Import-PosTenant $database $north north -KeyMap $KeyMap -Confirm:$false } | Should -Throw -ErrorId 'PosTenancy.KeyMapInvalid*'
        Get-Sha256 $database | Should -Be $bytes
        $rows = [pscustomobject]@{ SourcePath = $north; TenantId = 'north'; KeyMap = $KeyMap },
            [pscustomobject]@{ SourcePath = $south; TenantId = 'south'; KeyMap = $null }
        $results = $rows | Import-PosTenant $database @quiet
        $results.TenantId | Should -Be south
        $failures.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.KeyMapInvalid,*'
    }

    It 'ends at an empty tenant, and only refuses its row in a pipeline' {
        $database, $north, $south = New-Headquarters north, south
        { Import-PosTenant $database $north '' -Confirm:$false } | Should -Throw -ErrorId 'PosTenancy.InvalidTenantId*'
        $rows = [pscustomobject]@{ SourcePath = $north; TenantId = '' }, [pscustomobject]@{ SourcePath = $south; TenantId = 'south' }
        ($rows | Import-PosTenant $database @quiet).TenantId | Should -Be south
        $failures.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.InvalidTenantId,*'
    }

    It 'takes files from the pipeline, with a tenant that is computed for each' {
        $database, $sources = New-Headquarters north, south
        $results = Get-Item $sources | Import-PosTenant -Path $database -TenantId { $_.BaseName } @quiet
        $results.TenantId | Should -Be north, south
        $results.Status | Should -Be Succeeded, Succeeded
    }

    It 'takes the result of Export-PosTenant' {
        $database, $north, $south = New-Headquarters north, south
        $other = Join-Path (Split-Path $database) other.db
        Copy-Item -LiteralPath $database -Destination $other
        (Import-PosTenant $database $north north @quiet).Status | Should -Be Succeeded
        $result = Export-PosTenant $database north | Import-PosTenant $other @quiet
        $result.Status | Should -Be Succeeded -Because $result.Error
        $result.TenantId | Should -Be north
        Get-Customers $other | Should -Be 'hq|Ada', 'north|Bo north', 'north|Cy north'
        Compare-PosTenant $other north -With $result.SourcePath -Quiet | Should -BeTrue
    }

    It 'takes a database whose name has brackets, by -LiteralPath and as a source' {
        $database, $north = New-Headquarters north
        $hq = (Join-Path (Split-Path $database) 'hq[1].db'), (Join-Path (Split-Path $database) 'north[2].db')
        Move-Item -LiteralPath $database -Destination $hq[0]
        Move-Item -LiteralPath $north -Destination $hq[1]
        (Import-PosTenant -LiteralPath $hq[0] -SourcePath $hq[1] -TenantId north @quiet).Status | Should -Be Succeeded
    }

    It 'gives a result that reads as words: in JSON, in CSV, and over remoting' {
        $database, $north = New-Headquarters north
        $result = Import-PosTenant $database $north north @quiet
        $json = $result | ConvertTo-Json -WarningAction Ignore | ConvertFrom-Json
        $json.Status | Should -BeExactly Succeeded
        $json.ProvedBy | Should -BeExactly Twin
        $csv = $result | ConvertTo-Csv | ConvertFrom-Csv
        $csv.Tables | Should -Be 'customers 2 (keys +5); sales 2 (keys +2); notes 0'
        $csv.Checks | Should -BeLike 'TenantEqualsSource: Passed; *'
        $csv.Backup | Should -Be $result.Backup.BackupPath
        "$($csv.PSObject.Properties.Value)" | Should -Not -Match 'PosTenancy\.\w+\[|System\.\w'
        $arrived = Copy-ByWire $result
        $arrived.Status | Should -BeExactly Succeeded
        $arrived.StartedAt | Should -Be $result.StartedAt
        $arrived.Tables[0].Rule | Should -Be '+5'
        $arrived.Checks.Status | Should -Be $result.Checks.Status
        $arrived.Rehearsal.Checks[0].Duration | Should -BeOfType timespan
    }

    It 'says in the progress bar what it does with the live file, and no verbose line twice' {
        $database, $sources = New-Headquarters north, south
        $run = Invoke-InRunspace '$a.Sources | Import-PosTenant $a.Path -Confirm:$false -Verbose' @{
            Path = $database
            Sources = @(foreach ($s in $sources) { [pscustomobject]@{ SourcePath = $s; TenantId = (Get-Item $s).BaseName } })
        }
        $run.Errors | Should -BeNullOrEmpty
        $run.Progress.Activity | Should -Contain 'Step 4 of 5: importing into hq.db'
        $run.Verbose | Group-Object | Where-Object Count -GT 1 | Should -BeNullOrEmpty
    }
}

Describe 'A source of Import-PosTenant' {
    It 'that <Text> is refused, and changes nothing' -ForEach @(
        @{ Text = 'does not exist'; Source = { 'nowhere.db' }; Id = 'FileNotFound' }
        @{ Text = 'is a pattern'; Source = { '*.db' }; Id = 'FileNotFound' }
        @{ Text = 'is a folder'; Source = { $null = New-Item -ItemType Directory f; 'f' }; Id = 'PathIsFolder' }
        @{ Text = 'is the database itself'; Source = { 'hq.db' }; Id = 'SourceInvalid' }
        @{
            Text = 'is the database by another name'
            Source = { $null = New-Item -ItemType SymbolicLink l.db -Target hq.db; 'l.db' }
            Id = 'SourceInvalid'
        }
        @{ Text = 'is empty'; Source = { $null = New-Item empty.db; 'empty.db' }; Id = 'EmptyFile' }
        @{ Text = 'is a text'; Source = { Set-Content text.db 'customers'; 'text.db' }; Id = 'NotADatabase' }
        @{
            Text = 'looks encrypted'
            Source = {
                $bytes = [byte[]]::new(40960)
                [System.Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($bytes)
                [System.IO.File]::WriteAllBytes("$PWD/e.db", $bytes)
                'e.db'
            }
            Id = 'DatabaseEncrypted'
        }
        @{
            Text = 'is truncated'
            Source = {
                $bytes = [System.IO.File]::ReadAllBytes("$PWD/north.db")
                [System.IO.File]::WriteAllBytes("$PWD/t.db", $bytes[0..($bytes.Length - 4097)])
                't.db'
            }
            Id = 'DatabaseTruncated'
        }
        @{
            Text = 'is damaged'
            Source = {
                $bytes = [System.IO.File]::ReadAllBytes("$PWD/north.db")
                for ($i = 4096; $i -lt $bytes.Length; $i++) { $bytes[$i] = 0x55 }
                [System.IO.File]::WriteAllBytes("$PWD/d.db", $bytes)
                'd.db'
            }
            Id = 'DatabaseCorrupt'
        }
        @{ Text = 'has no such tenant'; Source = { 'hq2.db' }; Id = 'SourceInvalid' }
    ) {
        $database, $north = New-Headquarters north
        $folder = Split-Path $database
        Copy-Item -LiteralPath $database -Destination "$folder/hq2.db"
        Push-Location -LiteralPath $folder
        try {
            $path = & $Source
            $bytes = Get-Sha256 $database
            $result = Import-PosTenant hq.db $path new @quiet -SourceTenantId $(if ($path -eq 'hq2.db') { 'west' })
        } finally {
            Pop-Location
        }

        $failures.FullyQualifiedErrorId | Should -BeLike "PosTenancy.$Id,*"
        $result.Status | Should -Be Refused
        $result.Error.ErrorId | Should -Be "PosTenancy.$Id"
        Get-Sha256 $database | Should -Be $bytes
        Get-ChildItem -LiteralPath $folder -Force -Filter '*keymap*' | Should -BeNullOrEmpty
    }

    It 'of another provider is refused' {
        $database = New-Headquarters
        $result = Import-PosTenant $database env:PATH new @quiet
        $result | Should -BeNullOrEmpty
        $failures.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.InvalidPath,*'
    }

    It 'that another process is writing to is waited for, as long as -LockTimeout says' {
        $database, $north = New-Headquarters north
        $process = Start-Sqlite $north "BEGIN EXCLUSIVE; INSERT INTO customers VALUES (9, 'late')"
        $result = Import-PosTenant $database $north north @quiet -LockTimeout 0
        $result.Error.ErrorId | Should -Match '^PosTenancy\.Database(Locked|InUse)$'
        $failures[0].CategoryInfo.Category | Should -Be ResourceBusy

        Stop-SqliteLater $process 500
        $result = Import-PosTenant $database $north north @quiet -LockTimeout 30
        $result.Status | Should -Be Succeeded -Because $result.Error
        Get-Customers $database | Should -Be 'hq|Ada', 'north|Bo north', 'north|Cy north'
    }

    It 'that is read-only, in a read-only folder, is imported' {
        if ($IsWindows -or (id -u) -eq 0) { Set-ItResult -Skipped -Because 'this account may write everywhere, or modes do not exist' }
        $database, $north = New-Headquarters north
        $folder = New-TestFolder
        Move-Item -LiteralPath $north -Destination "$folder/north.db"
        chmod 444 "$folder/north.db"
        chmod 555 $folder
        try {
            (Import-PosTenant $database "$folder/north.db" north @quiet).Status | Should -Be Succeeded
        } finally {
            chmod 755 $folder
        }
    }
}

Describe 'The database of Import-PosTenant' {
    It 'in a folder that cannot be written to is refused' {
        if ($IsWindows -or (id -u) -eq 0) { Set-ItResult -Skipped -Because 'this account may write everywhere, or modes do not exist' }
        $database, $north = New-Headquarters north
        $folder = Split-Path $database
        chmod 555 $folder
        try {
            $result = Import-PosTenant $database $north north @quiet
        } finally {
            chmod 755 $folder
        }

        $result.Status | Should -Be Refused
        $failures.FullyQualifiedErrorId | Should -Match '^PosTenancy\.(ReadOnly|AccessDenied|DestinationNotWritable),'
        Get-Customers $database | Should -Be 'hq|Ada'
    }

    It 'that was not migrated, or does not exist, takes nothing' {
        $database, $north, $south = New-Headquarters north, south
        (Import-PosTenant $south $north north @quiet).Error.ErrorId | Should -Be PosTenancy.NotMigrated
        (Import-PosTenant "$south.no" $north north @quiet).Error.ErrorId | Should -Be PosTenancy.FileNotFound
        Import-PosTenant "$south.no*" $north north @quiet | Should -BeNullOrEmpty
        $failures.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.FileNotFound,*'
    }
}

Describe 'A session of Import-PosTenant' {
    It 'that would have to ask and cannot ends with ConfirmationRequired, and has done nothing' {
        $database, $north = New-Headquarters north
        $state = Get-FolderState (Split-Path $database)
        $run = Invoke-FreshPwsh "try { Import-PosTenant '$database' '$north' north } catch { `$_.FullyQualifiedErrorId }; 'end'"
        $run.Lines[0] | Should -BeLike 'PosTenancy.ConfirmationRequired,*'
        Get-FolderState (Split-Path $database) | Should -Be $state
    }

    It 'with -Confirm:$false exits with 0, and with 1 if a source was refused' {
        $database, $north = New-Headquarters north
        $run = Invoke-FreshPwsh "Import-PosTenant '$database' '$north' north -Confirm:`$false -WarningAction Ignore | ForEach-Object Status"
        $run.Lines | Should -Be Succeeded
        $run.ExitCode | Should -Be 0
        $run = Invoke-FreshPwsh "Import-PosTenant '$database' '$north' hq -Confirm:`$false -WarningAction Ignore | ForEach-Object Status"
        $run.Lines | Should -Be Refused
        $run.ExitCode | Should -Be 1
    }

    It 'with -ErrorAction Stop ends at the first error, after every result' {
        $database, $north, $south = New-Headquarters north, south
        Set-Content -LiteralPath $north 'no database'
        $rows = [pscustomobject]@{ SourcePath = $north; TenantId = 'north' }, [pscustomobject]@{ SourcePath = $south; TenantId = 'south' }
        $seen = [System.Collections.Generic.List[object]]::new()
        { $rows | Import-PosTenant $database -Confirm:$false -ErrorAction Stop -WarningAction Ignore | ForEach-Object { $seen.Add($_) } } |
            Should -Throw -ErrorId 'PosTenancy.NotADatabase*'
        $seen.Status | Should -Be Refused, Succeeded
        Get-Customers $database | Should -Be 'hq|Ada', 'south|Bo south', 'south|Cy south'
    }

    It 'stopped by Ctrl+C <When> leaves the database as it was, no key map, and a report that says so' -ForEach @(
        @{ When = 'in the rehearsal'; Activity = 'Step 3 of 5: rehearsing hq.db' }
        @{ When = 'in the transaction on the live file'; Activity = 'Step 4 of 5: importing into hq.db' }
    ) {
        $database, $north = New-Headquarters north
        $null = Invoke-Sqlite $north "WITH n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
            INSERT INTO customers SELECT i, 'customer ' || i FROM n"
        $bytes = Get-Sha256 $database
        $report = Join-Path (Split-Path $database) report.json
        $run = Invoke-InRunspace 'Import-PosTenant $a.Path $a.Source north -Confirm:$false -ReportPath $a.Report' @{
            Path = $database
            Source = $north
            Report = $report
        } { $args[0].Activity -eq $Activity -and $args[0].StatusDescription -like 'Importing north*' }
        $run.StoppedAt | Should -Not -BeNullOrEmpty -Because 'otherwise nothing was stopped'
        $run.State | Should -Be Stopped
        $written = Get-Content -LiteralPath $report -Raw | ConvertFrom-Json
        $written.sources[0].status | Should -Be Cancelled
        $written.sources[0].error.errorId | Should -Be PosTenancy.Cancelled
        Get-Sha256 $database | Should -Be $bytes
        Get-NewFile $database | Where-Object { $_ -ne 'report.json' } | Should -Be 'hq.db.postenancy-journal'

        # The next run goes on with the backup.
        $again = Import-PosTenant $database $north north @quiet
        $again.Status | Should -Be Succeeded -Because $again.Error
        $again.Recovery | Should -BeLike '*still equals its backup, which is used again.'
        Get-NewFile $database | Where-Object { $_ -ne 'report.json' } | Should -Be (Split-Path $again.KeyMapPath -Leaf)
    }
}
