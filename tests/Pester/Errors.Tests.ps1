# Errors are part of the interface: each has a stable id, the right category and the database as its target, and the command continues.

BeforeDiscovery {
    $bad = @(
        @{ Because = 'does not exist'; Id = 'FileNotFound'; Category = 'ObjectNotFound'; Harm = { Remove-Item -LiteralPath $args[0] } }
        @{ Because = 'is a folder'; Id = 'PathIsFolder'; Category = 'InvalidArgument'; Harm = {
                Remove-Item -LiteralPath $args[0]
                New-Item -ItemType Directory -Path $args[0]
            }
        }
        @{ Because = 'has zero bytes'; Id = 'EmptyFile'; Category = 'InvalidData'; Harm = { Clear-Content -LiteralPath $args[0] } }
        @{ Because = 'is text'; Id = 'NotADatabase'; Category = 'InvalidData'; Harm = { Set-Content -LiteralPath $args[0] -Value 'text' } }
        @{ Because = 'is random data, as an encrypted database is'; Id = 'DatabaseEncrypted'; Category = 'InvalidData'; Harm = {
                $bytes = [byte[]]::new(8192)
                [System.Random]::new(7).NextBytes($bytes)
                [System.IO.File]::WriteAllBytes($args[0], $bytes)
            }
        }
        @{ Because = 'is truncated'; Id = 'DatabaseTruncated'; Category = 'InvalidData'; Harm = {
                $stream = [System.IO.File]::OpenWrite($args[0])
                $stream.SetLength($stream.Length - 4096)
                $stream.Dispose()
            }
        }
        @{ Because = 'is damaged'; Id = 'DatabaseCorrupt'; Category = 'InvalidData'; Harm = {
                $stream = [System.IO.File]::OpenWrite($args[0])
                $stream.Position = 100
                $stream.Write([byte[]] (,255 * 3000), 0, 3000)
                $stream.Dispose()
            }
        }
        @{ Because = 'is marked read-only'; Id = 'ReadOnly'; Category = 'PermissionDenied'; Harm = {
                (Get-Item -LiteralPath $args[0]).IsReadOnly = $true
            }
        }
        @{ Because = 'has a generated tenant column'; Id = 'PlanBlocked'; Category = 'InvalidOperation'; Harm = {
                $null = Invoke-Sqlite $args[0] 'ALTER TABLE users ADD COLUMN tenant_id AS (1)'
            }
        }
        @{ Because = 'has no business table'; Id = 'NothingToMigrate'; Category = 'InvalidOperation'; Harm = {
                Remove-Item -LiteralPath $args[0]
                $null = Invoke-Sqlite $args[0] 'CREATE TABLE _migrations (id); CREATE TABLE tenants (id)'
            }
        }
    )
    $commands = 'Invoke-PosTenantUpgrade', 'Invoke-PosTenantMigration' | ForEach-Object { @{ Command = $_ } }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe '<Command>' -ForEach $commands {
    It 'refuses a database that <Because>, as PosTenancy.<Id>, and continues' -ForEach $bad {
        $databases = New-Store 'a.db', 'b.db', 'c.db'
        $null = & $Harm $databases[1]
        $state = Get-FolderState (Split-Path $databases[1]) | Where-Object { $_ -match '/b\.db' }

        $collect = @{ ErrorVariable = 'failures'; ErrorAction = 'SilentlyContinue' }
        $results = $databases | & $Command -TenantId $tenant -Confirm:$false -LockTimeout 0 @collect

        @($failures).Count | Should -Be 1
        $failure = $failures[0]
        $failure.FullyQualifiedErrorId | Should -BeLike "PosTenancy.$Id,*"
        $failure.CategoryInfo.Category | Should -Be $Category
        $failure.CategoryInfo.Activity | Should -Be $Command
        $failure.TargetObject | Should -Be $databases[1]
        $failure.Exception.Message | Should -BeLike "*$($databases[1])*"
        Get-StoredTenant $databases[0] | Should -Be $tenant
        Get-StoredTenant $databases[2] | Should -Be $tenant
        Get-FolderState (Split-Path $databases[1]) | Where-Object { $_ -match '/b\.db' } | Should -Be $state

        if ($Command -eq 'Invoke-PosTenantUpgrade') {
            $results.Path | Should -Be $databases
            $results.Status | Should -Be Succeeded, Refused, Succeeded
            $results[1].Error.ErrorId | Should -Be "PosTenancy.$Id"
            $results[1].Error.Message | Should -Be $failure.Exception.Message
        } else {
            $results.Status | Should -Be Migrated, Migrated
        }
    }

    It 'stops at the first failure with -ErrorAction Stop, and leaves the rest unchanged' {
        $databases = New-Store 'a.db', 'b.db', 'c.db'
        Set-Content -LiteralPath $databases[1] -Value 'text'
        $before = Get-Sha256 $databases[2]
        $results = [System.Collections.Generic.List[object]]::new()
        $failure = {
            $databases | & $Command -TenantId $tenant -Confirm:$false -ErrorAction Stop | ForEach-Object { $results.Add($_) }
        } | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.NotADatabase,*'
        $results[0].Path | Should -Be $databases[0]
        Get-Sha256 $databases[2] | Should -Be $before
    }

    It 'refuses a folder that is not writable, because SQLite keeps its journal there' -Skip:$IsWindows {
        $database = New-Store
        [System.IO.File]::SetUnixFileMode((Split-Path $database), 'UserRead, UserExecute')
        try {
            $null = & $Command $database $tenant -Confirm:$false -ErrorVariable failures -ErrorAction SilentlyContinue
            @($failures).FullyQualifiedErrorId | Should -BeLike 'PosTenancy.ReadOnly,*'
        } finally {
            [System.IO.File]::SetUnixFileMode((Split-Path $database), 'UserRead, UserWrite, UserExecute')
        }
    }
}

Describe 'Invoke-PosTenantMigration -BackupPath' {
    It 'refuses a backup that <Because>, as PosTenancy.<Id>' -ForEach @(
        @{ Because = 'does not exist'; Id = 'BackupNotFound'; Category = 'ObjectNotFound'; Harm = {
                Remove-Item -LiteralPath $backup.BackupPath
            }
        }
        @{ Because = 'has no manifest'; Id = 'BackupNotFound'; Category = 'ObjectNotFound'; Harm = {
                Remove-Item -LiteralPath $backup.ManifestPath
            }
        }
        @{ Because = 'has a different JSON file as its manifest'; Id = 'ManifestInvalid'; Category = 'InvalidData'; Harm = {
                '{}' | Set-Content -LiteralPath $backup.ManifestPath
            }
        }
        @{ Because = 'was changed'; Id = 'BackupTampered'; Category = 'SecurityError'; Harm = {
                $null = Invoke-Sqlite $backup.BackupPath 'DELETE FROM users'
            }
        }
        @{ Because = 'is older than the last sale'; Id = 'DatabaseChanged'; Category = 'InvalidOperation'; Harm = {
                $null = Invoke-Sqlite $database "INSERT INTO customers (id, name) VALUES ('c1', 'Ada')"
            }
        }
    ) {
        $database = New-Store
        $backup = Backup-PosDatabase $database
        . $Harm
        $state = Get-FolderState (Split-Path $database)
        $collect = @{ ErrorVariable = 'failures'; ErrorAction = 'SilentlyContinue' }
        $result = Invoke-PosTenantMigration $database $tenant -BackupPath $backup.BackupPath -Confirm:$false @collect
        $result | Should -BeNullOrEmpty
        @($failures).FullyQualifiedErrorId | Should -BeLike "PosTenancy.$Id,*"
        $failures[0].CategoryInfo.Category | Should -Be $Category
        @(Get-FolderState (Split-Path $database))[1..9] | Should -Be @($state)[1..9]
    }

    It 'refuses the backup of another database, as PosTenancy.BackupMismatch' {
        $database, $other = New-Store 'a.db', 'b.db'
        $null = Invoke-Sqlite $other 'DELETE FROM vehicle_fitment'
        $backup = Backup-PosDatabase $other
        $before = Get-Sha256 $database
        $collect = @{ ErrorVariable = 'failures'; ErrorAction = 'SilentlyContinue' }
        Invoke-PosTenantMigration $database $tenant -BackupPath $backup.BackupPath -Confirm:$false @collect
        @($failures).FullyQualifiedErrorId | Should -BeLike 'PosTenancy.BackupMismatch,*'
        $failures[0].CategoryInfo.Category | Should -Be SecurityError
        Get-Sha256 $database | Should -Be $before
    }
}

Describe '-Destination' {
    It 'refuses a folder that does not exist, as PosTenancy.DestinationNotFound' {
        $database = New-Store
        $nowhere = Join-Path (New-TestFolder) 'nowhere'
        $collect = @{ ErrorVariable = 'failures'; ErrorAction = 'SilentlyContinue' }
        $result = Invoke-PosTenantUpgrade $database $tenant -Destination $nowhere -Confirm:$false @collect
        $result.Status | Should -Be Refused
        @($failures).FullyQualifiedErrorId | Should -Be 'PosTenancy.DestinationNotFound,Invoke-PosTenantUpgrade'
        $failures[0].CategoryInfo.Category | Should -Be ObjectNotFound
    }

    It 'refuses a folder that is not writable, as PosTenancy.DestinationNotWritable' -Skip:$IsWindows {
        $database = New-Store
        $folder = New-TestFolder
        [System.IO.File]::SetUnixFileMode($folder, 'UserRead, UserExecute')
        try {
            Backup-PosDatabase $database -Destination $folder -ErrorVariable failures -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        } finally {
            [System.IO.File]::SetUnixFileMode($folder, 'UserRead, UserWrite, UserExecute')
        }

        @($failures).FullyQualifiedErrorId | Should -BeLike 'PosTenancy.DestinationNotWritable,*'
        $failures[0].CategoryInfo.Category | Should -Be PermissionDenied
    }
}

Describe 'The message of a blocked plan' {
    It 'names options that can be typed verbatim: <Advice>' -ForEach @(
        @{ Scope = 'TenantAndPrimaryKey'; Advice = '-UniqueScope Tenant'
            Sql = 'CREATE TABLE p (k TEXT PRIMARY KEY); CREATE TABLE c (p REFERENCES p ON DELETE SET NULL)' }
        @{ Scope = 'Tenant'; Advice = '-UniqueScope Database'
            Sql = 'CREATE TABLE p (k UNIQUE); CREATE TABLE c (p REFERENCES p (k) ON DELETE SET NULL)' }
        @{ Scope = 'Database'; Advice = '-ColumnName tenant'; Sql = 'CREATE TABLE p (x, tenant_id AS (x))' }
        @{ Scope = 'Database'; Advice = "-ExcludeTable 'p''s', 'q'"
            Sql = "CREATE TABLE `"p's`" (x); CREATE VIEW v AS SELECT * FROM `"p's`" UNION SELECT 1;
                CREATE TABLE q (x); CREATE VIEW w AS SELECT * FROM q UNION SELECT 1" }
    ) {
        $database = New-Store -Sql $Sql
        $collect = @{ ErrorVariable = 'failures'; ErrorAction = 'SilentlyContinue' }
        $null = Invoke-PosTenantUpgrade $database $tenant -UniqueScope $Scope -Confirm:$false @collect
        $options = [regex]::Match("$($failures[-1])", ' It can be migrated with (-.+)\. The database was not changed\.$').Groups[1].Value
        $options | Should -BeExactly $Advice
        (Invoke-Expression "Invoke-PosTenantUpgrade '$database' $tenant $options -Confirm:`$false").Status | Should -Be Succeeded
    }
}

Describe '-LockTimeout' {
    It 'refuses an invalid time: <Value>' -ForEach @(@{ Value = 'soon' }, @{ Value = -1 }, @{ Value = 1e9 }) {
        $database = New-Store
        { Invoke-PosTenantMigration $database $tenant -LockTimeout $Value -Confirm:$false } | Should -Throw
        { Invoke-PosTenantUpgrade $database $tenant -LockTimeout $Value -Confirm:$false } | Should -Throw
        { Backup-PosDatabase $database -LockTimeout $Value } | Should -Throw
        (Get-ChildItem -LiteralPath (Split-Path $database) -Force).Name | Should -Be 'pos.db'
    }
}
