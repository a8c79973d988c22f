function Stop-FleetStore {
    # After Ctrl+C: cancels what is at work on other machines, waits until it is undone, and asks how each store ended. Not exported.
    param([PosTenancy.Commands.Fleet] $Fleet, [hashtable] $Connection)

    $jobs = @($Fleet.Remote | ForEach-Object Job | Where-Object { $_ })
    if ($jobs) { Stop-Job -Job $jobs }
    foreach ($item in $Fleet.Remote) {
        $job = $item.Job
        if ($job) {
            $null = Wait-Job -Job $job
            Remove-Job -Job $job -Force
            $item.Job = $null
            Clear-FleetSession -Item $item -Connection $Connection
        }

        $Fleet.Fail($item, (Get-FleetEnding -Item $item -Connection $Connection -WasAtWork:([bool] $job)), $true)
    }
}

function Get-FleetEnding {
    # How a cancelled upgrade ended, in a sentence, as far as its machine can be asked.
    param([PosTenancy.Commands.FleetItem] $Item, [hashtable] $Connection, [switch] $WasAtWork)

    if (-not $WasAtWork) {
        return 'it was cancelled before it began.'
    }

    $target = @{} + $Item.Connection
    if ($target.HostName) { $target += $Connection.Ssh } else { $target += $Connection.Common }
    $session = @($Connection.Sessions | Where-Object { $_ -and $_.ComputerName -eq $Item.ComputerName })
    if ($session) { $target = @{ Session = $session[0] } }
    try {
        $name = $Connection.Files.Name
        $question = @{ ScriptBlock = $askFleetStore; ArgumentList = $name, "${function:Get-FleetFolder}", $Item.Path, $Item.TenantId }
        $answer = Invoke-Command @target @question -ErrorAction Stop
        if ($answer.IsMigrated) {
            'it had finished before it could be cancelled. The next run verifies it.'
        }
        else {
            'it was cancelled, and the database is not migrated.'
        }
    }
    catch {
        "it was cancelled. How it ended is not known, since the machine cannot be asked: the next run completes it or rolls it back. ($_)"
    }
}
