#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }
# The commands of each how-to page run unmodified, in order, in one session, in a folder with the stores that the pages name. Shell blocks
# run in sh, if it exists.

BeforeDiscovery {
    $pages = & "$PSScriptRoot/HowToPages.ps1"
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Postgres.ps1"
    $pages = & "$PSScriptRoot/HowToPages.ps1"

    # The service head-office, where a PostgreSQL can be started.
    $postgres = Start-Postgres
    if ($postgres) { $null = New-PostgresDatabase $postgres }

    # "Import-Module PosTenancy" finds the module in a folder of that name.
    $modules = New-TestFolder
    $null = New-Item -ItemType Directory -Path "$modules/PosTenancy"
    Copy-Item -LiteralPath $module, "$moduleRoot/module" -Destination "$modules/PosTenancy" -Recurse

    $hasShell = [bool] (Get-Command sh -ErrorAction SilentlyContinue)

    function Get-PageScript {
        # Returns the commands of a page as one script.
        param([string] $Name)

        $text = Get-Content -LiteralPath "$root/docs/$Name" -Raw
        foreach ($match in [regex]::Matches($text, '(?ms)^```(powershell|sh)\r?\n(.+?)^```')) {
            $language, $code = $match.Groups[1, 2].Value
            if ($language -eq 'powershell') {
                $code
            } elseif ($hasShell) {
                "sh -c '$($code.Replace("'", "''"))'"
                'if ($LASTEXITCODE) { throw "sh ended with exit code $LASTEXITCODE." }'
            }
        }
    }

    # Starting a session for each page would take most of the time: one session runs them all, each in its own scope and folder.
    $folders = @{}
    $lines = foreach ($page in $pages) {
        if ($page -eq 'head-office.md' -and -not $postgres) { continue }
        $folders[$page] = Split-Path (@(New-Store 'pos.db', 'north.db', 'south.db')[0])
        if ($page -eq 'roll-back-by-hand.md') {
            # The page uses an example name for the backup.
            $backup = (Backup-PosDatabase "$($folders[$page])/pos.db").BackupPath
            foreach ($end in '', '.json') {
                [System.IO.File]::Move("$backup$end", "$($folders[$page])/pos.db.backup-20260111-133105$end")
            }
        }

        $script = Join-Path (New-TestFolder) 'page.ps1'
        Set-Content -LiteralPath $script -Value (Get-PageScript $page)
        "Set-Location -LiteralPath '$($folders[$page])'"
        "`$failure = 'runs'; try { & '$script' | Out-Default } catch { `$failure = `"`$_`" }; `"PAGE $page `$failure`""
    }

    $all = Join-Path (New-TestFolder) 'pages.ps1'
    Set-Content -LiteralPath $all -Value @(
        "`$env:PSModulePath = '$modules' + [System.IO.Path]::PathSeparator + `$env:PSModulePath"
        "`$ErrorActionPreference = 'Stop'"
        "`$ConfirmPreference = 'None'"  # A test cannot answer questions.
        $lines
    )
    $run = Invoke-Pwsh -ArgumentList '-File', $all
}

AfterAll {
    Stop-Postgres $postgres
}

Describe 'docs/<_>' -ForEach $pages {
    It 'has commands that run unmodified, in order' {
        if ($_ -eq 'head-office.md' -and -not $postgres) { Set-ItResult -Skipped -Because 'postgresql-15 is not installed' }
        @($run.Lines -match "^PAGE $_ ") | Should -Be "PAGE $_ runs" -Because ($run.Lines + $run.Error -join "`n")
    }
}

Describe 'The how-to pages' {
    It 'write no error' {
        $run.Error | Should -BeNullOrEmpty
        $run.ExitCode | Should -Be 0
    }
}

Describe 'docs/unattended.md' {
    It 'upgrades both stores, and records a report and the backup of each' {
        if (-not $hasShell) { Set-ItResult -Skipped -Because 'no sh exists to run the commands of the page' }
        $folder = $folders['unattended.md']
        foreach ($store in 'north', 'south') {
            Get-StoredTenant "$folder/$store.db" | Should -Be $store
            "$folder/reports/$store.db.upgrade-*.md" | Should -Exist
        }

        $results = Import-Csv -LiteralPath (Get-Item "$folder/results-*.csv").FullName
        $results.Status | Should -Be AlreadyMigrated, Succeeded -Because 'the first command of the page has upgraded north.db'
        $results[1].BackupPath | Should -Exist
    }
}
