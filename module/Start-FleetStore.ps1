function Start-FleetStore {
    # Begins a step of the upgrade of a store on another machine, as a job: to copy the module there, or to upgrade. Not exported.
    param([PosTenancy.Commands.FleetItem] $Item, [hashtable] $Connection, [switch] $Rehearse)

    $machine = $Item.ComputerName
    $files = $Connection.Files
    $target = @{} + $Item.Connection
    $sessions = @($Connection.Sessions | Where-Object { $_ -and $_.ComputerName -eq $machine })
    if ($sessions) {
        # A session runs one command at a time.
        $free = @($sessions | Where-Object { -not $Connection.Busy[$_.InstanceId] })
        if (-not $free) {
            $Item.Step = 'waiting for a session'
            return
        }

        $Connection.Busy[$free[0].InstanceId] = $Item
        $target = @{ Session = $free[0] }
    }
    elseif ($target.HostName) {
        $target += $Connection.Ssh
    }
    else {
        $target += $Connection.Common
    }

    # The first store of a machine brings the module there; the others wait for it.
    $first = $Connection.First[$machine]
    if (-not $first) {
        $Connection.First[$machine] = $first = $Item
    }

    if ($first -ne $Item -and -not $Connection.Ready[$machine]) {
        $Item.Step = 'waiting for the module'
        Clear-FleetSession -Item $Item -Connection $Connection
        return
    }

    $shared = @{ Folder = "${function:Get-FleetFolder}"; Test = "${function:Test-FleetFile}" }
    if ($Item.System) {
        $Item.Step = 'copying the module'
        $package = New-FleetPackage -Files $files -System $Item.System -Edition $Item.Edition
        $Item.Job = Invoke-Command @target -AsJob -ScriptBlock $installFleetModule -ArgumentList $files.Name, $shared.Folder, $package
        return
    }

    $row = @{ Path = $Item.Path; TenantId = $Item.TenantId } + $Item.Parameters
    $script = if ($row.Script) { @{ Name = Split-Path $row.Script -Leaf; Text = [System.IO.File]::ReadAllText($row.Script) } }
    $Item.Step = 'connecting'
    $Item.Job = Invoke-Command @target -AsJob -ScriptBlock $runFleetStore -ArgumentList @(
        $files.Name, $shared, [hashtable]::new($files.Hashes), $row, $script, ([bool] $Rehearse))
}

function Clear-FleetSession {
    # Lets the next store use the session of this one.
    param([PosTenancy.Commands.FleetItem] $Item, [hashtable] $Connection)

    foreach ($id in @($Connection.Busy.Keys | Where-Object { $Connection.Busy[$_] -eq $Item })) {
        $Connection.Busy.Remove($id)
    }
}

function New-FleetPackage {
    # The files of the module that a system needs, as the bytes of a .zip.
    param([hashtable] $Files, [string] $System, [string] $Edition)

    Add-Type -AssemblyName System.IO.Compression
    $framework = if ($Edition -eq 'Desktop') { 'netstandard2.0' } else { 'net8.0' }
    $memory = [System.IO.MemoryStream]::new()
    $archive = [System.IO.Compression.ZipArchive]::new($memory, 'Create', $true)
    foreach ($name in $Files.Hashes.Keys | Where-Object { Test-FleetFile -Name $_ -System $System -Framework $framework }) {
        $stream = $archive.CreateEntry($name).Open()
        $bytes = [System.IO.File]::ReadAllBytes((Join-Path $Files.Base $name))
        $stream.Write($bytes, 0, $bytes.Length)
        $stream.Dispose()
    }

    $archive.Dispose()
    , $memory.ToArray()
}

function Test-FleetFile {
    # Whether a system needs a file of the module.
    param([string] $Name, [string] $System, [string] $Framework)

    if ($Name -notmatch '^module/bin/([^/]+)/(?:runtimes/([a-z]+)-)?') { return $true }
    $Matches[1] -eq $Framework -and (-not $Matches[2] -or $Matches[2] -eq $System)
}

function Get-FleetFolder {
    # The folder of a version of the module, on the machine that this runs on.
    param([string] $Name)

    $data = [Environment]::GetFolderPath('LocalApplicationData', 'Create')
    if (-not $data) { $data = [System.IO.Path]::GetTempPath() }
    [System.IO.Path]::Combine($data, 'PosTenancy', $Name)
}

# What runs on the other machine, in PowerShell 7 or Windows PowerShell 5.1. It knows nothing of this module before it is there, and gets
# the text of the functions that both machines need.
$installFleetModule = {
    param([string] $Name, [string] $Folder, [byte[]] $Package)

    $ErrorActionPreference = 'Stop'
    $folder = & ([scriptblock]::Create($Folder)) $Name
    $new = "$folder.$([guid]::NewGuid().ToString('N'))"
    Add-Type -AssemblyName System.IO.Compression
    $archive = [System.IO.Compression.ZipArchive]::new([System.IO.MemoryStream]::new($Package))
    foreach ($entry in $archive.Entries) {
        $path = [System.IO.Path]::Combine($new, $entry.FullName)
        $null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($path))
        $source = $entry.Open()
        $target = [System.IO.File]::Create($path)
        $source.CopyTo($target)
        $target.Dispose()
        $source.Dispose()
    }

    # The folder is complete or absent. One that has other bytes was damaged.
    if ([System.IO.Directory]::Exists($folder)) { [System.IO.Directory]::Move($folder, "$new.old") }
    [System.IO.Directory]::Move($new, $folder)
    if ([System.IO.Directory]::Exists("$new.old")) { Remove-Item -LiteralPath "$new.old" -Recurse -Force -ErrorAction Ignore }
}

$runFleetStore = {
    param([string] $Name, [hashtable] $Shared, [hashtable] $Hashes, [hashtable] $Row, $Script, [bool] $Rehearses)

    $ErrorActionPreference = 'Stop'
    $system = if ($IsLinux) { 'linux' } elseif ($IsMacOS) { 'osx' } else { 'win' }
    $framework = if ($PSVersionTable.PSEdition -eq 'Core') { 'net8.0' } else { 'netstandard2.0' }
    $folder = & ([scriptblock]::Create($Shared.Folder)) $Name
    $isNeeded = [scriptblock]::Create($Shared.Test)
    foreach ($file in $Hashes.Keys) {
        if (& $isNeeded -Name $file -System $system -Framework $framework) {
            $path = [System.IO.Path]::Combine($folder, $file)
            if (-not [System.IO.File]::Exists($path) -or (Get-FileHash -LiteralPath $path -Algorithm SHA256).Hash -ne $Hashes[$file]) {
                return @{ System = $system; Edition = "$($PSVersionTable.PSEdition)" }
            }
        }
    }

    # A session may have another copy, and two copies cannot be loaded.
    Get-Module -Name PosTenancy | Where-Object ModuleBase -NE $folder | Remove-Module
    Import-Module ([System.IO.Path]::Combine($folder, 'PosTenancy.psd1'))
    $temporary = [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), "postenancy-$([guid]::NewGuid().ToString('N'))")
    $null = [System.IO.Directory]::CreateDirectory($temporary)
    try {
        if ($Script) {
            $Row.Script = [System.IO.Path]::Combine($temporary, $Script.Name)
            [System.IO.File]::WriteAllText($Row.Script, $Script.Text)
        }

        # The same command for one store: it waits for a run that is still at work. Its error is in the result.
        $result = [pscustomobject] $Row |
            Invoke-PosFleetUpgrade -Rehearse:$Rehearses -Confirm:$false -MaxFailure 1 -ErrorAction SilentlyContinue
        $report = [System.IO.Path]::Combine($temporary, 'result.json')
        $null = $result.Upgrade | Export-PosTenantReport -ReportPath $report
        $manifest = if ($result.Upgrade.Backup) { [System.IO.File]::ReadAllText($result.Upgrade.Backup.ManifestPath) }
        @{ Report = [System.IO.File]::ReadAllText($report); Manifest = $manifest }
    } finally {
        Remove-Item -LiteralPath $temporary -Recurse -Force -ErrorAction Ignore
    }
}

$askFleetStore = {
    param([string] $Name, [string] $Folder, [string] $Path, [string] $TenantId)

    $ErrorActionPreference = 'Stop'
    $manifest = [System.IO.Path]::Combine((& ([scriptblock]::Create($Folder)) $Name), 'PosTenancy.psd1')
    if (-not [System.IO.File]::Exists($manifest)) {
        return @{ IsMigrated = $false }
    }

    Import-Module $manifest
    $plan = Get-PosTenantPlan -LiteralPath $Path -TenantId $TenantId -WarningAction SilentlyContinue
    @{ IsMigrated = -not ($plan | Where-Object { "$($_.Action)" -notin 'None', 'Skip' }) }
}
