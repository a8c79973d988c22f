@{
    RootModule             = 'module/PosTenancy.psm1'
    ModuleVersion          = '1.0.0'
    GUID                   = '5b1f3c0e-8a7d-4c62-9f3b-2d6f0a9c4e71'
    Author                 = 'The PosTenancy authors'
    CompanyName            = 'The PosTenancy authors'
    Copyright              = '(c) 2026 The PosTenancy authors. MIT License.'
    Description            = 'Makes a live single-tenant SQLite database multi-tenant, and proves that nothing was lost or restores it.'
    PowerShellVersion      = '5.1'
    DotNetFrameworkVersion = '4.7.2'
    CompatiblePSEditions   = @('Desktop', 'Core')
    TypesToProcess         = @('module/PosTenancy.Types.ps1xml')
    FormatsToProcess       = @('module/PosTenancy.Format.ps1xml')
    CmdletsToExport        = @(
        'Backup-PosDatabase'
        'Compare-PosTenant'
        'Complete-PosTenantMigration'
        'Copy-PosTenant'
        'Export-PosTenant'
        'Get-PosDatabaseBackup'
        'Get-PosTenant'
        'Get-PosTenantDistribution'
        'Get-PosTenantHistory'
        'Get-PosTenantPlan'
        'Import-PosTenant'
        'Import-PosTenantReport'
        'Invoke-PosTenantMigration'
        'Measure-PosTenantQuery'
        'New-PosTenantGuard'
        'Remove-PosDatabaseBackup'
        'Rename-PosTenant'
        'Remove-PosTenant'
        'Restore-PosDatabase'
        'Restore-PosTenant'
        'Test-PosDatabaseBackup'
        'Test-PosTenantIntegrity'
        'Test-PosTenantIsolation'
        'Test-PosTenantStatement'
        'Test-PosTenantUpgrade'
    )
    FunctionsToExport      = @(
        'Export-PosTenantReport'
        'Invoke-PosFleetUpgrade'
        'Invoke-PosTenantUpgrade'
    )
    VariablesToExport      = @()
    AliasesToExport        = @()
    PrivateData            = @{
        PSData = @{
            Prerelease   = 'preview'
            ReleaseNotes = 'The first preview. CHANGELOG.md beside this file lists what each version changed.'
            Tags         = @(
                'SQLite', 'MultiTenant', 'Migration', 'Backup', 'PointOfSale',
                'PSEdition_Desktop', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS'
            )
        }
    }
}
