function Receive-FleetStore {
    # Takes what the job of a store has given, and begins the next step. Not exported.
    param([PosTenancy.Commands.FleetItem] $Item, [PosTenancy.Commands.Fleet] $Fleet, [hashtable] $Connection, [switch] $Rehearse)

    $job = $Item.Job
    if (-not $job) {
        Start-FleetStore -Item $Item -Connection $Connection -Rehearse:$Rehearse
        return
    }

    if ("$($job.State)" -in 'NotStarted', 'Running', 'Stopping') {
        return
    }

    # Its errors are read from the job: Receive-Job would add them to the caller's -ErrorVariable.
    $reason = @($job.ChildJobs.JobStateInfo.Reason) + @($job.ChildJobs.Error) | Where-Object { $_ } | Select-Object -First 1
    $output = @(Receive-Job -Job $job -ErrorAction Ignore -WarningAction Ignore 6> $null)
    Remove-Job -Job $job -Force
    $Item.Job = $null
    Clear-FleetSession -Item $Item -Connection $Connection
    $answer = $output | Where-Object { $_ -is [hashtable] } | Select-Object -Last 1
    $wasCopied = $Item.Step -eq 'copying the module'
    if ($reason -or (-not $answer -and -not $wasCopied) -or ($answer.System -and $Item.WasSent)) {
        # The next store of this machine begins again.
        if ($Connection.First[$Item.ComputerName] -eq $Item) { $Connection.First.Remove($Item.ComputerName) }
        $why = if ($reason) { "$reason" } elseif ($answer) { 'the module differs after it was copied' } else { 'it ended without a result' }
        $Fleet.Fail($Item, $why, $false)
        return
    }

    if ($answer.Report) {
        $Connection.Ready[$Item.ComputerName] = $true
        try {
            $Fleet.Complete($Item, $answer.Report, $answer.Manifest)
        }
        catch {
            $Fleet.Fail($Item, $_.Exception.InnerException.Message, $false)
        }

        return
    }

    # Without the module, or with another one, the answer is what the machine needs. After the copy its hashes are compared again.
    $Item.System, $Item.Edition = if ($wasCopied) { $null, $null } else { $answer.System, $answer.Edition }
    $Item.WasSent = $wasCopied -or $Item.WasSent
    Start-FleetStore -Item $Item -Connection $Connection -Rehearse:$Rehearse
}
