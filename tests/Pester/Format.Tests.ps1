# The display at the widths of real consoles. PowerShell breaks a long line between any two characters, and omits a column that does not
# fit. Therefore no view may depend on the width of the console.

BeforeDiscovery {
    $lists = @(
        @{ Type = 'BackupResult'; Labels = 'Path BackupPath ManifestPath Verified Sha256 Size Content CreatedAt Duration' }
        @{ Type = 'MigrationResult'; Labels = 'Path Status TenantId Tables Indexes Rows Size Checks Duration BackupPath' }
        @{ Type = 'RestoreResult'; Labels = 'Path BackupPath Verified Sha256 Size Duration ReplacedPath' }
        @{ Type = 'UpgradeResult'; Labels = 'Path Status TenantId Backup Rehearsal Migration Rows Checks Duration ReportPath' }
        @{ Type = 'FileState'; Labels = 'Size PageSize Journal OpenElsewhere Free SqliteVersion ProductVersion' }
        @{ Type = 'RecoveryResult'; Labels = 'Action Interrupted StartedAt Stage Detail RemovedPaths' }
        @{
            Type = 'MigrationPlan'
            Labels = 'Summary TenantId ColumnName UniqueScope IndexStrategy ExcludeTable ReferenceTable TenantFor Script History ' +
                'Statements Warnings'
        }
        @{
            Type = 'MigrationOptions'
            Labels = 'TenantId ColumnName UniqueScope IndexStrategy ExcludeTable ReferenceTable TenantFor HistoryTable Script'
        }
        @{ Type = 'MigrationScript'; Labels = 'Path Sha256 Statements' }
        @{ Type = 'HistoryPlan'; Labels = 'Table Problem' }
        @{
            Type = 'TenantExportResult'
            Labels = 'Path TenantId ExportPath ManifestPath SingleTenant Sha256 Size Content Duration'
        }
        @{ Type = 'Failure'; Labels = 'ErrorId Message' }
        @{ Type = 'ChangeRehearsal'; Labels = 'Duration Checks' }
        @{ Type = 'ScriptOutput'; Labels = 'Line Sql RowCount Rows' }
        @{ Type = 'TenantRestoreResult'; Labels = 'Path TenantId Status SourcePath Rows Restored NewKeys Conflicts Duration Backup' }
    )
    $tables = @(
        @{ Type = 'TablePlan'; Labels = 'Table Rows Warnings'; IsGrouped = $true }
        @{ Type = 'CheckResult'; Labels = 'Status Name Actual'; IsGrouped = $true }
        @{ Type = 'IsolationResult'; Labels = 'Status Operation Table Rows'; IsGrouped = $true }
        @{ Type = 'StatementResult'; Labels = 'Line Verdict Table Sql' }
        @{ Type = 'TenantDistribution'; Labels = 'Table TenantId Rows'; IsGrouped = $true }
        @{ Type = 'TenantInfo'; Labels = 'TenantId Tables Rows Bytes'; IsGrouped = $true }
        @{ Type = 'TenantDifference'; Labels = 'Kind Row Left Right'; IsGrouped = $true }
        @{ Type = 'ExportedKey'; Labels = 'Table DatabaseKey Key' }
        @{ Type = 'TenantTable'; Labels = 'Table Rows Bytes' }
        @{ Type = 'TenantImportResult'; Labels = 'Source TenantId Status Rows Keys Duration'; IsGrouped = $true }
        @{ Type = 'TenantRenameResult'; Labels = 'TenantId NewName Status Rows Mentions Duration'; IsGrouped = $true }
        @{ Type = 'TenantMention'; Labels = 'Kind Name Column Rows' }
        @{ Type = 'ChangedTable'; Labels = 'Table RowsBefore RowsAfter' }
        @{ Type = 'TenantRemovalResult'; Labels = 'TenantId Level Status Rows HeldBy Duration'; IsGrouped = $true }
        @{ Type = 'TenantHolder'; Labels = 'Kind Path Detail' }
        @{ Type = 'RestoredTable'; Labels = 'Table Returned Gone Changed' }
        @{ Type = 'RestoredKey'; Labels = 'Table Column Key NewKey' }
        @{ Type = 'RestoreConflict'; Labels = 'Kind Conflict' }
        @{ Type = 'ImportedTable'; Labels = 'Table Rows Keys Rule' }
        @{ Type = 'TenantCopyResult'; Labels = 'TenantId Layout Status Rows Duration'; IsGrouped = $true }
        @{ Type = 'CopyTablePlan'; Labels = 'Action Table Rows Notes'; IsGrouped = $true }
        @{ Type = 'ColumnConversion'; Labels = 'Table Column TargetType Rule' }
        @{ Type = 'CompletionResult'; Labels = 'TenantId Status Tables Affected Rows Duration'; IsGrouped = $true }
        @{ Type = 'CompletedColumn'; Labels = 'Table TenantId RowsStored' }
        @{ Type = 'AffectedStatement'; Labels = 'Name On Tried Message' }
        @{ Type = 'HistoryEntry'; Labels = 'AppliedAt TenantId Migration'; IsGrouped = $true }
        @{ Type = 'QueryMeasurement'; Labels = 'Status Query BeforeMs AfterMs Ratio'; IsGrouped = $true }
        @{ Type = 'StageDuration'; Labels = 'Stage Duration' }
        @{ Type = 'ComparedFigure'; Labels = 'Matches Metric Figure' }
        @{ Type = 'TableMigration'; Labels = 'Table Action RowsBefore RowsAfter NoTenant' }
        @{ Type = 'PlannedStatement'; Labels = 'Subject Sql' }
        @{ Type = 'TableTenant'; Labels = 'Table TenantId' }
        @{ Type = 'ScriptStatement'; Labels = 'Line Sql' }
    )
    $widths = 80, 100, 120 | ForEach-Object { $width = $_; $lists + $tables | ForEach-Object { $_ + @{ Width = $width } } }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    function Get-Text {
        param($InputObject, [int] $Width = 80)

        @(($InputObject | Out-String -Width $Width) -split '\r?\n' | Where-Object Length | ForEach-Object TrimEnd)
    }

    function New-WideStore {
        # Forty tables, named as in a large installation, in a long path; every third has a key across all tenants.
        $folder = Join-Path (New-TestFolder) 'Program Files/Point of Sale Solutions International/Databases of all stores/store-0042'
        $null = New-Item -ItemType Directory $folder
        $database = Join-Path $folder 'point-of-sale-production.db'
        $names = 'customer_loyalty_programme_memberships', 'inventory_stock_adjustment_entries_of_all_warehouses',
            'point_of_sale_terminal_configurations'
        $sql = @(
            foreach ($i in 1..40) {
                $name = '{0}_{1:00}' -f $names[$i % 3], $i
                $parent = if ($i -gt 1) { ", parent_id INTEGER REFERENCES $('{0}_{1:00}' -f $names[($i - 1) % 3], ($i - 1))(id)" }
                $unique = if ($i % 3 -eq 0) { ' UNIQUE' }
                "CREATE TABLE $name (id INTEGER PRIMARY KEY, external_reference_number TEXT$unique, amount REAL$parent);"
                "CREATE INDEX idx_${name}_external_reference_number_and_amount ON $name(external_reference_number, amount);"
                "INSERT INTO $name (id, external_reference_number, amount) VALUES (1, 'R-1', 2.5), (2, 'R-2', 3);"
            }
            'CREATE VIRTUAL TABLE product_full_text_search_index USING fts5(body); CREATE TABLE schema_migrations(version, name);'
        )
        $null = Invoke-Sqlite $database ($sql -join "`n")
        $database
    }

    # What a second sample store cannot have in the same database.
    $distinct = "UPDATE users SET username = 'n-' || username; UPDATE products SET sku = 'n-' || sku; UPDATE stores SET code = 'NORTH';
        DELETE FROM maintenance_schedules; DELETE FROM audit_log;"

    function Get-Shown {
        # Objects of every type that a result has or contains.
        param([string] $Database, [string] $Tenant)

        $shown = @{ TablePlan = Get-PosTenantPlan $Database -UniqueScope Tenant -IndexStrategy Composite }
        $script = Join-Path (Split-Path $Database) 'add_tenant_to_every_business_table_of_the_point_of_sale_database.sql'
        Set-Content -LiteralPath $script @(
            'BEGIN;'
            (Get-PosTenantPlan $Database $Tenant).Sql | ForEach-Object { "$_;" }
            "SELECT 'a text that is longer than a line of a console has room for, so that it is shortened' AS " +
                'first_column_of_the_answer, NULL AS second;'
            'SELECT name FROM sqlite_schema;'
            'COMMIT;'
        )
        $folder = Split-Path $Database
        $shown.UpgradeResult = Invoke-PosTenantUpgrade $Database $Tenant -Script $script -ReportPath $folder -Confirm:$false 6>$null
        $shown.MigrationResult = $shown.UpgradeResult.Migration
        $shown.BackupResult = $shown.UpgradeResult.Backup
        $shown.CheckResult = $shown.UpgradeResult.Checks
        $shown.FileState = $shown.UpgradeResult.Before
        $shown.StageDuration = $shown.UpgradeResult.Stages
        $shown.ComparedFigure = $shown.UpgradeResult.Comparison
        $shown.TableMigration = $shown.UpgradeResult.Migration.Tables
        $shown.ScriptOutput = $shown.UpgradeResult.Migration.ScriptOutput
        $shown.MigrationPlan = $shown.UpgradeResult.Plan
        $shown.MigrationOptions = $shown.UpgradeResult.Plan.Options
        $shown.MigrationScript = $shown.UpgradeResult.Plan.Options.Script
        $shown.ScriptStatement = $shown.UpgradeResult.Plan.Options.Script.Statements
        $shown.PlannedStatement = $shown.UpgradeResult.Plan.Statements
        $shown.HistoryPlan = $shown.UpgradeResult.Plan.History
        $shown.IsolationResult = Test-PosTenantIsolation $Database $Tenant
        $source = Join-Path (Split-Path $Database) 'source_of_the_application_that_has_all_statements_of_the_back_office.sql'
        $names = $shown.TablePlan | Where-Object Action -EQ AddColumn | Select-Object -First 4 | ForEach-Object Table
        Set-Content -LiteralPath $source @(
            $names | ForEach-Object { "SELECT`n    *`nFROM $_ WHERE tenant_id = ? OR 'a\\b' IS NOT NULL AND id = 'a text that is long';" }
            '-- postenancy: all tenants, because the operator counts all rows of the platform once a year'
            "SELECT count(*) FROM $($names[0]);"
            'SELECT something FROM a_table_that_does_not_exist_in_this_database_of_the_store;'
        )
        $shown.StatementResult = Test-PosTenantStatement $Database $source -FailOn @() 6>$null
        $shown.TenantDistribution = Get-PosTenantDistribution $Database
        $shown.TenantInfo = Get-PosTenant $Database
        $shown.TenantTable = $shown.TenantInfo.PerTable
        $shown.HistoryEntry = Get-PosTenantHistory $Database -Script $script
        $shown.QueryMeasurement = $shown.UpgradeResult | Measure-PosTenantQuery -TimePerQuery 0.001
        $shown.Failure = (Invoke-PosTenantUpgrade $Database "not $Tenant" -Confirm:$false -ErrorAction SilentlyContinue).Error
        $assembly = $shown.UpgradeResult.GetType().Assembly
        $shown.RecoveryResult = $assembly.GetType('PosTenancy.RecoveryResult')::new(
            'An upgrade that began on 2026-01-11 at 13:31:05 +00:00 was interrupted', [DateTimeOffset]::Now,
            [Enum]::Parse($assembly.GetType('PosTenancy.Stage'), 'Backup'),
            [Enum]::Parse($assembly.GetType('PosTenancy.RecoveryAction'), 'Resumed'),
            [string[]] @("$Database.rehearsal-20260111-133105.tmp", "$Database.rehearsal-20260111-133105.tmp-journal"))
        $shown.TableTenant = $assembly.GetType('PosTenancy.TableTenant')::new('users', $Tenant)
        $copied = $assembly.GetType('PosTenancy.TenantCopyResult')
        $shown.TenantCopyResult = 'Succeeded', 'Refused' | ForEach-Object {
            $copied::new($Database, $Tenant, 'head-office:5432/pos', 'Partitioned', $_, 32, 1234567, [DateTimeOffset]::Now, '00:01:23.4')
        }
        $copied.GetProperty('Error').SetValue($shown.TenantCopyResult[1], $shown.Failure)
        $names = @($shown.TablePlan.Table | Sort-Object Length)[0, -1]
        $planned = $assembly.GetType('PosTenancy.CopyTablePlan')
        $shown.CopyTablePlan = $names | ForEach-Object {
            $planned::new($Database, $_, 'Blocked', "column ${_}: rowid 17 has a text beside values of other classes", 1234567)
            $planned::new($Database, $_, 'Create', '', 0)
        }
        $planned.GetProperty('Warnings').SetValue(
            $shown.CopyTablePlan[1], [string[]] @("UNIQUE ($_) becomes UNIQUE (tenant_id, $($names[1])).", 'View v is not created.'))
        $conversion = $assembly.GetType('PosTenancy.ColumnConversion')
        $shown.ColumnConversion = $names | ForEach-Object {
            $conversion::new($_, "the_column_of_$_", 'DECIMAL(10,2)', 'double precision', 'Converted', 'IntegersAsDouble')
            $conversion::new($_, 'sold_at', 'DATETIME', 'timestamp without time zone', 'Converted', 'TextAsTimestamp')
            $conversion::new($_, 'note', '', '', 'Refused', 'rowid 17 has a text beside values of other classes, in a column of none')
        }
        $shown.ExportedKey = $assembly.GetType('PosTenancy.ExportedKey')::new('users', '1001', '17')
        $shown.TenantExportResult = Export-PosTenant $Database $Tenant
        $null = Invoke-Sqlite $Database "DELETE FROM $($shown.TenantTable[0].Table)"
        $shown.TenantDifference = $shown.TenantExportResult | Compare-PosTenant
        $source = Join-Path (Split-Path $Database) 'export-of-the-store-north-0043.db'
        [System.IO.File]::Copy($shown.BackupResult.BackupPath, $source)
        $sql = Invoke-Sqlite $source "SELECT 'UPDATE ' || name || ' SET external_reference_number = NULL;' FROM sqlite_schema
            WHERE type = 'table' AND sql LIKE '%external_reference_number TEXT%'"
        $null = Invoke-Sqlite $source $(if ($sql) { $sql -join '' } else { $distinct })
        $shown.TenantImportResult = "new $Tenant", $Tenant | ForEach-Object {
            Import-PosTenant $Database $source $_ -KeyMap @{ '*.id' = 'Key' } -Confirm:$false -WarningAction Ignore -ErrorAction Ignore
        }
        $shown.ImportedTable = $shown.TenantImportResult[0].Tables
        $shown.ChangeRehearsal = $shown.TenantImportResult[0].Rehearsal
        $source = (Backup-PosDatabase $Database).BackupPath
        $taken = $shown.TenantTable.Table -match '^vehicle_fitment$|_40$' | Select-Object -First 1
        $make = if ($taken -eq 'vehicle_fitment') { ", make = make || ' 2'" }
        $null = Invoke-Sqlite $Database "UPDATE $taken SET tenant_id = 'other'$make WHERE tenant_id = '$Tenant'"
        $shown.TenantRestoreResult = Restore-PosTenant $Database $Tenant $source -OnConflict NewKey -KeyMap @{ '*.id' = 'Key' } `
            -Confirm:$false -WarningAction Ignore
        $shown.ChangedTable = $shown.TenantRestoreResult.Tables
        $shown.RestoredTable = $shown.TenantRestoreResult.Restored
        $shown.RestoredKey = $shown.TenantRestoreResult.NewKeys
        $shown.RestoreConflict = $shown.TenantRestoreResult.Conflicts
        $shown.TenantRemovalResult = "x$Tenant", "new $Tenant" | ForEach-Object {
            Remove-PosTenant $Database $_ -Confirm:$false -WarningAction Ignore -ErrorAction Ignore
        }
        $shown.TenantHolder = $shown.TenantRemovalResult[1].HeldBy
        $null = Invoke-Sqlite $Database "CREATE TRIGGER writes_a_row_without_a_tenant AFTER INSERT ON $($shown.TenantTable[0].Table) BEGIN
            INSERT OR IGNORE INTO $($shown.TenantTable[-1].Table) (id) VALUES ('x'); END"
        $shown.CompletionResult = $false, $true | ForEach-Object {
            Complete-PosTenantMigration $Database -Force:$_ -Confirm:$false -WarningAction Ignore -ErrorAction Ignore
        }
        $shown.CompletedColumn = $shown.CompletionResult[1].Columns
        $shown.AffectedStatement = $shown.CompletionResult[1].Affected
        $null = Invoke-Sqlite $Database "CREATE TABLE settings_of_the_application_for_every_store (value_of_the_setting_as_text TEXT);
            INSERT INTO settings_of_the_application_for_every_store VALUES ('$Tenant'); CREATE VIEW v AS SELECT '$Tenant' AS t"
        $shown.TenantRenameResult = "x$Tenant", $Tenant | ForEach-Object {
            Rename-PosTenant $Database $_ "the $Tenant" -Confirm:$false -WarningAction Ignore -ErrorAction Ignore
        }
        $shown.TenantMention = $shown.TenantRenameResult[1].Mentions
        $shown.RestoreResult = Restore-PosDatabase $Database $shown.BackupResult.BackupPath -Confirm:$false
        $shown
    }

    $database = New-Store
    $narrow = Get-Shown $database $tenant
    $wide = Get-Shown (New-WideStore) 'tenant-of-the-north-western-region-with-a-name-that-is-rather-long'
}

Describe 'The display of <Type>' {
    It 'is a list, in this order: <Labels>' -ForEach $lists {
        $text = Get-Text $narrow[$Type]
        $found = @($text | ForEach-Object { if ($_ -cmatch '^([A-Z]\w*)\s+:( |$)') { $Matches[1] } } | Select-Object -Unique)
        $optional = 'ExcludeTable', 'ReferenceTable', 'TenantFor', 'Warnings' | Where-Object { $_ -notin $found }
        $found | Should -Be (-split $Labels | Where-Object { $_ -notin $optional })
    }

    It 'is a table: <Labels>' -ForEach $tables {
        $text = Get-Text $narrow[$Type]
        if ($IsGrouped) {
            $text -join "`n" -replace '\n {9}' | Should -Match "^   Path: $([regex]::Escape($database))\n"
        }

        $header = @($text | Where-Object { (-split $_) -join ' ' -eq $Labels })
        $header.Count | Should -BeGreaterOrEqual 1
        $text.Count | Should -BeGreaterOrEqual (2 + @($narrow[$Type]).Count)
    }

    It 'is the same at <Width> columns as at 1,000: nothing is broken, truncated or omitted' -ForEach $widths {
        foreach ($shown in $narrow, $wide) {
            $shown[$Type] | Should -Not -BeNullOrEmpty
            $text = Get-Text $shown[$Type] $Width
            ($text | Measure-Object Length -Maximum).Maximum |
                Should -BeLessThan 80 -Because 'Windows PowerShell leaves the last of 80 columns free'
            $text -join "`n" | Should -BeExactly ((Get-Text $shown[$Type] 1000) -join "`n")
            $text -join "`n" | Should -Not -Match "$([char] 0x2026)|PosTenancy\.\w+\[|\w+ \{ \w+ = "
        }
    }

    It 'is the same for objects that came over remoting' -ForEach ($lists + $tables) {
        foreach ($shown in $narrow, $wide) {
            $text = Get-Text $shown[$Type]
            foreach ($hops in 1, 2) {
                $arrived = Copy-ByWire $shown[$Type] $hops
                @($arrived)[0].psobject.TypeNames[0] | Should -Be "Deserialized.PosTenancy.$Type"
                (Get-Text $arrived) -join "`n" | Should -BeExactly ($text -join "`n") -Because "it came over $hops connections"
            }
        }
    }
}

Describe 'The display' {
    It 'has a view for every type that a result contains' {
        $types = Get-ResultType BackupResult, TablePlan, MigrationResult, CheckResult, TenantDistribution, RestoreResult, UpgradeResult,
            HistoryEntry, TenantInfo, IsolationResult, QueryMeasurement, TenantCopyResult, CopyTablePlan |
            Where-Object { -not $_.IsEnum }
        $types.Count | Should -BeGreaterThan 20
        $types | Where-Object { -not (Get-FormatData -TypeName $_.FullName) } | ForEach-Object FullName | Should -BeNullOrEmpty
        $types.Name | Where-Object { -not $narrow.ContainsKey($_) } | Should -BeNullOrEmpty -Because 'this file shows each of them'
    }

    It 'is in files that Windows PowerShell can read: ASCII, without newer syntax: <_>' -ForEach 'Format', 'Types' {
        $file = "$moduleRoot/module/PosTenancy.$_.ps1xml"
        [System.IO.File]::ReadAllBytes($file) | Where-Object { $_ -gt 127 } | Should -BeNullOrEmpty
        $newer = 'QuestionMark', 'QuestionQuestion', 'QuestionQuestionEquals', 'QuestionDot', 'QuestionLBracket', 'AndAnd', 'OrOr'
        $blocks = ([xml] (Get-Content -LiteralPath $file -Raw)).SelectNodes('//ScriptBlock | //GetScriptBlock | //Script').InnerText
        $blocks.Count | Should -BeGreaterThan 5
        foreach ($block in $blocks) {
            $tokens = $failures = $null
            $null = [System.Management.Automation.Language.Parser]::ParseInput($block, [ref] $tokens, [ref] $failures)
            $failures | Should -BeNullOrEmpty -Because $block
            $tokens.Kind | Where-Object { "$_" -in $newer } | Should -BeNullOrEmpty -Because $block
        }
    }

    It 'does not change variables of the caller' {
        $text = $lines = $rows = $name = $reason = 'mine'
        $null = $narrow.Values | ForEach-Object { $_ | Out-String }
        $text, $lines, $rows, $name, $reason | Should -Be (@('mine') * 5)
    }

    It 'shows sizes, counts and durations with their unit' {
        (Get-Text $narrow.BackupResult) -match '^Size' | Should -Match ': [\d,]+ bytes$'
        (Get-Text $narrow.MigrationResult) -match '^Tables' | Should -Match ': 32 of 32 updated, 1 skipped$'
        (Get-Text $narrow.UpgradeResult) -match '^Duration' | Should -Match ': \d+\.\d{3} s$'
    }

    It 'states which tables the rows are in, because a backup counts other tables than a migration' {
        $store = New-Store -Sql "INSERT INTO _migrations VALUES (1, '001', 'a', 'now'), (2, '002', 'b', 'now')"
        $result = Invoke-PosTenantUpgrade $store $tenant -Confirm:$false
        (Get-Text $result.Backup) -match '^Content' | Should -Match ': 28 rows in all 33 tables$'
        (Get-Text $result.Migration) -match '^Rows' | Should -Match ': 26 before, 26 after, counted in the tables of tenants$'
        (Get-Text $result) -match '^Rows' | Should -Match ': 26 before, 26 after, counted in the tables of tenants$'
        (Get-Text $result.Checks) -match 'RowCountsMatch' | Should -Match '28 rows in all 33 tables$'
    }

    It 'shows each check on its own line, even with the longest name' {
        $check = $narrow.CheckResult[0]
        $type = $check.GetType()
        $longest = $type::new(
            $check.Path, 'TenantReferencesConsistent', 'Title', '0 references', '0 references', 'NotChecked', '', $check.Duration)
        (Get-Text $longest) -match 'NotChecked' | Should -Match '^NotChecked\s+TenantReferencesConsistent 0 references$'
        $text = Get-Text $narrow.CheckResult
        foreach ($check in $narrow.CheckResult) {
            @($text -match "^$($check.Status)\s+$($check.Name)\s").Count | Should -Be 1
        }
    }

    It 'names the checks that did not pass beside the result' {
        (Get-Text $narrow.UpgradeResult) -match '^Checks' | Should -Match ': 11 Passed, 1 Warning \(UniqueKeysPerTenant\)$'
        $failed = Invoke-PosTenantUpgrade (New-Store) $tenant -Confirm:$false
        $checks = @($failed.Checks)
        $checks[3] = $checks[3].GetType()::new('', 'RowCountsMatch', '', '', '', 'Failed', '', [timespan]::Zero)
        $failed.GetType().GetProperty('Checks').SetValue($failed, ($checks -as $checks[3].GetType().MakeArrayType()))
        (Get-Text $failed) -match '^Checks' | Should -Match ': 10 Passed, 1 Failed, 1 Warning \(RowCountsMatch\)$'
    }

    It 'shows the beginning of a long text, and names the property that has all of it' {
        $check = $narrow.CheckResult[0]
        $words = (1..200 | ForEach-Object { "word$_" }) -join ' '
        $text = Get-Text $check.GetType()::new($check.Path, 'DataUnchanged', 'Title', 'nothing', $words, 'Failed', $words, $check.Duration)
        $actual = $text | ForEach-Object { if ($_.Length -gt 38) { $_.Substring(38) } }
        ($actual -join ' ') | Should -Match 'word1 word2 .+ \.\.\. \(see Actual\) expected: nothing word1 word2 .+ \.\.\. \(see Detail\)$'
        $text.Count | Should -BeLessThan 15
    }

    It 'shows the error and the parts that are missing' {
        $refused = Invoke-PosTenantUpgrade (Join-Path (New-TestFolder) 'missing.db') $tenant -Confirm:$false -ErrorAction SilentlyContinue
        $text = Get-Text $refused
        $text -match '^Status' | Should -Match ': Refused$'
        $text -match '^Backup' | Should -Match ': none$'
        $text -match '^Checks' | Should -Match ': none ran$'
        $text -match '^Error' | Should -Match ': PosTenancy\.FileNotFound \(see Error\.Message\)$'
        (Get-Text $refused.Error) -join "`n" | Should -Match '(?m)^Message\s+: The file(?s:.+)does\s+not\s+exist\.'
    }

    It 'shows the text of an error once, in the error record: <Command>' -ForEach @(
        @{ Command = 'Invoke-PosTenantUpgrade' }
        @{ Command = 'Invoke-PosTenantMigration' }
    ) {
        $store = New-Store
        $half = Join-Path (New-TestFolder) 'half.sql'
        Set-Content -LiteralPath $half 'ALTER TABLE users ADD COLUMN tenant_id TEXT;'
        $screen = & $Command $store $tenant -Script $half -Confirm:$false -ErrorAction Continue 2>&1 | Out-String -Width 80
        $screen | Should -Match '(?m)^Error +: PosTenancy\.\w+ \(see Error\.Message\)'
        [regex]::Matches(($screen -replace '[\s|]+', ' '), 'found 32 of 32 tables').Count | Should -Be 1
    }

    It 'shows the detail of a failed check' {
        $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        $null = Invoke-Sqlite $database "UPDATE users SET tenant_id = 'other' WHERE username = 'admin'"
        $failed = Test-PosTenantIntegrity $database -TenantId $tenant | Where-Object Status -EQ Failed
        (Get-Text $failed) -join "`n" | Should -Match '(?s)Failed\s+TenantDistribution.*expected: only rows of .*users: 1 rows of other'
    }

    It 'shows no ratio for times that are too short to be compared' {
        $query = $narrow.QueryMeasurement | Where-Object AfterMedian | Select-Object -First 1
        $query.Ratio | Should -BeNullOrEmpty
        (Get-Text $query) -match '^Passed' | Should -Match '^Passed     stores: count +0\.0\d{3} +0\.0\d{3} +-$'
        $narrow.QueryMeasurement | Where-Object Ratio |
            Where-Object { $_.AfterMedian.TotalMilliseconds -lt 0.02 -and $_.BeforeMedian.TotalMilliseconds -lt 0.02 } |
            Should -BeNullOrEmpty
    }

    It 'shows the cause if a query is slower or was not measured' {
        $slow = $narrow.QueryMeasurement[0].GetType()::new('pos.db', 'backup', $tenant, 'sales', 'from sold_at', 'Warning')
        $slow.Cause = 'The planner prefers idx_sales_tenant_id, which finds every row of the tenant, to by_time.'
        (Get-Text $slow) -join ' ' -replace ' +', ' ' |
            Should -Match 'Warning sales: from sold_at The planner prefers idx_sales_tenant_id, .+ to by_time\.$'
        $query = $narrow.QueryMeasurement | Where-Object Status -EQ NotChecked | Select-Object -First 1
        Get-Text $query | Select-Object -Last 1 | Should -Match '^ {13}The table has no rows\.$'
    }

    It 'shows the state of a script in the history' {
        (Get-Text $narrow.HistoryEntry) -join ' ' -replace ' +', ' ' |
            Should -Match 'Script add_tenant.+: 32 tables, 66 statements, unchanged since$'
    }
}

Describe 'The display of a plan' {
    BeforeAll {
        $plan = Get-PosTenantPlan (New-Store)
        $text = Get-Text $plan
    }

    It 'shows a reason once for all tables that share it' {
        @($text -match 'business table without the column').Count | Should -Be 1
        @($text -match '^   AddColumn: business table without the column$').Count | Should -Be 1
    }

    It 'ends with a count of actions and warnings' {
        $text[-2..-1] | Should -Be '33 tables: 1 is left alone, 32 get the column. 32 warnings', 'about 32 tables: see Warnings.'
    }

    It 'shows details of a table under its name' {
        $perTenant = Get-Text (Get-PosTenantPlan (New-Store) -UniqueScope Tenant)
        $line = [array]::FindIndex($perTenant, [Predicate[string]] { $args[0] -match '^users ' })
        $perTenant[$line + 1] | Should -Be '  becomes unique per tenant: (username)'
        @($perTenant -match '^   Rebuild: business table without the column$').Count | Should -Be 1
    }

    It 'ends with the blocked tables, and with options that block none' {
        $store = New-Store
        $null = Invoke-PosTenantMigration $store south -Confirm:$false
        $plan = Get-PosTenantPlan $store north
        $blocked = Get-Text $plan
        Get-Text (Copy-ByWire $plan) | Should -BeExactly $blocked
        $blocked | Where-Object { $_ -match '^   [A-Z]\w+: ' -and $_ -notmatch 'Path' } | ForEach-Object { $_.Trim().Split(':')[0] } |
            Should -Be Skip, Skip, Backfill, Blocked
        $blocked[-3..-1] -join ' ' | Should -Match "6 are blocked\. .+ The database can be migrated with -TenantId 'south'\.$"
    }

    It 'has a summary of each database' {
        $both = Get-Text (New-Store a.db, b.db | Get-PosTenantPlan)
        @($both -match '^33 tables: ').Count | Should -Be 2
    }

    It 'adds nothing to the objects, and nothing to other streams' {
        $plan.Count | Should -Be 33
        $plan | ForEach-Object { $_.psobject.TypeNames[0] } | Select-Object -Unique | Should -Be PosTenancy.TablePlan
        $texts = ($plan | ConvertTo-Csv) + ($plan | ConvertTo-Json -Depth 4) + ($plan | Format-Table Table, Reason | Out-String)
        $texts -join '' | Should -Not -Match '33 tables'
        @(Get-PosTenantPlan (New-Store) 2>&1 3>&1 4>&1 6>&1).Count | Should -Be 33
    }
}

Describe 'ConsoleText' {
    It 'breaks lines only between words, and loses no word' {
        foreach ($width in 10, 27, 41, 62) {
            $words = 'a bb ccc dddd eeeee ffffff ggggggg hhhhhhhh iiiiiiiii jjjjjjjjjj'
            $wrapped = [PosTenancy.Loader.ConsoleText]::Wrap($words, $width)
            $wrapped -replace "`n", ' ' | Should -BeExactly $words
            ($wrapped -split "`n" | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual $width
        }
    }

    It 'breaks a path after its separators, and keeps all of it: <Path>' -ForEach @(
        @{ Path = 'C:\ProgramData\Point of Sale\Databases of all stores\north\0042\pos.db.backup-20260111-133105' }
        @{ Path = '/srv/point-of-sale/databases-of-all-stores/north/0042/production/pos.db.backup-20260111-133105' }
        @{ Path = 'pos.db' }
    ) {
        $wrapped = [PosTenancy.Loader.ConsoleText]::PathValue($Path)
        $wrapped -replace "`n" | Should -BeExactly $Path
        $lines = $wrapped -split "`n"
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 62
        $lines | Select-Object -SkipLast 1 | Where-Object { $_ -notmatch '[\\/]$' } | Should -BeNullOrEmpty
    }

    It 'shows a file name that is longer than a line in full, on several lines' {
        $path = "/srv/$('x' * 60)$([char]::ConvertFromUtf32(0x1F6D2) * 40)$([char] 0x5E97)$('y' * 80).db"
        $lines = [PosTenancy.Loader.ConsoleText]::PathValue($path) -split "`n"
        $lines -join '' | Should -BeExactly $path
        $lines.Count | Should -Be 5
        $lines | ForEach-Object { [PosTenancy.Loader.ConsoleText]::Fit($_, 62) } | Should -BeExactly $lines
    }

    It 'does not break an escape sequence' {
        [PosTenancy.Loader.ConsoleText]::Wrap("/srv/a`eb/pos.db", 12) | Should -BeExactly "/srv/`na\u{001B}b/`npos.db"
    }

    It 'shortens a long word in the middle, with an ellipsis' {
        [PosTenancy.Loader.ConsoleText]::Fit('abcdefghijklmnopqrstuvwxyz', 13) | Should -BeExactly 'abcde...vwxyz'
        [PosTenancy.Loader.ConsoleText]::Wrap('see abcdefghijklmnopqrstuvwxyz now', 13) | Should -BeExactly "see`nabcde...vwxyz`nnow"
        [PosTenancy.Loader.ConsoleText]::Fit('abc', 3) | Should -BeExactly 'abc'
    }

    It 'counts the columns of each character, and never splits a surrogate pair' {
        $shop = [char] 0x5E97
        [PosTenancy.Loader.ConsoleText]::Fit("$shop" * 10, 20) | Should -BeExactly ("$shop" * 10)
        [PosTenancy.Loader.ConsoleText]::Fit("$shop" * 10, 13) | Should -BeExactly (("$shop" * 2) + '...' + ("$shop" * 2))
        $cart = [char]::ConvertFromUtf32(0x1F6D2)
        foreach ($width in 9..14) {
            [PosTenancy.Loader.ConsoleText]::Fit($cart * 10, $width) -replace $cart | Should -BeExactly '...'
        }
    }

    It 'escapes invisible characters' {
        [PosTenancy.Loader.ConsoleText]::Wrap("a`e[2Jb`nc", 60) | Should -BeExactly 'a\u{001B}[2Jb\u{000A}c'
    }
}
