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
    It 'writes <Ending> and gives the file' -ForEach @(
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

    It 'writes JSON that gives every check and figure back' {
        $file = Export-PosTenantReport -InputObject $upgrade -ReportPath (Join-Path (New-TestFolder) 'report.json')
        $report = Get-Content -LiteralPath $file.FullName -Raw | ConvertFrom-Json
        $report.Status | Should -Be Succeeded
        $report.Path | Should -Be $database
        $report.Migration.TablesUpdated | Should -Be 32
        $report.Migration.RowsAfter | Should -Be 26
        $report.Checks.Name | Should -Be $upgrade.Checks.Name
        $report.Checks.Status | Should -Be @($upgrade.Checks.Status | ForEach-Object ToString)
    }

    It 'names a file in a folder after the database and the moment' {
        $folder = New-TestFolder
        $file = $upgrade | Export-PosTenantReport -ReportPath $folder
        $file.Name | Should -Be "pos.db.upgrade-$($upgrade.StartedAt.ToString('yyyyMMdd-HHmmss')).md"
        Get-Folder $folder | Should -Be $file.Name
    }

    It 'lets no result of a pipeline write over the report of another' {
        $folder = New-TestFolder
        $files = $upgrade, $upgrade, $upgrade | Export-PosTenantReport -ReportPath "$folder/report.md"
        $files.Name | Should -Be 'report.md', 'report-2.md', 'report-3.md'
        $files = $upgrade, $upgrade | Export-PosTenantReport -ReportPath $folder
        @($files.Name | Select-Object -Unique).Count | Should -Be 2
    }

    It 'resolves the path from PowerShell''s location' {
        $folder = New-TestFolder
        Push-Location -LiteralPath $folder
        try {
            ($upgrade | Export-PosTenantReport ./report.md).FullName | Should -Be (Join-Path $folder 'report.md')
        } finally {
            Pop-Location
        }
    }

    It 'refuses a path that <Because>, and writes nothing' -ForEach @(
        @{ Because = 'has another ending'; Name = 'report.pdf' }
        @{ Because = 'lies in a folder that does not exist'; Name = 'nowhere/report.md' }
        @{ Because = 'is a new folder in a folder that does not exist'; Name = 'nowhere/reports' }
    ) {
        $folder = New-TestFolder
        $upgrade | Export-PosTenantReport -ReportPath "$folder/$Name" -ErrorVariable failures -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
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

    It 'says that there is no such folder where it cannot create one' {
        $folder = New-TestFolder
        $upgrade | Export-PosTenantReport -ReportPath "$folder/nowhere/reports" -ErrorVariable failures -ErrorAction SilentlyContinue
        "$(@($failures)[-1])" | Should -BeLike '*nowhere*there is no such folder*'
    }

    It 'says the same of a folder that the system refuses to create' -Skip:$IsWindows {
        # No program can create a folder in /proc, not even as root.
        $upgrade | Export-PosTenantReport -ReportPath '/proc/reports' -ErrorVariable failures -ErrorAction SilentlyContinue
        @($failures)[-1].FullyQualifiedErrorId | Should -Be 'PosTenancy.InvalidReportPath,Export-PosTenantReport'
        "$(@($failures)[-1])" | Should -BeLike '*there is no such folder, and it cannot be created:*'
    }

    It 'takes a file without an ending for no folder' {
        $file = Join-Path (New-TestFolder) 'report'
        Set-Content -LiteralPath $file 'a letter'
        $upgrade | Export-PosTenantReport -ReportPath $file -ErrorVariable failures -ErrorAction SilentlyContinue
        "$(@($failures)[-1])" | Should -BeLike '*its ending is none of .md, .html and .json*'
        Get-Content -LiteralPath $file | Should -Be 'a letter'
    }

    It 'takes nothing but the result of an upgrade' {
        { $upgrade.Migration | Export-PosTenantReport -ReportPath (Join-Path (New-TestFolder) 'report.md') -ErrorAction Stop } | Should -Throw
    }
}

Describe 'Invoke-PosTenantUpgrade -ReportPath' {
    It 'writes the report, and its path is in the result' {
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

    It 'creates the folder when it writes the report, not before, and not with -WhatIf' {
        $folder = New-TestFolder
        $database = New-Store
        Invoke-PosTenantUpgrade $database $tenant -ReportPath "$folder/reports" -WhatIf
        { Invoke-PosTenantUpgrade $database '' -ReportPath "$folder/reports" -Confirm:$false } | Should -Throw -ErrorId 'PosTenancy.InvalidTenantId*'
        Get-Folder $folder | Should -BeNullOrEmpty

        $result = Invoke-PosTenantUpgrade $database $tenant -ReportPath "$folder/reports" -Confirm:$false
        $result.ReportPath | Should -BeLike (Join-Path $folder 'reports/pos.db.upgrade-*.md')
        $result.ReportPath | Should -Exist
    }

    It 'ends before the upgrade at a folder that it could not create' {
        $fresh = New-Store
        $state = Get-FolderState (Split-Path $fresh)
        { Invoke-PosTenantUpgrade $fresh $tenant -ReportPath "$(Split-Path $fresh)/nowhere/reports" -Confirm:$false } |
            Should -Throw '*there is no such folder*' -ErrorId 'PosTenancy.InvalidReportPath*'
        Get-FolderState (Split-Path $fresh) | Should -Be $state
    }

    It 'reports an upgrade that was refused as plainly' {
        $folder = New-TestFolder
        $result = Invoke-PosTenantUpgrade (Join-Path $folder 'missing.db') $tenant -ReportPath "$folder/report.md" -Confirm:$false -ErrorVariable failures -ErrorAction SilentlyContinue
        $result.Status | Should -Be Refused
        @($failures)[-1].FullyQualifiedErrorId | Should -BeLike 'PosTenancy.FileNotFound,*'
        $text = Get-Content -LiteralPath $result.ReportPath -Raw
        $text | Should -Match 'There is no file'
        $text | Should -Not -Match 'SUCCESS|PRODUCTION READY'
    }

    It 'says that nothing was to be done, where nothing was' {
        $result = Invoke-PosTenantUpgrade $database $tenant -ReportPath (Join-Path (New-TestFolder) 'report.json') -Confirm:$false
        (Get-Content -LiteralPath $result.ReportPath -Raw | ConvertFrom-Json).Status | Should -Be AlreadyMigrated
    }

    It 'ends at a report path that cannot be one, before it touches the database' {
        $fresh = New-Store
        $state = Get-FolderState (Split-Path $fresh)
        { Invoke-PosTenantUpgrade $fresh $tenant -ReportPath report.pdf -Confirm:$false } | Should -Throw -ErrorId 'PosTenancy.InvalidReportPath*'
        { Invoke-PosTenantUpgrade $fresh $tenant -ReportPath report.pdf -WhatIf } | Should -Throw -ErrorId 'PosTenancy.InvalidReportPath*'
        Get-FolderState (Split-Path $fresh) | Should -Be $state
    }

    It 'writes no report with -WhatIf' {
        $folder = New-TestFolder
        Invoke-PosTenantUpgrade (New-Store) $tenant -ReportPath "$folder/report.md" -WhatIf
        Get-Folder $folder | Should -BeNullOrEmpty
    }

    It 'never writes over the database, its backup or its manifest' {
        $folder = New-TestFolder
        $odd = Join-Path $folder 'pos.json'
        [System.IO.File]::Copy((New-Store), $odd)
        $result = Invoke-PosTenantUpgrade $odd $tenant -ReportPath $odd -Confirm:$false -ErrorVariable failures -ErrorAction SilentlyContinue
        @($failures)[-1].FullyQualifiedErrorId | Should -BeLike 'PosTenancy.InvalidReportPath,*'
        Invoke-Sqlite $odd 'PRAGMA quick_check' | Should -Be ok
        $result.ReportPath | Should -BeNullOrEmpty
    }
}
