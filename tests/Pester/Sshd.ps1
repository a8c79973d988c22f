# Dot-sourced after Common.ps1 by tests that need other machines: SSH servers on loopback, each with its own port, keys and home folder, as
# the current user. No service of the system is used or changed. Names such as store1 lead to them, through an ssh with a configuration
# of its own, first in PATH.

$sshServers = [System.Collections.Generic.List[object]]::new()
$sshClient = @{ PathBefore = $env:PATH; Folder = $null }

function Get-SshdProblem {
    # Returns why no server can be started here; nothing if one can.
    if ($IsWindows) {
        'these tests start an sshd of Linux or macOS'
    } else {
        foreach ($program in 'ssh', 'ssh-keygen') {
            if (-not (Get-Command -Name $program -CommandType Application -ErrorAction Ignore)) { "no $program exists" }
        }

        if (-not (Get-SshdPath)) { 'no sshd exists' }
    }
}

function Get-SshdPath {
    # Returns the full path of sshd, without which it does not start. Other users than root do not have its folder in PATH.
    'sshd', '/usr/sbin/sshd', '/usr/local/sbin/sshd' |
        ForEach-Object { Get-Command -Name $_ -CommandType Application -ErrorAction Ignore } | Select-Object -First 1 -ExpandProperty Source
}

function Start-Sshd {
    # Starts a server for each name and returns what a connection needs: HostName, UserName, Port, KeyFilePath; also the server's folder,
    # home folder and process.
    param([string[]] $HostName)

    if (-not $sshClient.Folder) {
        New-SshClient
    }

    foreach ($name in $HostName) {
        $folder = "$($sshClient.Folder)/$name"
        $null = New-Item -ItemType Directory -Path $folder, "$folder/home", "$folder/temp"
        New-SshKey "$folder/hostkey"
        New-SubsystemScript "$folder/powershell" "$folder/home" "$folder/temp"
        $port = Get-FreePort
        Set-Content -LiteralPath "$folder/sshd_config" -Value @(
            "ListenAddress 127.0.0.1:$port"
            "HostKey $folder/hostkey"
            "AuthorizedKeysFile $($sshClient.Folder)/key.pub"
            "PidFile $folder/sshd.pid"
            "Subsystem powershell $folder/powershell"
            'PermitRootLogin prohibit-password'
            'PasswordAuthentication no'
            'KbdInteractiveAuthentication no'
            'StrictModes no'  # Every user can write to the parent of a folder for temporary files.
            'UsePAM no'
            'MaxStartups 100'  # Tests open many connections at once, and the default of 10 drops some.
            'LogLevel VERBOSE'
        )
        Add-Content -LiteralPath "$($sshClient.Folder)/ssh_config" -Value "Host $name`n  HostKeyAlias $name"
        Add-Content -LiteralPath "$($sshClient.Folder)/known_hosts" -Value "$name $(Get-Content -LiteralPath "$folder/hostkey.pub")"
        $server = [pscustomobject]@{
            HostName = $name; UserName = [System.Environment]::UserName; Port = $port; KeyFilePath = "$($sshClient.Folder)/key"
            Folder = $folder; HomePath = "$folder/home"; Process = $null
        }
        $sshServers.Add($server)
        Restart-Sshd $server
        $server
    }
}

function Restart-Sshd {
    # Starts a server that was stopped, on its port and with its keys.
    param($Server)

    $arguments = '-D', '-f', "$($Server.Folder)/sshd_config", '-E', "$($Server.Folder)/sshd.log"
    $Server.Process = [System.Diagnostics.Process]::Start((New-StartInfo -Program (Get-SshdPath) -ArgumentList $arguments))
    $limit = [datetime]::UtcNow.AddSeconds(20)
    for (;;) {
        $client = [System.Net.Sockets.TcpClient]::new()
        try {
            $client.Connect('127.0.0.1', $Server.Port)
            return
        } catch [System.Net.Sockets.SocketException] {
            if ($Server.Process.HasExited -or [datetime]::UtcNow -gt $limit) {
                throw "sshd did not start: $(Get-Content -LiteralPath "$($Server.Folder)/sshd.log" -ErrorAction Ignore)"
            }
        } finally {
            $client.Dispose()
        }

        Start-Sleep -Milliseconds 20
    }
}

function Stop-Sshd {
    # Stops servers with all that runs on them, as a power cut does; without -Server, all of them. With -ConnectionOnly their connections
    # break, and PowerShell at their ends is left alone.
    param([object[]] $Server, [switch] $ConnectionOnly)

    foreach ($each in $(if ($Server) { $Server } else { @($sshServers) })) {
        if ($ConnectionOnly) {
            # All are listed before the first ends: the children of a process that has ended are no longer found.
            $processes = @(Get-SshdProcess $each.Process)
            $processes | ForEach-Object { $_.Kill(); $_.WaitForExit() }
        } elseif (-not $each.Process.HasExited) {
            $each.Process.Kill($true)
            $each.Process.WaitForExit()
        }
    }

    if (-not $Server) {
        $sshServers.Clear()
        $sshClient.Folder = $null
        $env:PATH = $sshClient.PathBefore
    }
}

function Get-SshdProcess {
    # Returns a server and the sshd processes of its connections.
    param([System.Diagnostics.Process] $Process)

    $Process
    Get-Process -Name sshd*, sshd-session -ErrorAction Ignore | Where-Object { $_.Parent.Id -eq $Process.Id } |
        ForEach-Object { Get-SshdProcess $_ }
}

function New-SshClient {
    # Makes a key, and an ssh that knows the servers and their keys. PowerShell starts the first ssh of PATH.
    $folder = $sshClient.Folder = New-TestFolder
    New-SshKey "$folder/key"
    if ([System.Environment]::UserName -eq 'root' -and -not [System.IO.Directory]::Exists('/run/sshd')) {
        # sshd of root keeps its unprivileged part in this empty folder, which a start of the system's service makes.
        $null = New-Item -ItemType Directory -Path /run/sshd
    }

    Set-Content -LiteralPath "$folder/ssh_config" -Value @(
        'HostName 127.0.0.1'
        "UserKnownHostsFile $folder/known_hosts"
        'StrictHostKeyChecking yes'
        'IdentitiesOnly yes'
        'BatchMode yes'
    )
    $ssh = (Get-Command -Name ssh -CommandType Application -TotalCount 1).Source
    $null = New-Item -ItemType Directory -Path "$folder/bin"
    New-ShellScript "$folder/bin/ssh" "exec '$ssh' -F '$folder/ssh_config' `"`$@`""
    $env:PATH = "$folder/bin" + [System.IO.Path]::PathSeparator + $env:PATH
}

function New-SshKey {
    param([string] $Path)

    $run = Invoke-Process -Program ssh-keygen -ArgumentList '-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', $Path
    if ($run.ExitCode) { throw "ssh-keygen: $($run.Error)" }
}

function New-ShellScript {
    param([string] $Path, [string[]] $Line)

    Set-Content -LiteralPath $Path -Value (@('#!/bin/sh') + $Line)
    [System.IO.File]::SetUnixFileMode($Path, 'UserRead, UserWrite, UserExecute')
}

function New-SubsystemScript {
    # The other end of a connection: the running PowerShell, in a home folder of its own. sshd passes no environment.
    param([string] $Path, [string] $HomePath, [string] $TempPath)

    $set = @{ HOME = $HomePath; TMPDIR = $TempPath; PATH = $env:PATH; DOTNET_ROOT = $env:DOTNET_ROOT; LANG = $env:LANG }
    $lines = $set.Keys | Where-Object { $set[$_] } | ForEach-Object { "export $_='$($set[$_])'" }
    New-ShellScript $Path (@($lines) + "exec '$((Get-PwshCommand) -join "' '")' -sshs -NoLogo -NoProfile")
}

function Get-FreePort {
    $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
    $listener.Start()
    try { $listener.LocalEndpoint.Port } finally { $listener.Stop() }
}
