function Invoke-PosTenantUpgrade {
    # .EXTERNALHELP PosTenancy-Help.xml
    [CmdletBinding(DefaultParameterSetName = 'Path', SupportsShouldProcess, ConfirmImpact = 'High')]
    [OutputType('PosTenancy.UpgradeResult')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'Path')]
        [ValidateNotNullOrEmpty()]
        [SupportsWildcards()]
        [string[]] $Path,

        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'LiteralPath')]
        [ValidateNotNullOrEmpty()]
        [Alias('PSPath')]
        [string[]] $LiteralPath,

        [Parameter(Mandatory, Position = 1, ValueFromPipelineByPropertyName)]
        [AllowNull()]
        [AllowEmptyString()]
        [ArgumentCompleter([PosTenancy.Commands.TenantIdCompleter])]
        [string] $TenantId,

        [Parameter(ValueFromPipelineByPropertyName)]
        [ValidateNotNullOrEmpty()]
        [string] $Destination,

        [Parameter(ValueFromPipelineByPropertyName)]
        [ValidateNotNullOrEmpty()]
        [string] $ReportPath,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string] $Script,

        [Parameter()]
        [switch] $SkipRehearsal,

        [Parameter(ValueFromPipelineByPropertyName)]
        [AllowEmptyCollection()]
        [SupportsWildcards()]
        [ArgumentCompleter([PosTenancy.Commands.ExcludeTableCompleter])]
        [string[]] $ExcludeTable,

        [Parameter(ValueFromPipelineByPropertyName)]
        [AllowEmptyCollection()]
        [SupportsWildcards()]
        [ArgumentCompleter([PosTenancy.Commands.ExcludeTableCompleter])]
        [string[]] $ReferenceTable,

        [Parameter()]
        [hashtable] $TenantFor,

        [Parameter()]
        [PosTenancy.UniqueScope] $UniqueScope,

        [Parameter()]
        [PosTenancy.IndexStrategy] $IndexStrategy,

        [Parameter(ValueFromPipelineByPropertyName)]
        [string] $ColumnName,

        [Parameter(ValueFromPipelineByPropertyName)]
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
        # the database.
        foreach ($preference in 'WhatIf', 'Confirm', 'Verbose', 'Progress') {
            if (-not $PSBoundParameters.ContainsKey($preference)) {
                $value = $PSCmdlet.SessionState.PSVariable.GetValue("${preference}Preference")
                Set-Variable -Name "${preference}Preference" -Value $value -WhatIf:$false -Confirm:$false
            }
        }

        # Parameters bound in begin were arguments: an invalid value is misuse, and terminates. A value bound from the pipeline only fails
        # its own database.
        $arguments = @($PSBoundParameters.Keys)
        $names = 'TenantId', 'ColumnName', 'Destination', 'ExcludeTable', 'HistoryTable', 'IndexStrategy', 'LockTimeout',
            'ReferenceTable', 'ReportPath', 'Script', 'SkipRehearsal', 'Target', 'TenantFor', 'UniqueScope'
        $collect = @{ ErrorVariable = 'failures'; ErrorAction = 'SilentlyContinue' }
        $written = @{}
    }

    process {
        $options = @{ Argument = $arguments; Written = $written }
        foreach ($name in $names) {
            if ($PSBoundParameters.ContainsKey($name)) {
                $options[$name] = $PSBoundParameters[$name]
            }
        }

        # "pos[1].db" is a file name if it was piped, and a pattern if it was typed: bind it the same way for the cmdlet.
        $databases = if ($LiteralPath) {
            Resolve-DatabasePath -LiteralPath $LiteralPath @collect
        }
        elseif ($arguments -contains 'Path') {
            Resolve-DatabasePath -Path $Path @collect
        }
        else {
            $Path | Resolve-DatabasePath @collect
        }

        # "pwsh -Command" exits with 1 only if the function itself writes the error.
        foreach ($failure in $failures) {
            $PSCmdlet.WriteError($failure)
        }

        foreach ($database in $databases) {
            # An exception in a function ends only its statement, and the next statement would use the variables of the previous
            # database. The try block sends every exception to the catch.
            try {
                $upgrade = New-Upgrade -LiteralPath $database @options @collect
                foreach ($failure in $failures) {
                    $PSCmdlet.WriteError($failure)
                }

                if (-not $upgrade) {
                    continue
                }

                try {
                    $isConfirmed = -not $upgrade.Action -or $PSCmdlet.ShouldProcess($upgrade.Target, $upgrade.Action)
                }
                catch {
                    throw $upgrade.GetConfirmationError($_.Exception)
                }

                if (-not $isConfirmed) {
                    continue
                }

                try {
                    # A step that fails undoes the steps before it, and the steps after it only pass the upgrade on. They are not joined
                    # to one pipeline, in which a caller's -WarningVariable would get the warnings of the last command alone.
                    $upgrade = Assert-UpgradePossible $upgrade
                    $upgrade = Backup-UpgradeDatabase $upgrade
                    $upgrade = Invoke-UpgradeRehearsal $upgrade
                    $upgrade = Invoke-UpgradeMigration $upgrade
                    $upgrade = Confirm-UpgradeMigration $upgrade
                    $result = Complete-Upgrade $upgrade @collect
                }
                finally {
                    # After Ctrl+C: undoes what was begun, and shows how the upgrade ended.
                    Stop-Upgrade $upgrade
                }
            }
            catch {
                # Misuse and a prompt that cannot be answered end the command; a defect ends only the upgrade of this database.
                if ($_.FullyQualifiedErrorId -notlike 'PosTenancy.Unexpected,*') {
                    $PSCmdlet.ThrowTerminatingError($_)
                }

                $PSCmdlet.WriteError($_)
                continue
            }

            foreach ($failure in $failures) {
                $PSCmdlet.WriteError($failure)
            }

            $result
            if ($result.Error) {
                $PSCmdlet.WriteError((New-UpgradeErrorRecord -InputObject $result))
            }
        }
    }
}
