function Export-PosTenantReport {
    # .EXTERNALHELP PosTenancy-Help.xml
    [CmdletBinding()]
    [OutputType([System.IO.FileInfo])]
    param(
        [Parameter(Mandatory, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [Alias('Upgrade')]
        [ValidateNotNull()]
        [PosTenancy.UpgradeResult] $InputObject,

        [Parameter(Mandatory, Position = 0)]
        [ValidateNotNullOrEmpty()]
        [string] $ReportPath,

        [ValidateNotNull()]
        [PosTenancy.IsolationResult[]] $Isolation = @(),

        [ValidateNotNull()]
        [PosTenancy.QueryMeasurement[]] $Query = @()
    )

    begin {
        $written = @{}
    }

    process {
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
}
