# A PostgreSQL server for commands that copy to one, as the service head-office.

$postgresBin = Get-ChildItem -Path /usr/lib/postgresql/*/bin/postgres -ErrorAction Ignore | Sort-Object FullName | Select-Object -Last 1 |
    ForEach-Object DirectoryName

function Start-Postgres {
    # Returns a server, to be stopped with Stop-Postgres; nothing if there is none on this machine.
    if (-not $postgresBin) { return }
    $folder = Join-Path ([System.IO.Path]::GetTempPath()) "postenancy-pg-$([guid]::NewGuid())"
    $null = New-Item -ItemType Directory -Path $folder
    $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
    $listener.Start()
    $port = $listener.LocalEndpoint.Port
    $listener.Stop()
    $list = "$root/tests/Postgres/server.sh", $folder, $postgresBin, $port, ''
    $start = New-StartInfo -Program bash -ArgumentList $list -WorkingDirectory /
    $process = [System.Diagnostics.Process]::Start($start)
    if ($process.StandardOutput.ReadLine() -ne 'started') { throw "No PostgreSQL was started: $($process.StandardError.ReadToEnd())" }
    [pscustomobject]@{
        Process = $process; Port = $port; Log = "$folder/log"; ServiceFile = Join-Path (New-TestFolder) 'pg_service.conf'; Databases = 0
    }
}

function New-PostgresDatabase {
    # Creates an empty database, which the service head-office is from now on, and returns its name.
    param([Parameter(Mandatory)] $Server)

    $Server.Databases++
    $name = "db$($Server.Databases)"
    $null = Invoke-Psql $Server postgres "CREATE DATABASE $name"
    Set-Content -LiteralPath $Server.ServiceFile @(
        '[head-office]', 'host=127.0.0.1', "port=$($Server.Port)", "dbname=$name", 'user=postgres')
    $env:PGSERVICEFILE = $Server.ServiceFile
    $name
}

function Invoke-Psql {
    # Returns the output of psql: one row per line, columns separated by '|'.
    param([Parameter(Mandatory)] $Server, [string] $Database, [string] $Sql)

    $list = '-XqAt', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', $Server.Port, '-U', 'postgres', '-d', $Database
    $run = Invoke-Process -Program psql -ArgumentList $list -InputText $Sql
    if ($run.ExitCode) { throw "psql: $($run.Error)" }
    $run.Lines
}

function Start-Psql {
    # Starts a psql that keeps a transaction open until its input is closed.
    param([Parameter(Mandatory)] $Server, [string] $Database, [string] $Sql)

    $list = '-XqAt', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', $Server.Port, '-U', 'postgres', '-d', $Database
    $process = [System.Diagnostics.Process]::Start((New-StartInfo -Program psql -ArgumentList $list))
    $process.StandardInput.WriteLine("$Sql; SELECT 'ready';")
    $process.StandardInput.Flush()
    if ($process.StandardOutput.ReadLine() -ne 'ready') { throw "psql: $($process.StandardError.ReadToEnd())" }
    $process
}

function Stop-Postgres {
    param($Server)

    if ($Server) {
        $Server.Process.StandardInput.Close()
        $null = $Server.Process.WaitForExit(20000)
        $env:PGSERVICEFILE = $null
    }
}
