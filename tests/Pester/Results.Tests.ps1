# The result objects are public API: their type names, their properties, and the units in the types of the properties.

BeforeDiscovery {
    $results = @(
        @{ Type = 'BackupResult'; Properties = 'Path BackupPath ManifestPath Sha256 Length Tables Rows CreatedAt Duration Verified' }
        @{ Type = 'TablePlan'; Properties = 'Path Table Kind Action Reason Rows IndexName Warnings Sql TenantFrom' }
        @{
            Type = 'MigrationResult'
            Properties = 'Path BackupPath TenantId Status TablesTotal TablesUpdated TablesSkipped IndexesCreated RowsBefore RowsAfter ' +
                'NullTenantIds SizeBefore SizeAfter Duration Checks'
        }
        @{ Type = 'CheckResult'; Properties = 'Path Name Title Expected Actual Status Detail Duration' }
        @{
            Type = 'IsolationResult'
            Properties = 'Path Table Operation Related TenantId Expected Actual Leaked Status Detail Statement Duration CanaryId ' +
                'CanaryRows Columns'
        }
        @{
            Type = 'StatementResult'
            Properties = 'Path File Line Column Sql Table Operation Verdict Severity Reason Witness Notes AllowedReason IsInBaseline IsNew'
        }
        @{ Type = 'TenantDistribution'; Properties = 'Path Table TenantId Rows' }
        @{ Type = 'TenantDifference'; Properties = 'Path TenantId Table Key Kind Column Left Right' }
        @{
            Type = 'TenantExportResult'
            Properties = 'Path TenantId ExportPath ManifestPath Sha256 Length Tables Rows RowsShared AsSingleTenant NewKeys ' +
                'Warnings CreatedAt Duration'
        }
        @{ Type = 'TenantInfo'; Properties = 'Path TenantId Tables Rows Bytes StorageClass PerTable Warnings' }
        @{
            Type = 'TenantImportResult'
            Properties = 'Path SourcePath TenantId Status Backup Rehearsal RowsImported RowsShared RowsAdded KeysMapped KeyMapPath ' +
                'KeyMapLength Tables Warnings Checks RunChecks ProvedBy Recovery ReportPath StartedAt Duration Error IsDone'
        }
        @{
            Type = 'TenantRenameResult'
            Properties = 'Path TenantId NewName Status Backup Rehearsal Rows Tables Defaults Registry Mentions Warnings Checks ProvedBy ' +
                'Recovery ReportPath StartedAt Duration Error'
        }
        @{
            Type = 'TenantRemovalResult'
            Properties = 'Path TenantId Level Status Backup Rehearsal Export Rows Tables HeldBy Warnings Checks ProvedBy Recovery ' +
                'ReportPath StartedAt Duration Error'
        }
        @{
            Type = 'TenantRestoreResult'
            Properties = 'Path TenantId SourcePath SourceTenantId SourceCreatedAt Status Backup Rehearsal Rows Tables RowsReturned ' +
                'RowsGone RowsChanged RowsSkipped Restored NewKeys Conflicts Warnings Checks ProvedBy Recovery ReportPath StartedAt ' +
                'Duration Error'
        }
        @{
            Type = 'CompletionResult'
            Properties = 'Path TenantId Columns Affected Status Backup Rehearsal Rows Tables Warnings Checks ProvedBy Recovery ' +
                'ReportPath StartedAt Duration Error'
        }
        @{
            Type = 'HistoryEntry'
            Properties = 'Path AppliedAt Kind Name TenantId ColumnName Tables Statements Checksum ProductVersion SqliteVersion ' +
                'BackupSha256 ScriptState'
        }
        @{
            Type = 'QueryMeasurement'
            Properties = 'Path BackupPath TenantId Table Name Status SqlBefore SqlAfter Parameters BeforeMedian BeforeP95 AfterMedian ' +
                'AfterP95 Ratio RowsBefore RowsAfter IndexBefore IndexAfter PlanBefore PlanAfter Cause Cure Readers ReaderErrors ' +
                'ReadersMedian ReadersP95'
        }
        @{ Type = 'BackupInfo'; Properties = 'Path BackupPath CreatedAt Length Sha256 VerifiedAt' }
        @{ Type = 'BackupTestResult'; Properties = 'Path BackupPath Status Checks Duration Error' }
        @{ Type = 'RestoreResult'; Properties = 'Path BackupPath Sha256 Length Verified Duration ReplacedPath' }
        @{
            Type = 'UpgradeResult'
            Properties = 'Path TenantId Status Backup Rehearsal Migration Checks Stages Target TargetRequested MeetsTarget StartedAt ' +
                'Duration ReportPath Error ImportedFrom'
        }
    )
    $states = @(
        @{ Type = 'TableAction'; Values = 'AddColumn Rebuild Backfill None Skip Share Blocked' }
        @{ Type = 'IndexStrategy'; Values = 'Separate Composite' }
        @{ Type = 'MigrationStatus'; Values = 'Migrated AlreadyMigrated RolledBack' }
        @{ Type = 'BackupTestStatus'; Values = 'Good Bad NotChecked' }
        @{ Type = 'CheckStatus'; Values = 'Passed Failed Warning NotChecked' }
        @{ Type = 'IsolationOperation'; Values = 'Insert Select Update Delete Join UnknownTenant Guard' }
        @{ Type = 'StatementVerdict'; Values = 'Isolated Leaks ByKeyOnly NoTenantOnInsert AllTenants SharedTable NotChecked' }
        @{ Type = 'StatementSeverity'; Values = 'None Information Warning Error' }
        @{ Type = 'StatementOperation'; Values = 'Select Insert Update Delete' }
        @{ Type = 'TenantDifferenceKind'; Values = 'Missing Extra Value Reference' }
        @{ Type = 'ScriptState'; Values = 'Unchanged Changed' }
        @{ Type = 'SharedRowsAction'; Values = 'Refuse KeepExisting' }
        @{ Type = 'CopyLayout'; Values = 'Plain Partitioned Schema Citus' }
        @{ Type = 'CopyTableAction'; Values = 'Create Replace Share Current Leave Blocked' }
        @{ Type = 'DateTimeColumns'; Values = 'Text Timestamp' }
        @{ Type = 'ValueConversion'; Values = 'Text Bytea' }
        @{ Type = 'ColumnConversionKind'; Values = 'Unchanged Converted Refused' }
        @{ Type = 'TenantMentionKind'; Values = 'Rows Table Index View Trigger' }
        @{ Type = 'TenantRemovalLevel'; Values = 'Removed Erased' }
        @{ Type = 'TenantHolderKind'; Values = 'Backup KeptFile Export KeyMap Source Report Table' }
        @{ Type = 'RestoreConflictAction'; Values = 'Refuse NewKey Skip' }
        @{ Type = 'RestoreConflictKind'; Values = 'Taken ReferenceGone ReferenceTaken StillReferenced ReferenceSkipped' }
        @{ Type = 'TenantChangeStatus'; Values = 'Succeeded AlreadyImported Refused RolledBack Failed Cancelled' }
        @{ Type = 'UpgradeStatus'; Values = 'Succeeded AlreadyMigrated Refused RolledBack Failed Cancelled Rehearsed' }
    )
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $database = New-Store
    $found = @{ TablePlan = Get-PosTenantPlan $database }
    $found.UpgradeResult = Invoke-PosTenantUpgrade $database $tenant -Confirm:$false
    $found.MigrationResult = $found.UpgradeResult.Migration
    $found.CheckResult = Test-PosTenantIntegrity $database
    $found.IsolationResult = Test-PosTenantIsolation $database $tenant
    $found.StatementResult = Test-PosTenantStatement $database -FailOn @() -InformationAction Ignore -Statement @(
        'SELECT name FROM customers'
        'UPDATE users SET role = ? WHERE id = ? AND tenant_id = ?'
        'SELECT nothing'
    )
    $found.TenantDistribution = Get-PosTenantDistribution $database
    $found.TenantInfo = Get-PosTenant $database
    $source = New-Store north.db -Sql "UPDATE users SET username = 'n-' || username; UPDATE products SET sku = 'n-' || sku;
        UPDATE stores SET code = 'NORTH'; DELETE FROM maintenance_schedules; DELETE FROM audit_log"
    $found.TenantImportResult = Import-PosTenant $database $source north -KeyMap @{ '*.id' = 'Key' } -Confirm:$false -WarningAction Ignore
    $null = Invoke-Sqlite $database "UPDATE customers SET name = 'moved from north' WHERE tenant_id = 'north'"
    $found.TenantRenameResult = Rename-PosTenant $database north north-west -Confirm:$false -WarningAction Ignore
    $found.TenantRemovalResult = Remove-PosTenant $database north-west -Erase -Confirm:$false -WarningAction Ignore
    $found.HistoryEntry = Get-PosTenantHistory $database
    $found.QueryMeasurement = $found.UpgradeResult | Measure-PosTenantQuery -TimePerQuery 0.001
    $found.BackupResult = Backup-PosDatabase $database
    $found.TenantExportResult = Export-PosTenant $database $tenant
    $null = Invoke-Sqlite $database "UPDATE users SET username = 'changed' WHERE username = 'admin'"
    $found.TenantDifference = $found.TenantExportResult | Compare-PosTenant
    $null = Invoke-Sqlite $database "UPDATE vehicle_fitment SET tenant_id = 'north' WHERE tenant_id = '$tenant' AND rowid % 2"
    $found.TenantRestoreResult = $found.TenantExportResult | Restore-PosTenant -OnConflict Skip -Confirm:$false -WarningAction Ignore
    $found.CompletionResult = Complete-PosTenantMigration $database -Force -Confirm:$false -WarningAction Ignore
    $found.BackupTestResult = Test-PosDatabaseBackup $database
    $found.BackupInfo = Get-PosDatabaseBackup $database
    $found.RestoreResult = Restore-PosDatabase $database $found.UpgradeResult.Backup.BackupPath -Confirm:$false
}

Describe 'A result' {
    It '<Type> has its type name and the properties that scripts depend on' -ForEach $results {
        $objects = @($found[$Type])
        $objects.Count | Should -BeGreaterThan 0
        $objects[0].psobject.TypeNames[0] | Should -Be "PosTenancy.$Type"
        $names = $objects[0].psobject.Properties.Name
        foreach ($property in -split $Properties) {
            $names | Should -Contain $property
        }
    }

    It '<Type> has indexable lists' -ForEach $results {
        # PowerShell sees no indexer on a list that C# makes from [.. x]: $list[0] would return the entire list.
        function Get-List($Object, $Depth) {
            $properties = $Object.psobject.Properties
            foreach ($property in $properties) {
                if ($property.Value -is [System.Collections.IEnumerable] -and $property.Value -isnot [string]) {
                    [pscustomobject]@{ Name = $property.Name; Type = $property.Value.GetType().Name }
                }
            }

            if ($Depth) {
                foreach ($property in $properties | Where-Object { "$($_.TypeNameOfValue)" -like 'PosTenancy.*' -and $_.Value }) {
                    Get-List $property.Value ($Depth - 1)
                }
            }
        }

        foreach ($object in $found[$Type]) {
            Get-List $object 3 | Where-Object Type -Like '*<>*' | ForEach-Object Name | Should -BeNullOrEmpty
        }
    }

    It '<Type> starts with the full path of the live database' -ForEach $results {
        foreach ($object in $found[$Type]) {
            $object.psobject.Properties.Name[0] | Should -Be Path
            $object.Path | Should -Be $database
        }
    }

    It '<Type> has times, durations and sizes in types that include their unit' -ForEach $results {
        foreach ($property in @($found[$Type])[0].psobject.Properties) {
            $type = switch -Regex ($property.Name) {
                '(At)$' { 'System.DateTimeOffset' }
                '^Duration$' { 'System.TimeSpan' }
                '^(Length|Size.*|Rows.*)$' { 'long' }
            }
            if ($type) {
                $property.Value | Should -BeOfType $type -Because "$($property.Name) has a unit"
            }
        }
    }

    It '<Type> reads as words in a list, in CSV and in JSON' -ForEach $results {
        $json = $found[$Type] | ConvertTo-Json -WarningAction Ignore
        $csv = $found[$Type] | ConvertTo-Csv
        foreach ($text in $json, ($csv -join "`n"), ($found[$Type] | Format-List -Property * | Out-String -Width 4000)) {
            $text | Should -Not -Match 'PosTenancy\.\w+[]["`]|System\.\w|\w \{ \w+ = '
        }

        $csv[0] | Should -BeLike '"Path",*'
        $first = @($json | ConvertFrom-Json)[0]
        foreach ($property in @($found[$Type])[0].psobject.Properties | Where-Object Value -is [enum]) {
            $first.($property.Name) | Should -BeExactly "$($property.Value)"
        }
    }

    It '<Type> arrives over remoting whole: lists, times, and states as their names' -ForEach $results {
        function Compare-Arrived($Before, $After, $Name) {
            if ($null -eq $Before) {
                if ($null -ne $After) { "$Name is $After" }
            } elseif ($Before -is [enum]) {
                if ($After -isnot [string] -or $After -cne "$Before") { "$Name is $After" }
            } elseif ($Before -is [string] -or $Before.GetType().IsPrimitive -or $Before -is [timespan] -or $Before -is [datetimeoffset]) {
                if ($After -isnot $Before.GetType() -or $After -cne $Before) { "$Name is $After" }
            } elseif ($Before -is [System.Collections.IEnumerable]) {
                if (@($Before).Count -ne @($After).Count) { "$Name has $(@($After).Count) items" }
                for ($i = 0; $i -lt @($Before).Count; $i++) {
                    Compare-Arrived @($Before)[$i] @($After)[$i] "$Name[$i]"
                }
            } else {
                $type = $Before.psobject.TypeNames[0]
                if ($After.psobject.TypeNames[0] -ne "Deserialized.$type") { "$Name is a $($After.psobject.TypeNames[0])" }
                if ("$After" -ne "$Before") { "$Name reads as $After" }
                foreach ($property in $Before.psobject.Properties | Where-Object Name -ne Age) {
                    Compare-Arrived $property.Value $After.($property.Name) "$Name.$($property.Name)"
                }
            }
        }

        foreach ($object in $found[$Type]) {
            $arrived = Copy-ByWire $object
            @($arrived.psobject.Properties.Name | Sort-Object) | Should -Be @($object.psobject.Properties.Name | Sort-Object)
            Compare-Arrived $object $arrived $Type | Should -BeNullOrEmpty
        }
    }

    It 'FleetResult arrives over remoting whole to the depth of a check' {
        $assembly = $found.UpgradeResult.GetType().Assembly
        $succeeded = [enum]::Parse($assembly.GetType('PosTenancy.FleetStatus'), 'Succeeded')
        $fleet = $assembly.GetType('PosTenancy.FleetResult')::new(
            $database, 'store1', $tenant, $succeeded, [datetimeoffset]::Now, [timespan]::FromSeconds(1))
        $fleet.GetType().GetProperty('Upgrade').SetValue($fleet, $found.UpgradeResult)
        $arrived = Copy-ByWire $fleet
        $arrived.Status | Should -BeExactly Succeeded
        $arrived.StartedAt | Should -Be $fleet.StartedAt
        $arrived.Upgrade.Migration.Checks.Status | Should -Be $fleet.Upgrade.Migration.Checks.Status
        $arrived.Upgrade.Migration.Checks[0].Duration | Should -BeOfType timespan
    }

    It 'has a depth for remoting in every type that a command gives, and a name for every state' {
        $given = (Get-Command -Module PosTenancy).OutputType.Name -match '^PosTenancy\.' -replace '^PosTenancy\.'
        $types = Get-ResultType (@($given | Select-Object -Unique) + 'FleetRun')
        $types.Count | Should -BeGreaterThan 35
        foreach ($type in $types) {
            $data = Get-TypeData -TypeName $type.FullName
            if ($type.IsEnum) {
                $data.SerializationMethod | Should -Be String -Because "$type is sent"
            } else {
                $data.SerializationDepth | Should -Be 2 -Because "$type is sent"
                (Get-TypeData -TypeName "Deserialized.$type").SerializationDepth | Should -Be 2 -Because "$type is sent on"
            }
        }
    }

    It '<Type> is one of <Values>' -ForEach $states {
        $enum = $found.UpgradeResult.GetType().Assembly.GetType("PosTenancy.$Type")
        [enum]::GetNames($enum) | Should -Be (-split $Values)
    }

    It 'UpgradeResult contains results of the other types' {
        $found.UpgradeResult.Backup.psobject.TypeNames[0] | Should -Be PosTenancy.BackupResult
        $found.UpgradeResult.Rehearsal.psobject.TypeNames[0] | Should -Be PosTenancy.MigrationResult
        $found.UpgradeResult.Migration.psobject.TypeNames[0] | Should -Be PosTenancy.MigrationResult
        $found.UpgradeResult.Checks[0].psobject.TypeNames[0] | Should -Be PosTenancy.CheckResult
    }

    It 'has the type that the command declares as its output' {
        (Get-Command Backup-PosDatabase).OutputType.Name | Should -Be PosTenancy.BackupResult
        (Get-Command Get-PosTenantPlan).OutputType.Name | Should -Be PosTenancy.TablePlan, PosTenancy.CopyTablePlan
        (Get-Command Invoke-PosTenantMigration).OutputType.Name | Should -Be PosTenancy.MigrationResult
        (Get-Command Test-PosTenantIntegrity).OutputType.Name | Should -Be PosTenancy.CheckResult, System.Boolean
        (Get-Command Test-PosTenantIsolation).OutputType.Name | Should -Be PosTenancy.IsolationResult
        (Get-Command New-PosTenantGuard).OutputType.Name | Should -Be System.String
        (Get-Command Test-PosTenantStatement).OutputType.Name | Should -Be PosTenancy.StatementResult
        (Get-Command Get-PosTenantDistribution).OutputType.Name | Should -Be PosTenancy.TenantDistribution
        (Get-Command Get-PosTenant).OutputType.Name | Should -Be PosTenancy.TenantInfo
        (Get-Command Import-PosTenant).OutputType.Name | Should -Be PosTenancy.TenantImportResult
        (Get-Command Export-PosTenant).OutputType.Name | Should -Be PosTenancy.TenantExportResult
        (Get-Command Copy-PosTenant).OutputType.Name | Should -Be PosTenancy.TenantCopyResult, System.IO.FileInfo
        (Get-Command Rename-PosTenant).OutputType.Name | Should -Be PosTenancy.TenantRenameResult
        (Get-Command Remove-PosTenant).OutputType.Name | Should -Be PosTenancy.TenantRemovalResult
        (Get-Command Restore-PosTenant).OutputType.Name | Should -Be PosTenancy.TenantRestoreResult
        (Get-Command Compare-PosTenant).OutputType.Name | Should -Be PosTenancy.TenantDifference, System.Boolean
        (Get-Command Complete-PosTenantMigration).OutputType.Name | Should -Be PosTenancy.CompletionResult
        (Get-Command Get-PosTenantHistory).OutputType.Name | Should -Be PosTenancy.HistoryEntry
        (Get-Command Measure-PosTenantQuery).OutputType.Name | Should -Be PosTenancy.QueryMeasurement
        (Get-Command Restore-PosDatabase).OutputType.Name | Should -Be PosTenancy.RestoreResult
        (Get-Command Invoke-PosTenantUpgrade).OutputType.Name | Should -Be PosTenancy.UpgradeResult
        (Get-Command Import-PosTenantReport).OutputType.Name | Should -Be PosTenancy.UpgradeResult
    }
}
