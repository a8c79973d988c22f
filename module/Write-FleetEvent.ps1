function Write-FleetEvent {
    # Writes how a store ended to the event log of Windows; without a result, requires that this is possible. Not exported.
    param([PosTenancy.FleetResult] $Result)

    $source = 'PosTenancy'
    if (-not $Result) {
        if ([System.IO.Path]::DirectorySeparatorChar -ne '\') {
            throw [System.PlatformNotSupportedException]::new('-EventLog needs Windows: only there is an event log. Nothing was done.')
        }

        # An administrator creates the source once, on the first run.
        if (-not [System.Diagnostics.EventLog]::SourceExists($source)) {
            [System.Diagnostics.EventLog]::CreateEventSource($source, 'Application')
        }

        return
    }

    $type = if ($Result.IsDone) { 'Information' } elseif ("$($Result.Status)" -eq 'Failed') { 'Error' } else { 'Warning' }
    $text = "$Result`n$($Result.Error)`n$($Result.BackupPath)".Trim()
    [System.Diagnostics.EventLog]::WriteEntry($source, $text, $type, 1 + [int] $Result.Status)
}
