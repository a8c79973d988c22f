# Passwords of PostgreSQL: taken from where users of psql keep them, which is the witness here, and shown nowhere.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Postgres.ps1"
    $password = 's3 c''r;t=:\@/%'
    if ($postgres = Start-Postgres) {
        $target = New-PostgresDatabase $postgres
        $null = Invoke-Psql $postgres $target (
            "CREATE ROLE loader LOGIN PASSWORD '$($password -replace "'", "''")'; ALTER DATABASE $target OWNER TO loader;" +
            'GRANT CREATE ON SCHEMA public TO loader')
    }

    function New-PasswordFile {
        # Makes ~/.pgpass in a new home, and returns its path.
        param([string] $Mode)

        $file = Join-Path (New-TestFolder) .pgpass
        Set-Content -LiteralPath $file -Value "127.0.0.1:*:*:loader:$($password -replace '[\\:]', '\$0')"
        [System.IO.File]::SetUnixFileMode($file, $Mode)
        $file
    }

    function Invoke-WithEnvironment {
        # Copies in a new process with these variables, and returns the status and the error; psql is asked to connect in the same way.
        param([hashtable] $Variable, [string] $Destination)

        $before = @{}
        foreach ($name in $Variable.Keys) {
            $before[$name] = [System.Environment]::GetEnvironmentVariable($name)
            [System.Environment]::SetEnvironmentVariable($name, $Variable[$name])
        }

        try {
            $command = "`$r = Copy-PosTenant '$database' '$tenant' '$Destination' -ErrorAction SilentlyContinue 3>`$null; " +
                '"$($r.Status) $($r.Error.ErrorId)"; $r.Error.Message'
            $copy = Invoke-FreshPwsh $command
            $connection = if ($Destination -match '[=:]') { $Destination } else { "service=$Destination" }
            $psql = Invoke-Process -Program psql -ArgumentList '-XqAtw', '-d', $connection -InputText 'SELECT current_user'
            [pscustomobject]@{ Status = $copy.Lines[0]; Message = "$($copy.Lines[1..9])"; Psql = $psql }
        } finally {
            $before.Keys | ForEach-Object { [System.Environment]::SetEnvironmentVariable($_, ($before[$_] ?? [NullString]::Value)) }
        }
    }

    function Find-Secret {
        # Returns the name of each text that contains the word.
        param([string] $Word, [System.Collections.IDictionary] $In)

        foreach ($name in $In.Keys) {
            if ("$($In[$name])" -match [regex]::Escape($Word)) { $name }
        }
    }
}

AfterAll {
    Stop-Postgres $postgres
}

Describe 'A password' {
    BeforeEach {
        if (-not $postgres) { Set-ItResult -Skipped -Because 'postgresql-15 is not installed'; return }
        $database = New-Store
        $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        $connection = "host=127.0.0.1 port=$($postgres.Port) dbname=$target user=loader"
    }

    It 'comes from <From>, as for psql' -ForEach @(
        @{ From = '~/.pgpass' }
        @{ From = 'PGPASSFILE' }
        @{ From = 'PGPASSWORD' }
        @{ From = 'a service' }
        @{ From = 'an address' }
    ) {
        $file = New-PasswordFile 'UserRead, UserWrite'
        $variable, $destination = switch ($From) {
            '~/.pgpass' { @{ HOME = Split-Path $file; PGPASSWORD = '' }, $connection }
            PGPASSFILE { @{ PGPASSFILE = $file }, $connection }
            PGPASSWORD { @{ PGPASSWORD = $password }, $connection }
            'a service' {
                $services = Join-Path (New-TestFolder) services
                Set-Content -LiteralPath $services -Value (@('[loader]') + $connection.Split(' ') + "password=$password")
                @{ PGSERVICEFILE = $services }, 'loader'
            }
            'an address' {
                @{ }, "postgresql://loader:$([uri]::EscapeDataString($password) -replace "'", '%27')@127.0.0.1:$($postgres.Port)/$target"
            }
        }
        $run = Invoke-WithEnvironment $variable $destination
        $run.Message | Should -BeNullOrEmpty
        $run.Status | Should -BeIn 'Succeeded ', 'AlreadyImported '
        $run.Psql.Lines | Should -Be loader
    }

    It 'is not taken from a file that others can read, as psql does not, and the error says why' {
        $file = New-PasswordFile 'UserRead, UserWrite, GroupRead, OtherRead'
        $run = Invoke-WithEnvironment @{ HOME = Split-Path $file } $connection
        $run.Status | Should -Be 'Refused PosTenancy.TargetUnavailable'
        $run.Message | Should -Match ([regex]::Escape("the password file '$file' was not used") + '.+chmod 600')
        $run.Psql.ExitCode | Should -Not -Be 0
        $run.Psql.Error | Should -Match 'group or world access'
    }

    It 'is nowhere after a copy: <Name>' -ForEach @(
        @{ Name = 'that succeeds'; Given = 's3cretW0rd'; Expected = $null }
        @{ Name = 'with a wrong one'; Given = 'wr0ngW0rd'; Expected = 'TargetUnavailable' }
        @{ Name = 'without a database of that name'; Given = 's3cretW0rd'; Named = 'missing'; Expected = 'TargetUnavailable' }
        @{ Name = 'whose destination cannot be read'; Given = 's3cretW0rd'; Extra = ';Nonsense=1'; Expected = 'InvalidDestination' }
        @{ Name = 'that PostgreSQL refuses'; Given = 's3cretW0rd'; Schema = 'pg_mine'; Expected = 'TargetError' }
    ) {
        $null = Invoke-Psql $postgres $target (
            "DO `$`$ BEGIN CREATE ROLE teller LOGIN SUPERUSER PASSWORD 's3cretW0rd'; EXCEPTION WHEN duplicate_object THEN NULL; END `$`$;")
        $null = Invoke-Psql $postgres $target "DROP SCHEMA IF EXISTS secrets CASCADE; ALTER SYSTEM SET log_statement = 'all'"
        $null = Invoke-Psql $postgres $target 'SELECT pg_reload_conf(), pg_sleep(0.3)'
        $logged = (Get-Content -LiteralPath $postgres.Log -Raw).Length
        $folder = New-TestFolder
        $script = Join-Path $folder script.ps1
        Set-Content -LiteralPath $script @'
            $ProgressPreference = 'Continue'
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
            $null = Start-Transcript -LiteralPath "$env:FOLDER/transcript.txt"
            Import-Module $env:MODULE
            $given = @{ Path = $env:DATABASE; Destination = $env:DESTINATION; SchemaName = $env:SCHEMA }
            $all = @(Copy-PosTenant @given -TenantId * -OutputScript "$env:FOLDER/tables.sql" *>&1)
            $all += @(Get-PosTenantPlan @given *>&1)
            $all += @(Copy-PosTenant @given -TenantId * -WhatIf *>&1)
            $all += @(Copy-PosTenant @given -TenantId * *>&1)
            $all += @(Compare-PosTenant @given -TenantId caps-automotive *>&1)
            $all | Out-String -Width 500
            $all | Format-List * -Force | Out-String -Width 500
            $all | Where-Object { $_ -isnot [System.IO.FileInfo] } | ConvertTo-Json -Depth 2 -WarningAction Ignore
            $Error | ConvertTo-Json -Depth 2 -WarningAction Ignore
            $Error | Get-Error | Out-String -Width 500
            $all | ForEach-Object { [System.Management.Automation.PSSerializer]::Serialize($_, 3) }
            foreach ($record in $Error) {
                "$record $($record.ErrorDetails) $($record.TargetObject) $($record.FullyQualifiedErrorId)"
                for ($e = $record.Exception; $e; $e = $e.InnerException) {
                    "$($e.GetType()): $e $($e.Data.Keys) $($e.Data.Values) $($e | Format-List * -Force | Out-String -Width 500)"
                }
            }
            $null = Stop-Transcript
'@
        $destination = "Host=127.0.0.1;Port=$($postgres.Port);Database=$(if ($Named) { $Named } else { $target });Username=teller;" +
            "Password=$Given$Extra"
        $variables = @{
            FOLDER = $folder; MODULE = $module; DATABASE = $database; DESTINATION = $destination
            SCHEMA = if ($Schema) { $Schema } else { 'secrets' }
        }
        try {
            $variables.Keys | ForEach-Object { [System.Environment]::SetEnvironmentVariable($_, $variables[$_]) }
            $run = Invoke-Pwsh -ArgumentList '-File', $script -WorkingDirectory $folder
        } finally {
            $variables.Keys | ForEach-Object { [System.Environment]::SetEnvironmentVariable($_, [NullString]::Value) }
        }

        $places = [ordered]@{
            Output = $run.Lines -join "`n"
            Errors = $run.Error
            ServerLog = (Get-Content -LiteralPath $postgres.Log -Raw).Substring($logged)
        }
        Get-ChildItem -LiteralPath $folder, (Split-Path $database) -File | Where-Object FullName -NE $script |
            ForEach-Object { $places[$_.Name] = [System.IO.File]::ReadAllText($_.FullName) }
        if (-not $Expected) {
            $places.Copies = (Invoke-Psql $postgres $target 'SELECT c::text FROM postenancy.copies AS c') -join "`n"
            $places.Copies | Should -Match caps-automotive
            $places.Output | Should -Match Succeeded
            $places['tables.sql'] | Should -Match 'CREATE TABLE'
        } else {
            $places.Output | Should -Match "PosTenancy.$Expected"
        }

        $places['transcript.txt'] | Should -Match ($Expected ? $Expected : 'Succeeded')
        $places.Keys | Should -Contain pos.db
        Find-Secret $Given $places | Should -BeNullOrEmpty
    }
}
