# Loads the cmdlets in a context of the module's own and the functions beside them. Works in Windows PowerShell 5.1 too.

$framework = if ($PSVersionTable.PSEdition -eq 'Core') { 'net8.0' } else { 'netstandard2.0' }
$loader = [System.IO.Path]::Combine($PSScriptRoot, 'bin', $framework, 'PosTenancy.Loader.dll')
if (-not [System.IO.File]::Exists($loader)) {
    throw "The module is not built: there is no '$loader'. Run 'dotnet build' in the folder above."
}

# A process keeps the first one it loads: .NET cannot unload it, and a second copy would bring a second SQLite.
if (-not ('PosTenancy.Loader.ModuleAssembly' -as [type])) {
    Add-Type -Path $loader
}

# "Import-Module -Force" finds the assembly in its cache and forgets to bring in its cmdlets again (PowerShell#20710); the second
# import, of the module that the first one gives, brings them in each time.
Import-Module -Assembly ([PosTenancy.Loader.ModuleAssembly]::Load()) -PassThru | Import-Module

foreach ($function in [System.IO.Directory]::GetFiles($PSScriptRoot, '*-*.ps1')) {
    . $function
}

# The manifest names what leaves the module; the internal cmdlets stay in.
Export-ModuleMember -Cmdlet * -Function 'Invoke-PosTenantUpgrade', 'Export-PosTenantReport'
