# Shared by every test file: imports the module, makes stores, and reads them with the sqlite3 shell. The module is the one that
# Install-Package.ps1 installed, or that of this checkout.

$root = (Get-Item -LiteralPath "$PSScriptRoot/../..").FullName
$module = if ($env:POSTENANCY_MODULE) { $env:POSTENANCY_MODULE } else { "$root/PosTenancy.psd1" }
$moduleRoot = Split-Path $module
Import-Module $module -ErrorAction Stop

# Drawing a progress bar would be the slowest part of a test.
$ProgressPreference = 'SilentlyContinue'

# A machine without a sqlite3 shell uses the one from tests/Sqlite3.
if (-not (Get-Command -Name sqlite3 -CommandType Application -ErrorAction Ignore)) {
    $env:PATH += [System.IO.Path]::PathSeparator + (Join-Path $root 'tests/Sqlite3/bin')
}

$tenant = 'caps-automotive'
$idleProcesses = [System.Collections.Generic.List[System.Diagnostics.Process]]::new()

function Invoke-Process {
    # Runs a program to its end. Arguments are passed unchanged, without a shell.
    param([string] $Program, [string[]] $ArgumentList, [string] $InputText, [string] $WorkingDirectory)

    $process = [System.Diagnostics.Process]::Start((New-StartInfo @PSBoundParameters))
    $output = $process.StandardOutput.ReadToEndAsync()
    $errors = $process.StandardError.ReadToEndAsync()
    $process.StandardInput.Write($InputText)
    $process.StandardInput.Close()
    $process.WaitForExit()
    [pscustomobject]@{
        ExitCode = $process.ExitCode
        Lines = @($output.Result -split '\r?\n' | Where-Object Length)
        Error = $errors.Result
    }
}

function New-StartInfo {
    param([string] $Program, [string[]] $ArgumentList, [string] $InputText, [string] $WorkingDirectory)

    $start = [System.Diagnostics.ProcessStartInfo]::new($Program)
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $start.WorkingDirectory = $WorkingDirectory
    $start.Environment['NO_COLOR'] = '1'
    foreach ($argument in $ArgumentList) {
        $start.ArgumentList.Add($argument)
    }

    $start
}

function Invoke-Sqlite {
    # Returns the output of the sqlite3 shell: one row per line, columns separated by '|'.
    param([string] $Database, [string] $Sql)

    $run = Invoke-Process -Program sqlite3 -ArgumentList '-batch', '-bail', $Database -InputText $Sql
    if ($run.ExitCode) {
        throw "sqlite3: $($run.Error)"
    }

    $run.Lines
}

function Start-Sqlite {
    # Starts a sqlite3 shell that keeps a database open until the test ends it, as a running application does.
    param([string] $Database, [string] $Sql)

    $process = [System.Diagnostics.Process]::Start((New-StartInfo -Program sqlite3 -ArgumentList '-batch', '-bail', $Database))
    $idleProcesses.Add($process)
    $process.StandardInput.WriteLine("$Sql; SELECT 'ready';")
    $process.StandardInput.Flush()
    while (($line = $process.StandardOutput.ReadLine()) -ne 'ready') {
        if ($null -eq $line) {
            throw "sqlite3: $($process.StandardError.ReadToEnd())"
        }
    }

    $process
}

function Stop-SqliteLater {
    # Ends a shell that Start-Sqlite started, after a delay, without blocking the test.
    param([System.Diagnostics.Process] $Process, [int] $Milliseconds)

    $script = 'param($process, $milliseconds) Start-Sleep -Milliseconds $milliseconds; $process.StandardInput.Close()'
    $null = [powershell]::Create().AddScript($script).AddArgument($Process).AddArgument($Milliseconds).BeginInvoke()
}

function Stop-Sqlite {
    # Ends every shell that Start-Sqlite started.
    foreach ($process in $idleProcesses) {
        $process.StandardInput.Close()
        $process.WaitForExit()
    }

    $idleProcesses.Clear()
}

function Get-PwshCommand {
    # Returns the command that starts another process of the running PowerShell: its program and leading arguments.
    # As a .NET tool it runs in "dotnet", which needs the path of pwsh.dll.
    $program = (Get-Process -Id $PID).Path
    $program
    if ([System.IO.Path]::GetFileNameWithoutExtension($program) -eq 'dotnet') {
        Join-Path $PSHOME 'pwsh.dll'
    }
}

function Invoke-Pwsh {
    # Runs another PowerShell to its end.
    param([string[]] $ArgumentList, [string] $WorkingDirectory)

    $program, $arguments = @(Get-PwshCommand) + '-NoProfile' + '-NonInteractive' + $ArgumentList
    Invoke-Process -Program $program -ArgumentList $arguments -WorkingDirectory $WorkingDirectory
}

function Invoke-FreshPwsh {
    # Runs a command of the module in a new process, as a scheduled task would.
    param([string] $Command, [string] $WorkingDirectory = $root)

    Invoke-Pwsh -ArgumentList '-Command', "Import-Module '$module'; $Command" -WorkingDirectory $WorkingDirectory
}

function Invoke-InRunspace {
    # Runs a command in a new runspace and keeps every stream. -StopWhen receives each progress record; if it returns true, the command
    # is stopped as by Ctrl+C.
    param([string] $Command, [hashtable] $Arguments = @{}, [scriptblock] $StopWhen)

    $shell = [powershell]::Create()
    try {
        $null = $shell.AddScript("param([hashtable] `$a) Import-Module '$module'; $Command").AddArgument($Arguments)
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $run = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]] $null, $output)
        $seen = 0
        $stoppedAt = $null
        while ($StopWhen -and -not $stoppedAt -and -not $run.IsCompleted) {
            for (; $seen -lt $shell.Streams.Progress.Count -and -not $stoppedAt; $seen++) {
                if (& $StopWhen $shell.Streams.Progress[$seen]) {
                    $stoppedAt = $shell.Streams.Progress[$seen]
                    $shell.Stop()
                }
            }

            Start-Sleep -Milliseconds 1
        }

        if (-not $stoppedAt) {
            $shell.EndInvoke($run)
        }

        [pscustomobject]@{
            State = $shell.InvocationStateInfo.State
            Output = @($output)
            Progress = @($shell.Streams.Progress)
            Verbose = @($shell.Streams.Verbose.Message)
            Errors = @($shell.Streams.Error)
            StoppedAt = $stoppedAt
        }
    } finally {
        $shell.Dispose()
    }
}

function New-LossyScript {
    # A script that migrates as the plan would, and deletes a product that only some stores have.
    param([string] $Database)

    $script = Join-Path (New-TestFolder) '008_add_tenant_id.sql'
    $statements = (Get-PosTenantPlan $Database $tenant).Sql + "DELETE FROM products WHERE sku = 'BAD'"
    Set-Content -LiteralPath $script -Value $statements.ForEach({ "$_;" })
    $script
}

function New-TestFolder {
    (New-Item -ItemType Directory -Path (Join-Path $TestDrive ([guid]::NewGuid().ToString('N')))).FullName
}

function New-Store {
    # Copies the sample store to a new folder and returns the path of the database. The sqlite3 shell makes the original once per file.
    param([string[]] $Name = 'pos.db', [string] $Sql)

    $sample = Join-Path $TestDrive 'sample-store.db'
    if (-not [System.IO.File]::Exists($sample)) {
        $scripts = foreach ($file in 'schema.sql', 'seed.sql') { [System.IO.File]::ReadAllText("$root/samples/pos-store/$file") }
        $null = Invoke-Sqlite $sample "BEGIN; $scripts COMMIT;"
    }

    $folder = New-TestFolder
    foreach ($file in $Name) {
        $path = Join-Path $folder $file
        [System.IO.File]::Copy($sample, $path)
        if ($Sql) {
            $null = Invoke-Sqlite $path $Sql
        }

        $path
    }
}

function New-CrashedStore {
    # Makes a store in WAL mode as a crash leaves it: one customer is only in the log, and the writing process has ended.
    $database = New-Store -Sql 'PRAGMA journal_mode = WAL'
    $null = Start-Sqlite $database "INSERT INTO customers (id, name) VALUES ('c1', 'Ada')"
    $folder = New-TestFolder
    foreach ($file in 'pos.db', 'pos.db-wal') {
        [System.IO.File]::Copy("$(Split-Path $database)/$file", "$folder/$file")
    }

    Stop-Sqlite
    Join-Path $folder 'pos.db'
}

function Get-Sha256 {
    # Also hashes a file that another process has open, which Get-FileHash cannot read on Windows.
    param([string] $Path)

    $file = [System.IO.FileStream]::new((Resolve-Path -LiteralPath $Path).ProviderPath, 'Open', 'Read', 'ReadWrite, Delete')
    try {
        (Get-FileHash -InputStream $file -Algorithm SHA256).Hash.ToLowerInvariant()
    } finally {
        $file.Dispose()
    }
}

function Get-FolderState {
    # Returns every observable property of a folder and its files. The folder's own time reveals a temporary file.
    param([string] $Folder)

    "$((Get-Item -LiteralPath $Folder -Force).LastWriteTimeUtc.Ticks) ."
    foreach ($item in Get-ChildItem -LiteralPath $Folder -Recurse -Force | Sort-Object FullName) {
        $content = if ($item.PSIsContainer) { 'folder' } else { "$($item.Length) $(Get-Sha256 $item.FullName)" }
        "$($item.LastWriteTimeUtc.Ticks) $($item.FullName.Substring($Folder.Length)) $content $($item.UnixFileMode)"
    }
}

function Get-StoredTenant {
    # Returns every tenant that the sqlite3 shell finds in a table.
    param([string] $Database, [string] $Table = 'users')

    Invoke-Sqlite $Database "SELECT DISTINCT tenant_id FROM `"$Table`""
}

function Get-ResultType {
    # Returns types of the engine by name, and every type of the engine that their properties contain.
    param([string[]] $Name)

    $assembly = (Get-PosTenantPlan (New-Store))[0].GetType().Assembly
    $types = [System.Collections.Generic.HashSet[type]]::new()
    $open = [System.Collections.Generic.Queue[type]]::new()
    $Name | ForEach-Object { $open.Enqueue($assembly.GetType("PosTenancy.$_", $true)) }
    while ($open.Count) {
        $type = $open.Dequeue()
        if ($type.IsGenericType -or $type.IsArray) {
            $type.GetGenericArguments() | ForEach-Object { $open.Enqueue($_) }
        } elseif ($type.Assembly -eq $assembly -and $types.Add($type) -and -not $type.IsEnum) {
            $type.GetProperties() | ForEach-Object { $open.Enqueue($_.PropertyType) }
        }
    }

    $types
}

function Copy-ByWire {
    # Returns objects as they arrive over remoting, or after that over a further connection.
    param($InputObject, [int] $Hops = 1)

    for (; $Hops -gt 0; $Hops--) {
        $wire = [System.Management.Automation.PSSerializer]::Serialize($InputObject)
        $InputObject = [System.Management.Automation.PSSerializer]::Deserialize($wire)
    }

    $InputObject
}
