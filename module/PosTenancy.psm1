# Loads the cmdlets into the module's own load context, and dot-sources the functions. Works in Windows PowerShell 5.1 too.

$framework = if ($PSVersionTable.PSEdition -eq 'Core') { 'net8.0' } else { 'netstandard2.0' }
$loader = [System.IO.Path]::Combine($PSScriptRoot, 'bin', $framework, 'PosTenancy.Loader.dll')
if (-not [System.IO.File]::Exists($loader)) {
    throw "The module is not built: there is no '$loader'. Run 'dotnet build' in the folder above."
}

# Load the assembly once per process: .NET cannot unload it, and a second copy would load a second SQLite. Add-Type would do the same in a
# tenth of a second more.
$isFirst = -not ('PosTenancy.Loader.ModuleAssembly' -as [type])
if ($isFirst) {
    $null = [System.Reflection.Assembly]::LoadFrom($loader)
}

$cmdlets = Import-Module -Assembly ([PosTenancy.Loader.ModuleAssembly]::Load()) -PassThru
if (-not $isFirst) {
    # "Import-Module -Force" finds the assembly in its cache and does not import its cmdlets again (PowerShell#20710). Importing the module
    # that it returns does.
    $cmdlets | Import-Module
}

foreach ($function in [System.IO.Directory]::GetFiles($PSScriptRoot, '*-*.ps1')) {
    . $function
}

# The manifest limits the exports; internal cmdlets stay private.
Export-ModuleMember -Cmdlet * -Function 'Invoke-PosTenantUpgrade', 'Invoke-PosFleetUpgrade', 'Export-PosTenantReport'
