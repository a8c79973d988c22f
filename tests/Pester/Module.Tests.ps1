BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $manifest = Import-PowerShellDataFile "$root/PosTenancy.psd1"
    $promised = @($manifest.CmdletsToExport) + @($manifest.FunctionsToExport) | Sort-Object
}

Describe 'The module' {
    It 'has the commands that its manifest promises, and no other' {
        @((Get-Module PosTenancy).ExportedCommands.Keys | Sort-Object) | Should -Be $promised
        $manifest.CmdletsToExport + $manifest.FunctionsToExport | Should -Not -Contain '*'
    }

    It 'names each command with an approved verb' {
        $verbs = (Get-Verb).Verb
        Get-Command -Module PosTenancy | Where-Object Verb -NotIn $verbs | Should -BeNullOrEmpty
    }

    It 'keeps its internal cmdlets to itself' {
        $internal = & (Get-Module PosTenancy) { Get-Command -CommandType Cmdlet } |
            Where-Object { $_.ImplementingType -and $_.ImplementingType.Namespace -eq 'PosTenancy.Commands.Internal' }
        $internal | Should -Not -BeNullOrEmpty
        foreach ($command in $internal) {
            Get-Command $command.Name -ErrorAction Ignore | Should -BeNullOrEmpty -Because "$($command.Name) is not for users"
        }
    }

    It 'still has its commands, and they work, after it was imported again with -Force, twice' {
        $run = Invoke-FreshPwsh @"
            1..2 | ForEach-Object { Import-Module '$root/PosTenancy.psd1' -Force }
            (Get-Module PosTenancy).ExportedCommands.Keys | Sort-Object
            '---'
            (Get-PosTenantPlan '$(New-Store)').Count
            (Invoke-PosTenantUpgrade '$(New-Store)' $tenant -Confirm:`$false).Status
"@
        $run.Error | Should -BeNullOrEmpty
        $run.Lines | Should -Be ($promised + '---' + 33 + 'Succeeded')
    }

    It 'can be removed and imported anew' {
        $run = Invoke-FreshPwsh @"
            Remove-Module PosTenancy
            @(Get-Command -Module PosTenancy).Count
            Import-Module '$root/PosTenancy.psd1'
            (Get-PosTenantPlan '$(New-Store)').Count
"@
        $run.Error | Should -BeNullOrEmpty
        $run.Lines | Should -Be 0, 33
    }
}

Describe 'Its assemblies' {
    It 'are in a load context of their own, so that nobody else sees its SQLite' {
        $null = Get-PosTenantPlan (New-Store)
        foreach ($name in 'PosTenancy.Cmdlets', 'PosTenancy.Engine', 'Microsoft.Data.Sqlite', 'SQLitePCLRaw.core') {
            $contexts = [System.Runtime.Loader.AssemblyLoadContext]::All | Where-Object { $_.Assemblies.GetName().Name -contains $name }
            @($contexts).Name | Should -Be 'PosTenancy' -Because "$name belongs to the module alone"
        }
    }

    It 'share PowerShell itself with everybody' {
        $own = [System.Runtime.Loader.AssemblyLoadContext]::All | Where-Object Name -EQ 'PosTenancy'
        $own.Assemblies.GetName().Name | Should -Not -Contain 'System.Management.Automation'
    }

    It 'work beside another SQLite that is loaded and in use in the default context' {
        $other = New-TestFolder
        foreach ($file in 'Microsoft.Data.Sqlite.dll', 'SQLitePCLRaw.core.dll', 'SQLitePCLRaw.provider.e_sqlite3.dll', 'SQLitePCLRaw.batteries_v2.dll') {
            Copy-Item -LiteralPath "$root/module/bin/net8.0/$file" -Destination $other
        }

        $system = if ($IsWindows) { 'win' } elseif ($IsMacOS) { 'osx' } else { 'linux' }
        $architecture = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture.ToString().ToLowerInvariant()
        Copy-Item -Path "$root/module/bin/net8.0/runtimes/$system-$architecture/native/*" -Destination $other

        $database = New-Store
        $run = Invoke-Pwsh -ArgumentList '-Command', @"
            `$other = Add-Type -Path '$other/Microsoft.Data.Sqlite.dll' -PassThru | Where-Object Name -eq SqliteConnection
            Add-Type -Path '$other/SQLitePCLRaw.batteries_v2.dll'
            [SQLitePCL.Batteries_V2]::Init()
            `$connection = [Microsoft.Data.Sqlite.SqliteConnection]::new('Data Source=:memory:')
            `$connection.Open()
            `$command = `$connection.CreateCommand()
            `$command.CommandText = 'CREATE TABLE theirs AS SELECT 1 AS one'
            `$null = `$command.ExecuteNonQuery()
            Import-Module '$root/PosTenancy.psd1'
            (Invoke-PosTenantUpgrade '$database' $tenant -Confirm:`$false).Status
            `$command.CommandText = 'SELECT one + 41 FROM theirs'
            `$command.ExecuteScalar()
            [System.Runtime.Loader.AssemblyLoadContext]::All | Where-Object { `$_.Assemblies.GetName().Name -contains 'Microsoft.Data.Sqlite' } | ForEach-Object Name | Sort-Object
"@
        $run.Error | Should -BeNullOrEmpty
        $run.Lines | Should -Be 'Succeeded', '42', 'Default', 'PosTenancy'
        Get-StoredTenant $database | Should -Be $tenant
    }
}
