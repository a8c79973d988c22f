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
        [string] $ReportPath
    )

    begin {
        $written = @{}
    }

    process {
        $file = Write-UpgradeReport -InputObject $InputObject -ReportPath $ReportPath -Written $written -ErrorVariable failures -ErrorAction SilentlyContinue
        foreach ($failure in $failures) {
            $PSCmdlet.WriteError($failure)
        }

        if ($file) {
            Get-Item -LiteralPath $file
        }
    }
}
