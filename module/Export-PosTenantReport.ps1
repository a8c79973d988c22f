function Export-PosTenantReport {
    # .EXTERNALHELP PosTenancy-Help.xml
    [CmdletBinding(DefaultParameterSetName = 'Upgrade')]
    [OutputType([System.IO.FileInfo])]
    param(
        [Parameter(Mandatory, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'Upgrade')]
        [Alias('Upgrade')]
        [ValidateNotNull()]
        [PosTenancy.UpgradeResult] $InputObject,

        [Parameter(Mandatory, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'Statement')]
        [ValidateNotNull()]
        [PosTenancy.StatementResult[]] $Statement,

        [Parameter(Mandatory, Position = 0)]
        [ValidateNotNullOrEmpty()]
        [string] $ReportPath,

        [Parameter(ParameterSetName = 'Upgrade')]
        [ValidateNotNull()]
        [PosTenancy.IsolationResult[]] $Isolation = @(),

        [Parameter(ParameterSetName = 'Upgrade')]
        [ValidateNotNull()]
        [PosTenancy.QueryMeasurement[]] $Query = @()
    )

    begin {
        $written = @{}
        $statements = [System.Collections.Generic.List[PosTenancy.StatementResult]]::new()
    }

    process {
        if ($PSCmdlet.ParameterSetName -eq 'Statement') {
            $statements.AddRange($Statement)
            return
        }

        $report = @{
            InputObject = $InputObject
            ReportPath  = $ReportPath
            Isolation   = $Isolation
            Query       = $Query
            Written     = $written
        }
        $file = Write-UpgradeReport @report -ErrorVariable failures -ErrorAction SilentlyContinue
        foreach ($failure in $failures) {
            $PSCmdlet.WriteError($failure)
        }

        if ($file) {
            Get-Item -LiteralPath $file
        }
    }

    end {
        if (-not $statements.Count) {
            return
        }

        $files = Write-StatementReport $statements $ReportPath -ErrorVariable failures -ErrorAction SilentlyContinue
        foreach ($failure in $failures) {
            $PSCmdlet.WriteError($failure)
        }

        foreach ($file in $files) {
            Get-Item -LiteralPath $file
        }
    }
}
