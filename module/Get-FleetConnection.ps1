function Get-FleetConnection {
    # What the remote stores of a rollout share: sessions, options, and the module to copy. Not exported.
    param(
        [PosTenancy.Commands.Fleet] $Fleet,
        [System.Management.Automation.Runspaces.PSSession[]] $Session,
        [pscredential] $Credential,
        [hashtable] $SshOption
    )

    $connection = @{ Sessions = @($Session); Busy = @{}; First = @{}; Ready = @{}; Common = @{}; Ssh = @{}; Files = $null }
    $remote = @($Fleet.Items | Where-Object ComputerName)
    if (-not $remote) {
        return $connection
    }

    $ssh = @($remote | Where-Object { $_.Connection.HostName -and $_.ComputerName -notin $Session.ComputerName })
    if ($ssh -and -not (Get-Command -Name Invoke-Command).Parameters.ContainsKey('HostName')) {
        throw [System.PlatformNotSupportedException]::new(
            "The row of '$($ssh[0].Path)' has a HostName, and Windows PowerShell has no remoting over SSH. Use PowerShell 7, or " +
            'ComputerName. Nothing was done.')
    }

    if ($Credential) { $connection.Common.Credential = $Credential }
    if ($ssh) {
        # Without a limit a network that fails silently would keep the rollout waiting.
        $connection.Ssh.Options = @{ ServerAliveInterval = '15'; ServerAliveCountMax = '4'; ConnectTimeout = '60' }
        foreach ($name in $SshOption.Keys) { $connection.Ssh.Options[$name] = $SshOption[$name] }
    }

    $connection.Files = Get-FleetModule
    $connection
}
