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
        [string[]] $ExcludeTable,

        [Parameter()]
        [ValidateSet('Database', 'Tenant', 'TenantAndPrimaryKey')]
        [string] $UniqueScope,

        [Parameter()]
        [ValidateSet('Separate', 'Composite')]
        [string] $IndexStrategy,

        [Parameter(ValueFromPipelineByPropertyName)]
        [string] $ColumnName,

        [Parameter(ValueFromPipelineByPropertyName)]
        [string] $HistoryTable,

        [Parameter()]
        [object] $LockTimeout,

        [Parameter()]
        [object] $Target
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

        # Parameters bound in begin were typed: an invalid value is misuse, and terminates. A value bound from the pipeline only fails
        # its own database.
        $typed = @($PSBoundParameters.Keys)
        $misuse = @{
            'PosTenancy.InvalidTenantId'      = 'TenantId'
            'PosTenancy.InvalidColumnName'    = 'ColumnName'
            'PosTenancy.InvalidReportPath'    = 'ReportPath'
            'PosTenancy.InvalidTarget'        = 'Target'
            'PosTenancy.ScriptNotFound'       = 'Script'
            'PosTenancy.ScriptInvalid'        = 'Script'
            'PosTenancy.ScriptNotAllowed'     = 'Script'
            'PosTenancy.ScriptAndUniqueScope' = 'Script'
            'PosTenancy.ScriptAndIndexStrategy' = 'Script'
        }
        $written = @{}
    }

    process {
        $options = @{ TenantId = $TenantId }
        $names = 'ColumnName', 'Destination', 'ExcludeTable', 'HistoryTable', 'IndexStrategy', 'LockTimeout', 'ReportPath', 'Script',
            'SkipRehearsal', 'Target', 'UniqueScope'
        foreach ($name in $names) {
            if ($PSBoundParameters.ContainsKey($name)) {
                $options[$name] = $PSBoundParameters[$name]
            }
        }

        # "pos[1].db" is a file name if it was piped, and a pattern if it was typed: bind it the same way for the cmdlet.
        $collect = @{ ErrorVariable = 'failures'; ErrorAction = 'SilentlyContinue' }
        $databases = if ($LiteralPath) {
            Resolve-DatabasePath -LiteralPath $LiteralPath @collect
        }
        elseif ($typed -contains 'Path') {
            Resolve-DatabasePath -Path $Path @collect
        }
        else {
            $Path | Resolve-DatabasePath @collect
        }

        foreach ($failure in $failures) {
            $PSCmdlet.WriteError($failure)
        }

        foreach ($database in $databases) {
            # An exception in a function ends only its statement, and the next statement would use the variables of the previous
            # database. The try block sends every exception to the catch.
            try {
                $question = Invoke-GuardedUpgrade -LiteralPath $database -Preview @options -ErrorAction Stop
                $result = $question.Refusal
                if (-not $result) {
                    $target = [PosTenancy.Engine.Text.VisibleText]::Escape($database)
                    $action = [PosTenancy.Engine.Text.VisibleText]::Escape($question.Action)
                    if ($question.IsNeeded -and -not $PSCmdlet.ShouldProcess($target, $action)) {
                        continue
                    }

                    $onlyVerify = -not $question.IsNeeded
                    $upgrade = @{ LiteralPath = $database; Written = $written; OnlyVerify = $onlyVerify; ErrorAction = 'Stop' }
                    $result = Invoke-GuardedUpgrade @upgrade @options
                }
            }
            catch {
                # Only an unanswerable prompt or a defect has no PosTenancy id: both terminate the command.
                $id = ($_.FullyQualifiedErrorId -split ',')[0]
                if ($id -notlike 'PosTenancy.*' -or $misuse[$id] -in $typed) {
                    $PSCmdlet.ThrowTerminatingError($_)
                }

                $PSCmdlet.WriteError($_)
                continue
            }

            if ($result.Error -and $misuse[$result.Error.ErrorId] -in $typed) {
                $PSCmdlet.ThrowTerminatingError((New-UpgradeErrorRecord -InputObject $result))
            }

            if ($ReportPath -and $result.Error.ErrorId -ne 'PosTenancy.InvalidReportPath') {
                $report = @{ InputObject = $result; ReportPath = $ReportPath; Written = $written; PassThru = $true }
                $result = Write-UpgradeReport @report -ErrorVariable failures -ErrorAction SilentlyContinue
                foreach ($failure in $failures) {
                    $PSCmdlet.WriteError($failure)
                }
            }

            $result
            if ($result.Error) {
                # "pwsh -Command" exits with 1 only if the function itself writes the error.
                $PSCmdlet.WriteError((New-UpgradeErrorRecord -InputObject $result))
            }
        }
    }
}
