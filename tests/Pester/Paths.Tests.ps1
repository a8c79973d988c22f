# All commands accept a database in the same ways.

BeforeDiscovery {
    $commands = @(
        @{ Command = 'Backup-PosDatabase'; Options = @{} }
        @{ Command = 'Get-PosTenantPlan'; Options = @{} }
        @{ Command = 'Get-PosTenant'; Options = @{} }
        @{ Command = 'Get-PosTenantDistribution'; Options = @{} }
        @{ Command = 'Export-PosTenant'; Options = @{ TenantId = 'acme' } }
        @{ Command = 'Test-PosTenantIntegrity'; Options = @{} }
        @{ Command = 'Invoke-PosTenantMigration'; Options = @{ TenantId = 'acme'; Confirm = $false } }
        @{ Command = 'Invoke-PosTenantUpgrade'; Options = @{ TenantId = 'acme'; Confirm = $false } }
    )
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    # A database that already has a tenant: every command of the list returns something for it.
    function New-Database {
        param([string[]] $Name = 'pos.db')

        New-Store -Name $Name -Sql @'
            CREATE TABLE ready (id, tenant_id VARCHAR(255) NOT NULL DEFAULT 'acme');
            CREATE INDEX r ON ready (tenant_id);
            INSERT INTO ready (id) VALUES (1);
'@
    }
}

Describe '<Command>' -ForEach $commands {
    AfterEach {
        Set-Location -LiteralPath $root
    }

    It 'accepts a path relative to PowerShell''s location, which differs from the process''s' {
        $database = New-Database
        Set-Location -LiteralPath (Split-Path $database)
        [System.Environment]::CurrentDirectory | Should -Not -Be (Split-Path $database)

        & $Command pos.db @Options | ForEach-Object Path | Select-Object -Unique | Should -Be $database
        & $Command -Path ./pos.db @Options | ForEach-Object Path | Select-Object -Unique | Should -Be $database
    }

    It 'accepts a path on a PowerShell drive' {
        $database = New-Database
        $null = New-PSDrive -Name store -PSProvider FileSystem -Root (Split-Path $database) -Scope Global
        try {
            & $Command store:/pos.db @Options | ForEach-Object Path | Select-Object -Unique | Should -Be $database
        } finally {
            Remove-PSDrive store
        }
    }

    It 'accepts several paths, including wildcards, in their order' {
        $databases = New-Database 'b.db', 'a1.db', 'a2.db'
        Set-Location -LiteralPath (Split-Path $databases[0])
        & $Command b.db, a*.db @Options | ForEach-Object Path | Select-Object -Unique | Should -Be $databases
    }

    It 'accepts strings from the pipeline' {
        $databases = New-Database 'a.db', 'b.db'
        $databases | & $Command @Options | ForEach-Object Path | Select-Object -Unique | Should -Be $databases
    }

    It 'accepts files from the pipeline' {
        $databases = New-Database 'a.db', 'b.db'
        Get-ChildItem -Path (Split-Path $databases[0]) -Filter *.db | & $Command @Options | ForEach-Object Path | Select-Object -Unique |
            Should -Be $databases
    }

    It 'accepts CSV rows with columns for its parameters' {
        $databases = New-Database 'a.db', 'b.db'
        $list = Join-Path (Split-Path $databases[0]) 'stores.csv'
        $databases | ForEach-Object { [pscustomobject]@{ Path = $_; TenantId = 'acme' } } | Export-Csv -LiteralPath $list
        $rest = $Options.Clone()
        $rest.Remove('TenantId')
        Import-Csv -LiteralPath $list | & $Command @rest | ForEach-Object Path | Select-Object -Unique | Should -Be $databases
    }

    It 'treats each character of a -LiteralPath literally' {
        $database, $other = New-Database 'pos[1].db', 'pos1.db'
        $before = Get-Sha256 $other
        Set-Location -LiteralPath (Split-Path $database)
        & $Command -LiteralPath 'pos[1].db' @Options | ForEach-Object Path | Select-Object -Unique | Should -Be $database
        & $Command -PSPath $database @Options | ForEach-Object Path | Select-Object -Unique | Should -Be $database
        Get-Sha256 $other | Should -Be $before
    }

    It 'treats typed brackets as a pattern' {
        $null, $other = New-Database 'pos[1].db', 'pos1.db'
        Set-Location -LiteralPath (Split-Path $other)
        & $Command 'pos[1].db' @Options | ForEach-Object Path | Select-Object -Unique | Should -Be $other
    }

    It 'treats brackets from the pipeline as part of the file name: <Form>' -ForEach @(
        @{ Form = 'a file'; Make = { Get-Item -LiteralPath $args[0] } }
        @{ Form = 'a string'; Make = { $args[0] } }
        @{ Form = 'a result'; Make = { Backup-PosDatabase -LiteralPath $args[0] } }
    ) {
        $database, $other = New-Database 'pos[1].db', 'pos1.db'
        $before = Get-Sha256 $other
        & $Make $database | & $Command @Options | ForEach-Object Path | Select-Object -Unique | Should -Be $database
        Get-Sha256 $other | Should -Be $before
    }

    It 'reports an unusable path, and continues with the next: <Bad>' -ForEach @(
        @{ Bad = 'no-such-file.db'; Id = 'FileNotFound'; Category = 'ObjectNotFound' }
        @{ Bad = 'no-such-*.db'; Id = 'FileNotFound'; Category = 'ObjectNotFound' }
        @{ Bad = 'Env:PATH'; Id = 'InvalidPath'; Category = 'InvalidArgument' }
        @{ Bad = 'nodrive:/pos.db'; Id = 'InvalidPath'; Category = 'InvalidArgument' }
        @{ Bad = '.'; Id = 'PathIsFolder'; Category = 'InvalidArgument' }
    ) {
        $database = New-Database
        Set-Location -LiteralPath (Split-Path $database)
        $found = & $Command $Bad, pos.db @Options -ErrorVariable failures -ErrorAction SilentlyContinue
        @($failures | Where-Object FullyQualifiedErrorId -Like 'PosTenancy.*').FullyQualifiedErrorId | Should -BeLike "PosTenancy.$Id,*"
        $failures[0].CategoryInfo.Category | Should -Be $Category
        $failures[0].CategoryInfo.Activity | Should -Be $Command
        $failures[0].TargetObject | Should -Not -BeNullOrEmpty
        $found[-1].Path | Should -Be $database
    }
}

Describe 'Restore-PosDatabase' {
    AfterEach {
        Set-Location -LiteralPath $root
    }

    It 'accepts database and backup relative to PowerShell''s location' {
        $database = New-Store
        $backup = Backup-PosDatabase $database
        $null = Invoke-Sqlite $database 'DELETE FROM vehicle_fitment'
        Set-Location -LiteralPath (Split-Path $database)
        $restored = Restore-PosDatabase pos.db (Split-Path -Leaf $backup.BackupPath) -Confirm:$false
        $restored.Path | Should -Be $database
        $restored.BackupPath | Should -Be $backup.BackupPath
        Invoke-Sqlite $database 'SELECT count(*) FROM vehicle_fitment' | Should -Be 7
    }
}
