BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $manifest = Import-PowerShellDataFile $module
    $declared = @($manifest.CmdletsToExport) + @($manifest.FunctionsToExport) | Sort-Object
}

Describe 'The module' {
    It 'exports exactly the commands that its manifest declares' {
        @((Get-Module PosTenancy).ExportedCommands.Keys | Sort-Object) | Should -Be $declared
        $manifest.CmdletsToExport + $manifest.FunctionsToExport | Should -Not -Contain '*'
    }

    It 'names each command with an approved verb' {
        $verbs = (Get-Verb).Verb
        Get-Command -Module PosTenancy | Where-Object Verb -NotIn $verbs | Should -BeNullOrEmpty
    }

    It 'does not export its internal cmdlets' {
        $internal = & (Get-Module PosTenancy) { Get-Command -CommandType Cmdlet } |
            Where-Object { $_.ImplementingType -and $_.ImplementingType.Namespace -eq 'PosTenancy.Commands.Internal' }
        $internal | Should -Not -BeNullOrEmpty
        foreach ($command in $internal) {
            Get-Command $command.Name -ErrorAction Ignore | Should -BeNullOrEmpty -Because "$($command.Name) is not for users"
        }
    }

    It 'still has working commands after two further imports with -Force' {
        $run = Invoke-FreshPwsh @"
            1..2 | ForEach-Object { Import-Module '$module' -Force }
            (Get-Module PosTenancy).ExportedCommands.Keys | Sort-Object
            '---'
            (Get-PosTenantPlan '$(New-Store)').Count
            (Invoke-PosTenantUpgrade '$(New-Store)' $tenant -Confirm:`$false).Status
"@
        $run.Error | Should -BeNullOrEmpty
        $run.Lines | Should -Be ($declared + '---' + 33 + 'Succeeded')
    }

    It 'can be removed and imported again' {
        $run = Invoke-FreshPwsh @"
            Remove-Module PosTenancy
            @(Get-Command -Module PosTenancy).Count
            Import-Module '$module'
            (Get-PosTenantPlan '$(New-Store)').Count
"@
        $run.Error | Should -BeNullOrEmpty
        $run.Lines | Should -Be 0, 33
    }
}

Describe 'Its assemblies' {
    It 'are in their own load context, so that other modules do not see its SQLite' {
        $null = Get-PosTenantPlan (New-Store)
        foreach ($name in 'PosTenancy.Cmdlets', 'PosTenancy.Engine', 'SQLitePCLRaw.core') {
            $contexts = [System.Runtime.Loader.AssemblyLoadContext]::All | Where-Object { $_.Assemblies.GetName().Name -contains $name }
            @($contexts).Name | Should -Be 'PosTenancy' -Because "only the module uses $name"
        }
    }

    It 'share PowerShell itself with other modules' {
        $own = [System.Runtime.Loader.AssemblyLoadContext]::All | Where-Object Name -EQ 'PosTenancy'
        $own.Assemblies.GetName().Name | Should -Not -Contain 'System.Management.Automation'
    }

    It 'work beside another SQLite that is in use in the default context' {
        $other = New-TestFolder
        $sqlite = 'SQLitePCLRaw.core.dll', 'SQLitePCLRaw.provider.e_sqlite3.dll', 'SQLitePCLRaw.batteries_v2.dll'
        foreach ($file in $sqlite) {
            Copy-Item -LiteralPath "$moduleRoot/module/bin/net8.0/$file" -Destination $other
        }

        $system = if ($IsWindows) { 'win' } elseif ($IsMacOS) { 'osx' } else { 'linux' }
        $architecture = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture.ToString().ToLowerInvariant()
        Copy-Item -Path "$moduleRoot/module/bin/net8.0/runtimes/$system-$architecture/native/*" -Destination $other

        $database = New-Store
        $run = Invoke-Pwsh -ArgumentList '-Command', @"
            Add-Type -Path '$other/SQLitePCLRaw.core.dll', '$other/SQLitePCLRaw.batteries_v2.dll'
            [SQLitePCL.Batteries_V2]::Init()
            `$connection = `$statement = `$null
            `$null = [SQLitePCL.raw]::sqlite3_open(':memory:', [ref] `$connection)
            `$null = [SQLitePCL.raw]::sqlite3_exec(`$connection, 'CREATE TABLE theirs AS SELECT 1 AS one')
            Import-Module '$module'
            (Invoke-PosTenantUpgrade '$database' $tenant -Confirm:`$false).Status
            `$null = [SQLitePCL.raw]::sqlite3_prepare_v2(`$connection, 'SELECT one + 41 FROM theirs', [ref] `$statement)
            `$null = [SQLitePCL.raw]::sqlite3_step(`$statement)
            [SQLitePCL.raw]::sqlite3_column_int(`$statement, 0)
            [System.Runtime.Loader.AssemblyLoadContext]::All |
                Where-Object { `$_.Assemblies.GetName().Name -contains 'SQLitePCLRaw.core' } | ForEach-Object Name | Sort-Object
"@
        $run.Error | Should -BeNullOrEmpty
        $run.Lines | Should -Be 'Succeeded', '42', 'Default', 'PosTenancy'
        Get-StoredTenant $database | Should -Be $tenant
    }
}
