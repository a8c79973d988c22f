BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $database = New-Store
    $upgrade = Invoke-PosTenantUpgrade $database $tenant -Confirm:$false

    function Get-Folder {
        param([string] $Path)

        (Get-ChildItem -LiteralPath $Path -Force).Name
    }
}

Describe 'Export-PosTenantReport' {
    It 'writes <Ending> and returns the file' -ForEach @(
        @{ Ending = '.md'; Begins = '# '; Has = 'Executive Summary' }
        @{ Ending = '.html'; Begins = '<!DOCTYPE html>'; Has = '<h2' }
        @{ Ending = '.json'; Begins = '{'; Has = '"Checks"' }
    ) {
        $folder = New-TestFolder
        $file = $upgrade | Export-PosTenantReport -ReportPath "$folder/report$Ending"
        $file | Should -BeOfType System.IO.FileInfo
        $file.FullName | Should -Be (Join-Path $folder "report$Ending")
        $text = [System.IO.File]::ReadAllText($file.FullName)
        $text.TrimStart() | Should -BeLike "$Begins*"
        $text | Should -Match ([regex]::Escape($Has))
        foreach ($fact in $upgrade.Backup.Sha256, (Split-Path -Leaf $upgrade.Backup.BackupPath), $tenant) {
            $text | Should -Match ([regex]::Escape($fact))
        }

        Get-Folder $folder | Should -Be "report$Ending"
    }

    It 'writes JSON that contains every check and figure' {
        $file = Export-PosTenantReport -InputObject $upgrade -ReportPath (Join-Path (New-TestFolder) 'report.json')
        $report = Get-Content -LiteralPath $file.FullName -Raw | ConvertFrom-Json
        $report.Status | Should -Be Succeeded
        $report.Path | Should -Be $database
        $report.Migration.TablesUpdated | Should -Be 32
        $report.Migration.RowsAfter | Should -Be 26
        $report.Checks.Name | Should -Be $upgrade.Checks.Name
        $report.Checks.Status | Should -Be @($upgrade.Checks.Status | ForEach-Object ToString)
    }

    It 'names a file in a folder after the database and the time' {
        $folder = New-TestFolder
        $file = $upgrade | Export-PosTenantReport -ReportPath $folder
        $file.Name | Should -Be "pos.db.upgrade-$($upgrade.StartedAt.ToString('yyyyMMdd-HHmmss')).md"
        Get-Folder $folder | Should -Be $file.Name
    }

    It 'does not let a result of a pipeline overwrite the report of another' {
        $folder = New-TestFolder
        $files = $upgrade, $upgrade, $upgrade | Export-PosTenantReport -ReportPath "$folder/report.md"
        $files.Name | Should -Be 'report.md', 'report-2.md', 'report-3.md'
        $files = $upgrade, $upgrade | Export-PosTenantReport -ReportPath $folder
        @($files.Name | Select-Object -Unique).Count | Should -Be 2
    }

    It 'resolves the path against PowerShell''s location' {
        $folder = New-TestFolder
        Push-Location -LiteralPath $folder
        try {
            ($upgrade | Export-PosTenantReport ./report.md).FullName | Should -Be (Join-Path $folder 'report.md')
        } finally {
            Pop-Location
        }
    }

    It 'refuses a path that <Because>, and writes nothing' -ForEach @(
        @{ Because = 'has another extension'; Name = 'report.pdf' }
        @{ Because = 'is in a folder that does not exist'; Name = 'nowhere/report.md' }
        @{ Because = 'is a new folder in a folder that does not exist'; Name = 'nowhere/reports' }
    ) {
        $folder = New-TestFolder
        $upgrade | Export-PosTenantReport -ReportPath "$folder/$Name" -ErrorVariable failures -ErrorAction SilentlyContinue |
            Should -BeNullOrEmpty
        @($failures)[-1].FullyQualifiedErrorId | Should -Be 'PosTenancy.InvalidReportPath,Export-PosTenantReport'
        @($failures)[-1].CategoryInfo.Category | Should -Be InvalidArgument
        Get-Folder $folder | Should -BeNullOrEmpty
    }

    It 'creates a folder that does not exist, and names the report after the database' -ForEach 'reports', 'reports/' {
        $folder = New-TestFolder
        $file = $upgrade | Export-PosTenantReport -ReportPath "$folder/$_"
        $file.DirectoryName | Should -Be (Join-Path $folder 'reports')
        $file.Name | Should -BeLike 'pos.db.upgrade-*.md'
        ($upgrade | Export-PosTenantReport -ReportPath "$folder/$_").Name | Should -BeLike 'pos.db.upgrade-*-2.md'
    }

    It 'reports a missing folder that it cannot create' {
        $folder = New-TestFolder
        $upgrade | Export-PosTenantReport -ReportPath "$folder/nowhere/reports" -ErrorVariable failures -ErrorAction SilentlyContinue
        "$(@($failures)[-1])" | Should -BeLike '*nowhere*the folder does not exist, and neither does its parent*'
    }

    It 'reports the same for a folder that the system refuses to create' -Skip:$IsWindows {
        # No program can create a folder in /proc, not even as root.
        $upgrade | Export-PosTenantReport -ReportPath '/proc/reports' -ErrorVariable failures -ErrorAction SilentlyContinue
        @($failures)[-1].FullyQualifiedErrorId | Should -Be 'PosTenancy.InvalidReportPath,Export-PosTenantReport'
        "$(@($failures)[-1])" | Should -BeLike '*the folder does not exist and cannot be created:*'
    }

    It 'does not treat a file without an extension as a folder' {
        $file = Join-Path (New-TestFolder) 'report'
        Set-Content -LiteralPath $file 'a letter'
        $upgrade | Export-PosTenantReport -ReportPath $file -ErrorVariable failures -ErrorAction SilentlyContinue
        "$(@($failures)[-1])" | Should -BeLike '*its extension is not .md, .html or .json*'
        Get-Content -LiteralPath $file | Should -Be 'a letter'
    }

    It 'accepts only the result of an upgrade' {
        $path = Join-Path (New-TestFolder) 'report.md'
        { $upgrade.Migration | Export-PosTenantReport -ReportPath $path -ErrorAction Stop } | Should -Throw
    }
}

Describe 'Invoke-PosTenantUpgrade -ReportPath' {
    It 'writes the report, and records its path in the result' {
        $folder = New-TestFolder
        $result = Invoke-PosTenantUpgrade (New-Store) $tenant -ReportPath "$folder/report.md" -Confirm:$false
        $result.Status | Should -Be Succeeded
        $result.ReportPath | Should -Be (Join-Path $folder 'report.md')
        Get-Content -LiteralPath $result.ReportPath -Raw | Should -Match $result.Backup.Sha256
    }

    It 'writes a report for each database of a pipeline' {
        $folder = New-TestFolder
        $results = New-Store 'a.db', 'b.db' | Invoke-PosTenantUpgrade -TenantId $tenant -ReportPath $folder -Confirm:$false
        $results.ReportPath | Sort-Object | Should -Be ((Get-ChildItem -LiteralPath $folder).FullName | Sort-Object)
        $results.ReportPath[0] | Should -BeLike '*a.db.upgrade-*.md'
        $results.ReportPath[1] | Should -BeLike '*b.db.upgrade-*.md'
    }

    It 'creates the folder only when it writes the report, and not with -WhatIf' {
        $folder = New-TestFolder
        $database = New-Store
        Invoke-PosTenantUpgrade $database $tenant -ReportPath "$folder/reports" -WhatIf
        { Invoke-PosTenantUpgrade $database '' -ReportPath "$folder/reports" -Confirm:$false } |
            Should -Throw -ErrorId 'PosTenancy.InvalidTenantId*'
        Get-Folder $folder | Should -BeNullOrEmpty

        $result = Invoke-PosTenantUpgrade $database $tenant -ReportPath "$folder/reports" -Confirm:$false
        $result.ReportPath | Should -BeLike (Join-Path $folder 'reports/pos.db.upgrade-*.md')
        $result.ReportPath | Should -Exist
    }

    It 'terminates before the upgrade if it could not create the folder' {
        $fresh = New-Store
        $state = Get-FolderState (Split-Path $fresh)
        { Invoke-PosTenantUpgrade $fresh $tenant -ReportPath "$(Split-Path $fresh)/nowhere/reports" -Confirm:$false } |
            Should -Throw '*the folder does not exist, and neither does its parent*' -ErrorId 'PosTenancy.InvalidReportPath*'
        Get-FolderState (Split-Path $fresh) | Should -Be $state
    }

    It 'reports a refused upgrade as plainly' {
        $folder = New-TestFolder
        $collect = @{ ErrorVariable = 'failures'; ErrorAction = 'SilentlyContinue' }
        $result = Invoke-PosTenantUpgrade "$folder/missing.db" $tenant -ReportPath "$folder/report.md" -Confirm:$false @collect
        $result.Status | Should -Be Refused
        @($failures)[-1].FullyQualifiedErrorId | Should -BeLike 'PosTenancy.FileNotFound,*'
        $text = Get-Content -LiteralPath $result.ReportPath -Raw
        $text | Should -Match 'The file .* does not exist'
        $text | Should -Not -Match 'SUCCESS|PRODUCTION READY'
    }

    It 'reports AlreadyMigrated if nothing was to be done' {
        $report = Join-Path (New-TestFolder) 'report.json'
        $result = Invoke-PosTenantUpgrade $database $tenant -ReportPath $report -Confirm:$false
        (Get-Content -LiteralPath $result.ReportPath -Raw | ConvertFrom-Json).Status | Should -Be AlreadyMigrated
    }

    It 'terminates on an invalid report path before it touches the database' {
        $fresh = New-Store
        $state = Get-FolderState (Split-Path $fresh)
        foreach ($how in @{ Confirm = $false }, @{ WhatIf = $true }) {
            { Invoke-PosTenantUpgrade $fresh $tenant -ReportPath report.pdf @how } |
                Should -Throw -ErrorId 'PosTenancy.InvalidReportPath*'
        }

        Get-FolderState (Split-Path $fresh) | Should -Be $state
    }

    It 'writes no report with -WhatIf' {
        $folder = New-TestFolder
        Invoke-PosTenantUpgrade (New-Store) $tenant -ReportPath "$folder/report.md" -WhatIf
        Get-Folder $folder | Should -BeNullOrEmpty
    }

    It 'never overwrites the database, its backup or its manifest' {
        $folder = New-TestFolder
        $odd = Join-Path $folder 'pos.json'
        [System.IO.File]::Copy((New-Store), $odd)
        $collect = @{ ErrorVariable = 'failures'; ErrorAction = 'SilentlyContinue' }
        $result = Invoke-PosTenantUpgrade $odd $tenant -ReportPath $odd -Confirm:$false @collect
        @($failures)[-1].FullyQualifiedErrorId | Should -BeLike 'PosTenancy.InvalidReportPath,*'
        Invoke-Sqlite $odd 'PRAGMA quick_check' | Should -Be ok
        $result.ReportPath | Should -BeNullOrEmpty
    }
}
