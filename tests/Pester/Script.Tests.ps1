# -Script: the user's own file runs inside the guard; its statements are shown before it runs, and their output afterwards.

BeforeDiscovery {
    $commands = 'Invoke-PosTenantUpgrade', 'Invoke-PosTenantMigration' | ForEach-Object { @{ Command = $_ } }
    $bad = @(
        @{ Because = 'does not exist'; Id = 'ScriptNotFound'; Category = 'ObjectNotFound'; Text = $null; Says = '*script*does not exist.*' }
        @{ Because = 'is empty'; Id = 'ScriptInvalid'; Category = 'InvalidData'; Text = ''; Says = '*no statement*' }
        @{ Because = 'contains only comments'; Id = 'ScriptInvalid'; Category = 'InvalidData'
            Text = '-- SELECT 1;'; Says = '*no statement*' }
        @{ Because = 'has a command of the shell'; Id = 'ScriptNotAllowed'; Category = 'InvalidArgument'
            Text = "SELECT 1;`n.read x.sql"; Says = "Line 2 of the script *'.read'*" }
        @{ Because = 'ends the transaction'; Id = 'ScriptNotAllowed'; Category = 'InvalidArgument'
            Text = "SELECT 1;`n`nCOMMIT"; Says = 'Line 3 of the script *' }
        @{ Because = 'attaches another database'; Id = 'ScriptNotAllowed'; Category = 'InvalidArgument'
            Text = "ATTACH 'x.db' AS x"; Says = 'Line 1 of the script *ATTACH*' }
    )
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    # Writes a script as a developer would: the statements of the plan, with the usual statements around them.
    function New-Script {
        param([string] $Database, [string] $Tenant = 'acme', [string] $Inside, [string] $After)

        $plan = Get-PosTenantPlan $Database -TenantId $Tenant
        $path = Join-Path (New-TestFolder) '008_add_tenant_id.sql'
        Set-Content -LiteralPath $path -Encoding utf8BOM -Value @(
            'PRAGMA foreign_keys = OFF;'
            'BEGIN TRANSACTION;'
            $plan | ForEach-Object { $_.Sql } | ForEach-Object { "$_;" }
            if ($Inside) { $Inside }
            'COMMIT;'
            $After
        )
        $path
    }
}

Describe '<Command> -Script' -ForEach $commands {
    It 'runs the script, and every check passes' {
        $database = New-Store
        $result = & $Command $database acme -Script (New-Script $database) -Confirm:$false
        $result.Status | Should -BeIn Succeeded, Migrated
        ($result.Checks | Where-Object Name -NE UniqueKeysPerTenant).Status | Sort-Object -Unique | Should -Be Passed
        Get-StoredTenant $database | Should -Be acme
        @(Invoke-Sqlite $database "SELECT name FROM sqlite_schema WHERE name LIKE 'idx!_%!_tenant!_id' ESCAPE '!'").Count | Should -Be 32

        (& $Command $database acme -Script (New-Script $database 'other') -Confirm:$false).Status | Should -Be AlreadyMigrated
    }

    It 'shows the output of the statements once, as information that can be redirected' {
        $database = New-Store
        $script = New-Script $database -After "SELECT 'users' AS what, count(*) AS n, NULL AS missing FROM users; PRAGMA foreign_key_check;"
        $all = & $Command $database acme -Script $script -Confirm:$false 6>&1
        $said = @($all | Where-Object { $_ -is [System.Management.Automation.InformationRecord] })
        $said.Count | Should -Be 2
        $said[0].Tags | Should -Contain PSHOST
        "$($said[0])" -split "`n" | Should -Be @(
            "line 68: SELECT 'users' AS what, count(*) AS n, NULL AS missing FROM users"
            '  what   n  missing'
            '  -----  -  -------'
            '  users  3  NULL'
            '  1 row'
        )
        "$($said[1])" | Should -BeLike 'line 68: PRAGMA foreign_key_check*0 rows'
        @($all).Count | Should -Be 3

        $result = $all[-1]
        $migration = if ($result.psobject.Properties['Migration']) { $result.Migration } else { $result }
        $migration.ScriptOutput[0].Line | Should -Be 68
        $migration.ScriptOutput[0].Rows[0] | Should -Be 'users', '3', $null
    }

    It 'shows the output in a non-interactive session' {
        $database = New-Store
        $script = New-Script $database -After "SELECT 'seen on the screen' AS word;"
        $run = Invoke-FreshPwsh "`$null = $Command '$database' acme -Script '$script' -Confirm:`$false"
        $run.ExitCode | Should -Be 0
        @($run.Lines -like '*seen on the screen').Count | Should -Be 1
    }

    It 'resolves a relative path against PowerShell''s location' {
        $database = New-Store
        $script = New-Script $database
        Push-Location (Split-Path $script)
        try {
            $null = & $Command $database acme -Script ./008_add_tenant_id.sql -Confirm:$false
        } finally {
            Pop-Location
        }

        Get-StoredTenant $database | Should -Be acme
    }

    It 'lists every statement with -WhatIf, marks those that are not run, and changes no byte' {
        $database = New-Store -Sql 'PRAGMA journal_mode = WAL'
        $script = New-Script $database -After 'SELECT count(*) FROM users;'
        $state = Get-FolderState (Split-Path $database)
        $said = @(& $Command $database acme -Script $script -WhatIf 6>&1 | ForEach-Object { "$_" })
        Get-FolderState (Split-Path $database) | Should -Be $state
        $said.Count | Should -Be 68
        $said[0] | Should -Be ('line 1: not run: PRAGMA foreign_keys = OFF ' +
            '(foreign key enforcement is off during a migration, and every key is checked at the end)')
        $said[1] | Should -Be 'line 2: not run: BEGIN TRANSACTION (the guard''s transaction encloses the entire script)'
        $said[2] | Should -BeLike "line 3: ALTER TABLE *DEFAULT 'acme'"
        $said[66] | Should -BeLike 'line 67: not run: COMMIT (*'
        $said[67] | Should -Be 'line 68: SELECT count(*) FROM users'
    }

    It 'reports with -WhatIf how many statements it would run, and lists none for a migrated database' {
        $database = New-Store
        $script = New-Script $database
        $run = Invoke-FreshPwsh "$Command '$database' acme -Script '$script' -WhatIf"
        $run.Lines[-1] | Should -BeLike (
            "What if: *Run 64 of the 67 statements of the script '008_add_tenant_id.sql' for tenant 'acme'*on target `"$database`".")
        $null = Invoke-PosTenantMigration $database acme -Confirm:$false
        $run = Invoke-FreshPwsh "$Command '$database' acme -Script '$script' -WhatIf"
        $run.Lines.Count | Should -Be 1
        $run.Lines[0] | Should -BeLike '*Nothing: all 32 business tables*'
    }

    It 'terminates the command if the script <Because>, and touches nothing' -ForEach $bad {
        $databases = New-Store 'a.db', 'b.db'
        $script = Join-Path (New-TestFolder) 'bad.sql'
        if ($null -ne $Text) {
            Set-Content -LiteralPath $script -Value $Text
        }

        $state = Get-FolderState (Split-Path $databases[0])
        foreach ($switch in @{ Confirm = $false }, @{ WhatIf = $true }) {
            $failure = { $databases | & $Command -TenantId acme -Script $script @switch } | Should -Throw -PassThru
            $failure.FullyQualifiedErrorId | Should -BeLike "PosTenancy.$Id,*"
            $failure.CategoryInfo.Category | Should -Be $Category
            $failure.Exception.Message | Should -BeLike $Says
            $failure.Exception.Message | Should -BeLike "*$script*"
            $failure.Exception.Message | Should -BeLike '*Nothing was done.'
        }

        Get-FolderState (Split-Path $databases[0]) | Should -Be $state
    }

    It 'cannot be used together with -UniqueScope Tenant' {
        $database = New-Store
        $script = New-Script $database
        $failure = { & $Command $database acme -Script $script -UniqueScope Tenant -Confirm:$false } | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.ScriptAndUniqueScope,*'
        (& $Command $database acme -Script $script -UniqueScope Database -Confirm:$false).Status | Should -BeIn Succeeded, Migrated
    }

    It 'rolls back a script that <Because>, reports the cause, and continues' -ForEach @(
        @{
            Because = 'fails in a statement'
            Inside = "INSERT OR ROLLBACK INTO stores (id, code, name) SELECT id, code, name FROM stores WHERE name LIKE 'bad%';"
            Says = '*Line 67 of the script*UNIQUE*'
        }
        @{
            Because = 'loses a row'
            Inside = "DELETE FROM vehicle_fitment WHERE make IN (SELECT make FROM vehicle_fitment LIMIT 1) " +
                "AND EXISTS (SELECT 1 FROM stores WHERE name LIKE 'bad%');"
            Says = '*RowCountsMatch*'
        }
    ) {
        $databases = New-Store 'a.db', 'b.db'
        $script = New-Script $databases[0] -Inside $Inside
        $null = Invoke-Sqlite $databases[0] "UPDATE stores SET name = 'bad'"
        $before = Get-Sha256 $databases[0]
        $collect = @{ ErrorVariable = 'failures'; ErrorAction = 'SilentlyContinue' }
        $results = $databases | & $Command -TenantId acme -Script $script -Confirm:$false @collect
        $isUpgrade = $Command -like '*Upgrade'
        $results.Status | Should -Be ($isUpgrade ? @('Refused', 'Succeeded') : @('RolledBack', 'Migrated'))
        $failures.FullyQualifiedErrorId |
            Should -BeLike ($isUpgrade ? 'PosTenancy.RehearsalFailed,*' : 'PosTenancy.MigrationRolledBack,*')
        $failures[0].Exception.Message | Should -BeLike $Says
        Get-Sha256 $databases[0] | Should -Be $before
        Get-StoredTenant $databases[1] | Should -Be acme
    }

    It 'refuses a script for another tenant' {
        $database = New-Store
        $before = Get-Sha256 $database
        $collect = @{ ErrorVariable = 'failures'; ErrorAction = 'SilentlyContinue' }
        $null = & $Command $database acme -Script (New-Script $database 'other') -Confirm:$false @collect
        $failures[0].Exception.Message | Should -BeLike '*TenantDistribution*'
        Get-Sha256 $database | Should -Be $before
    }

    It 'is not bound from the pipeline' {
        (Get-Command $Command).Parameters.Script.Attributes | Where-Object { $_ -is [Parameter] } |
            ForEach-Object ValueFromPipelineByPropertyName | Should -Be $false
    }
}

Describe 'Invoke-PosTenantUpgrade -Script -ReportPath' {
    It 'writes the hash and the output of the script to the report' {
        $database = New-Store
        $script = New-Script $database -After "SELECT 'proof' AS word;"
        $report = Join-Path (New-TestFolder) 'report.md'
        $null = Invoke-PosTenantUpgrade $database acme -Script $script -ReportPath $report -Confirm:$false 6>$null
        $text = Get-Content -LiteralPath $report -Raw
        $text | Should -BeLike "*$(Get-Sha256 $script)*"
        $text | Should -BeLike '*| proof |*'
    }
}
