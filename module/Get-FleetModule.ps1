function Get-FleetModule {
    # The files of this module that another machine needs, by their relative paths, with the SHA-256 of each. Not exported.

    # The natives of other systems are left out when the files are sent: here it is not known which system that is.
    $base = Split-Path $PSScriptRoot
    $files = @(Get-Item -LiteralPath (Join-Path $base 'PosTenancy.psd1')) +
        @(Get-ChildItem -LiteralPath $PSScriptRoot -Recurse -File | Where-Object Extension -NotIn '.pdb', '.xml') +
        @(Get-ChildItem -LiteralPath $PSScriptRoot -Filter *.ps1xml -File)
    $hashes = [System.Collections.Generic.SortedDictionary[string, string]]::new([System.StringComparer]::Ordinal)
    foreach ($file in $files) {
        $name = $file.FullName.Substring($base.Length + 1).Replace('\', '/')
        $hashes[$name] = (Get-FileHash -LiteralPath $file.FullName -Algorithm SHA256).Hash
    }

    # One folder for each version: one for other bytes as well, while a version is being developed.
    $stream = [System.IO.MemoryStream]::new([System.Text.Encoding]::UTF8.GetBytes(($hashes.GetEnumerator() -join "`n")))
    $version = (Import-PowerShellDataFile -LiteralPath (Join-Path $base 'PosTenancy.psd1')).ModuleVersion
    @{
        Base   = $base
        Hashes = $hashes
        Name   = "$version-$((Get-FileHash -InputStream $stream -Algorithm SHA256).Hash.Substring(0, 12).ToLowerInvariant())"
    }
}
