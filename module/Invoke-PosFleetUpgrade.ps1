function Invoke-PosFleetUpgrade {
    # .EXTERNALHELP PosTenancy-Help.xml
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    [OutputType('PosTenancy.FleetResult')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline)]
        [ValidateNotNull()]
        [psobject[]] $InputObject,

        [Parameter()]
        [ValidateRange(0, 100000)]
        [int] $Canary,

        [Parameter()]
        [ValidateRange(1, 1000)]
        [int] $ThrottleLimit,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string] $MaxFailure,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string] $StatePath,

        [Parameter()]
        [switch] $Rehearse,

        [Parameter()]
        [ValidateNotNull()]
        [System.Management.Automation.Runspaces.PSSession[]] $Session,

        [Parameter()]
        [pscredential] $Credential,

        [Parameter()]
        [ValidateNotNull()]
        [hashtable] $SshOption,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string] $ReportPath,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string] $LogPath,

        [Parameter()]
        [switch] $EventLog,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string] $Destination,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string] $Script,

        [Parameter()]
        [switch] $SkipRehearsal,

        [Parameter()]
        [SupportsWildcards()]
        [string[]] $ExcludeTable,

        [Parameter()]
        [SupportsWildcards()]
        [string[]] $ReferenceTable,

        [Parameter()]
        [hashtable] $TenantFor,

        [Parameter()]
        [PosTenancy.UniqueScope] $UniqueScope,

        [Parameter()]
        [PosTenancy.IndexStrategy] $IndexStrategy,

        [Parameter()]
        [string] $ColumnName,

        [Parameter()]
        [string] $HistoryTable,

        [Parameter()]
        [PosTenancy.Commands.Seconds()]
        [timespan] $LockTimeout,

        [Parameter()]
        [PosTenancy.Commands.Seconds(IsJudgedByEngine)]
        [timespan] $Target
    )

    begin {
        # A script module does not inherit its caller's preferences (PowerShell#4568): without this, a caller's -WhatIf would change
        # the databases.
        foreach ($preference in 'WhatIf', 'Confirm', 'Verbose', 'Progress') {
            if (-not $PSBoundParameters.ContainsKey($preference)) {
                $value = $PSCmdlet.SessionState.PSVariable.GetValue("${preference}Preference")
                Set-Variable -Name "${preference}Preference" -Value $value -WhatIf:$false -Confirm:$false
            }
        }

        $rows = [System.Collections.Generic.List[psobject]]::new()
        $given = @{} + $PSBoundParameters
    }

    process {
        $rows.AddRange($InputObject)
    }

    end {
        $schedule = @{ InputObject = $rows; Option = $given; Rehearse = $Rehearse; Preview = [bool] $WhatIfPreference }
        foreach ($name in 'Canary', 'ThrottleLimit', 'MaxFailure', 'StatePath', 'ReportPath', 'LogPath') {
            if ($given.ContainsKey($name)) { $schedule[$name] = $given[$name] }
        }

        try {
            if ($EventLog) { Write-FleetEvent }
            $fleet = New-Fleet @schedule
            $connection = Get-FleetConnection -Fleet $fleet -Session $Session -Credential $Credential -SshOption $SshOption
        }
        catch {
            if ($fleet) { $fleet.Dispose() }
            $PSCmdlet.ThrowTerminatingError($_)
        }

        try {
            if ($WhatIfPreference) {
                foreach ($item in $fleet.Items) {
                    $action = Get-FleetPreview -Item $item -ErrorVariable failures -ErrorAction SilentlyContinue
                    foreach ($failure in $failures) { $PSCmdlet.WriteError($failure) }
                    if ($action) { $null = $PSCmdlet.ShouldProcess($item.Target, $action) }
                }

                $isDeclined = $true
                return
            }

            if (-not $Rehearse) {
                try {
                    $isConfirmed = $PSCmdlet.ShouldProcess("$($fleet.Items.Count) stores", 'Upgrade each of them, after a verified backup')
                }
                catch {
                    $isDeclined = $true
                    $PSCmdlet.ThrowTerminatingError((New-FleetErrorRecord -Fleet $fleet -Exception $_.Exception))
                }

                if (-not $isConfirmed) {
                    $isDeclined = $true
                    return
                }
            }

            while (-not $fleet.IsFinished) {
                while ($item = $fleet.Next()) {
                    if ($item.ComputerName) { Start-FleetStore -Item $item -Connection $connection -Rehearse:$Rehearse }
                }

                foreach ($item in $fleet.Remote) {
                    Receive-FleetStore -Item $item -Fleet $fleet -Connection $connection -Rehearse:$Rehearse
                }

                foreach ($result in Update-Fleet -Fleet $fleet) {
                    $result
                    if ($EventLog) { Write-FleetEvent -Result $result }
                    if ($result.Error -and "$($result.Status)" -ne 'NotStarted') {
                        $PSCmdlet.WriteError((New-FleetErrorRecord -Result $result))
                    }
                }
            }

            if ($fleet.Stopped) {
                $PSCmdlet.WriteError((New-FleetErrorRecord -Fleet $fleet))
            }
        }
        finally {
            if ($isDeclined) {
                $fleet.Dispose()
            }
            else {
                Stop-FleetStore -Fleet $fleet -Connection $connection
                Stop-Fleet -Fleet $fleet -ErrorVariable failures -ErrorAction SilentlyContinue
                foreach ($failure in $failures) { $PSCmdlet.WriteError($failure) }
            }
        }
    }
}
