BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $folder = New-TestFolder
    $json = Join-Path $folder 'report[1].json'
    $upgrade = Invoke-PosTenantUpgrade (New-Store) $tenant -ReportPath $json -Confirm:$false

    function Get-Line {
        param([string] $Path)

        [System.IO.File]::ReadAllText($Path).Split("`n")
    }
}

Describe 'Import-PosTenantReport' {
    It 'returns the result of the upgrade, marked as read from a file' {
        $report = Import-PosTenantReport -LiteralPath $json
        $report.psobject.TypeNames[0] | Should -Be PosTenancy.UpgradeResult
        $report.ImportedFrom | Should -Be $json
        $upgrade.ImportedFrom | Should -BeNullOrEmpty
        foreach ($property in 'Path', 'TenantId', 'Status', 'StartedAt', 'Duration', 'Target', 'MeetsTarget', 'Backup') {
            $report.$property | Should -Be $upgrade.$property -Because $property
        }

        $report.Checks | Should -Be $upgrade.Checks
        $report.Checks[0].Name | Should -Be TablesHaveTenantColumn
        $report.Migration.Distribution[1] | Should -Be $upgrade.Migration.Distribution[1]
    }

    It 'rebuilds the <Ending> of the upgrade, with a line that states it' -ForEach @(@{ Ending = '.md' }, @{ Ending = '.html' }) {
        $before = $upgrade | Export-PosTenantReport "$folder/before$Ending"
        $after = Import-PosTenantReport -LiteralPath $json | Export-PosTenantReport "$folder/after$Ending"
        $new = Compare-Object (Get-Line $before) (Get-Line $after) | Where-Object InputObject
        $new.SideIndicator | Should -Be '=>'
        $new.InputObject | Should -Match 'Rebuilt from a file:'
        $new.InputObject | Should -Match $upgrade.StartedAt.ToString('yyyy-MM-dd HH:mm:ss')
    }

    It 'writes JSON with the same bytes' {
        $after = Import-PosTenantReport -LiteralPath $json | Export-PosTenantReport "$folder/after.json"
        Get-Sha256 $after | Should -Be (Get-Sha256 $json)
    }

    It 'accepts <What>' -ForEach @(
        @{ What = 'wildcards'; Command = { Import-PosTenantReport "$folder/report*.json" } }
        @{ What = 'files'; Command = { Get-ChildItem -LiteralPath $json | Import-PosTenantReport } }
        @{ What = 'strings that look like patterns, through the pipeline'; Command = { $json | Import-PosTenantReport } }
        @{ What = 'the results of upgrades that wrote a report'; Command = { $upgrade | Import-PosTenantReport } }
        @{ What = 'a path relative to PowerShell''s location'; Command = {
                Push-Location $folder
                try { Import-PosTenantReport -LiteralPath './report[1].json' } finally { Pop-Location }
            }
        }
    ) {
        @(& $Command).TenantId | Should -Be $tenant
    }

    It 'refuses a file that <Because>, as PosTenancy.<Id>, and continues' -ForEach @(
        @{ Because = 'does not exist'; Id = 'FileNotFound'; Category = 'ObjectNotFound'; Content = $null }
        @{ Because = 'is not JSON'; Id = 'ReportInvalid'; Category = 'InvalidData'; Content = 'hello' }
        @{ Because = 'is the manifest of a backup'; Id = 'ReportInvalid'; Category = 'InvalidData'
            Content = '{"format":"PosTenancy.Backup","version":1}' }
        @{ Because = 'lacks most properties'; Id = 'ReportInvalid'; Category = 'InvalidData'
            Content = '{"schema":"PosTenancy.UpgradeReport","version":1}' }
        @{ Because = 'is from a newer release'; Id = 'ReportTooNew'; Category = 'InvalidData'
            Content = '{"schema":"PosTenancy.UpgradeReport","version":99}' }
    ) {
        $bad = Join-Path (New-TestFolder) bad.json
        if ($Content) {
            Set-Content -LiteralPath $bad $Content
        }

        $reports = $bad, $json | Import-PosTenantReport -ErrorVariable failures -ErrorAction SilentlyContinue
        @($reports).TenantId | Should -Be $tenant
        @($failures).FullyQualifiedErrorId | Should -Be "PosTenancy.$Id,PosTenancy.Commands.ImportPosTenantReportCommand"
        $failures[0].CategoryInfo.Category | Should -Be $Category
        $failures[0].TargetObject | Should -Be $bad
    }

    It 'reports a pattern that matches nothing, and a path that is not in the file system' {
        Import-PosTenantReport "$folder/none*.json", 'env:PATH' -ErrorVariable failures -ErrorAction SilentlyContinue
        @($failures.FullyQualifiedErrorId -replace ',.*') | Should -Be 'PosTenancy.FileNotFound', 'PosTenancy.InvalidPath'
    }
}
