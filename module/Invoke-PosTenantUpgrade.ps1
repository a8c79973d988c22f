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
        # A script module does not see the preferences of its caller (PowerShell#4568): without this, a caller's -WhatIf would
        # run for real.
        foreach ($preference in 'WhatIf', 'Confirm', 'Verbose', 'Progress') {
            if (-not $PSBoundParameters.ContainsKey($preference)) {
                Set-Variable -Name "${preference}Preference" -Value $PSCmdlet.SessionState.PSVariable.GetValue("${preference}Preference") -WhatIf:$false -Confirm:$false
            }
        }

        # What is bound now was typed, and a bad value of it is misuse; what comes through the pipeline is one database's bad luck.
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
        foreach ($name in 'ColumnName', 'Destination', 'ExcludeTable', 'HistoryTable', 'IndexStrategy', 'LockTimeout', 'ReportPath', 'Script', 'SkipRehearsal', 'Target', 'UniqueScope') {
            if ($PSBoundParameters.ContainsKey($name)) {
                $options[$name] = $PSBoundParameters[$name]
            }
        }

        # "pos[1].db" is a file if it came through the pipeline, and a pattern if it was typed: the cmdlet must see which.
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
            # An exception in a function ends only its statement, and the next one would go on with what is left of the last database:
            # whatever happens in here goes to the catch.
            try {
                $question = Invoke-GuardedUpgrade -LiteralPath $database -Preview @options -ErrorAction Stop
                $result = $question.Refusal
                if (-not $result) {
                    $target = [PosTenancy.Engine.VisibleText]::Escape($database)
                    $action = [PosTenancy.Engine.VisibleText]::Escape($question.Action)
                    if ($question.IsNeeded -and -not $PSCmdlet.ShouldProcess($target, $action)) {
                        continue
                    }

                    $onlyVerify = -not $question.IsNeeded
                    $result = Invoke-GuardedUpgrade -LiteralPath $database @options -Written $written -OnlyVerify:$onlyVerify -ErrorAction Stop
                }
            }
            catch {
                # Only a prompt that nobody can answer, or a defect, comes here without an id of ours: both end the command.
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
                $result = Write-UpgradeReport -InputObject $result -ReportPath $ReportPath -Written $written -PassThru -ErrorVariable failures -ErrorAction SilentlyContinue
                foreach ($failure in $failures) {
                    $PSCmdlet.WriteError($failure)
                }
            }

            $result
            if ($result.Error) {
                # Written by this function itself: only so does "pwsh -Command" exit with 1.
                $PSCmdlet.WriteError((New-UpgradeErrorRecord -InputObject $result))
            }
        }
    }
}
