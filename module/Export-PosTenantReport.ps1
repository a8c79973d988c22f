function Export-PosTenantReport {
    # .EXTERNALHELP PosTenancy-Help.xml
    [CmdletBinding()]
    [OutputType([System.IO.FileInfo])]
    param(
        [Parameter(Mandatory, ValueFromPipeline)]
        [ValidateNotNull()]
        [PSTypeName('PosTenancy.UpgradeResult')]
        $InputObject,

        [Parameter(Mandatory, Position = 0)]
        [ValidateNotNullOrEmpty()]
        [string] $ReportPath,

        [ValidateNotNull()]
        [PSTypeName('PosTenancy.IsolationResult')]
        [object[]] $Isolation = @(),

        [ValidateNotNull()]
        [PSTypeName('PosTenancy.QueryMeasurement')]
        [object[]] $Query = @()
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
