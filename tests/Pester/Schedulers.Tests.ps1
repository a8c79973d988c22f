#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }
# The samples for schedulers and pipelines in docs run as far as this system has the programs, with the scripts of docs/unattended.md, in
# folders with stores: they exit with 0, and with 1 if an upgrade would be refused.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    # "Import-Module PosTenancy" finds the module in a folder of that name.
    $modules = New-TestFolder
    $null = New-Item -ItemType Directory -Path "$modules/PosTenancy"
    Copy-Item -LiteralPath $module, "$moduleRoot/module" -Destination "$modules/PosTenancy" -Recurse
    $modulePath = $env:PSModulePath
    $env:PSModulePath = $modules + [System.IO.Path]::PathSeparator + $modulePath

    # A plan blocks a table whose tenant column is computed.
    $blockedTable = "CREATE TABLE blocked (id INTEGER PRIMARY KEY, tenant_id TEXT AS ('computed'));"

    function Get-Block {
        # Returns the blocks of a page in one language.
        param([string] $Page, [string] $Language)

        $text = Get-Content -LiteralPath "$root/docs/$Page.md" -Raw
        [regex]::Matches($text, "(?ms)^``````$Language\r?\n(.+?)^``````").ForEach({ $_.Groups[1].Value })
    }

    function New-StoreFolder {
        # Makes a folder with two stores and the files that docs/unattended.md writes; -Refused: with a table that cannot be migrated.
        param([switch] $Refused)

        $sql = if ($Refused) { $blockedTable }
        $folder = Split-Path (New-Store 'north.db', 'south.db' -Sql $sql)[0]
        Push-Location -LiteralPath $folder
        try {
            Get-Block unattended powershell | Where-Object { $_ -match 'Out-File' } | ForEach-Object { & ([scriptblock]::Create($_)) }
        } finally {
            Pop-Location
        }

        'stores.csv', 'upgrade-stores.ps1', 'nightly.ps1' | ForEach-Object { Join-Path $folder $_ | Should -Exist }
        $folder
    }

    function Get-Because {
        param($Run)

        $Run.Lines + $Run.Error -join "`n"
    }
}

AfterAll {
    $env:PSModulePath = $modulePath
}

Describe 'docs/scheduled-task.md' {
    BeforeAll {
        $blocks = Get-Block scheduled-task ps1
        $arguments = foreach ($block in $blocks) {
            $tree = [System.Management.Automation.Language.Parser]::ParseInput($block, [ref] $null, [ref] $null)
            $isAction = { $args[0] -is [System.Management.Automation.Language.CommandAst] -and
                $args[0].GetCommandName() -eq 'New-ScheduledTaskAction' }
            foreach ($command in $tree.FindAll($isAction, $true)) {
                $elements = $command.CommandElements
                for ($i = 0; $i -lt $elements.Count; $i++) {
                    if ($elements[$i].ParameterName -eq 'Argument') {
                        & ([scriptblock]::Create($elements[$i + 1].Extent.Text))
                    }
                }
            }
        }

        function Invoke-Argument {
            # Runs PowerShell with a task's argument, which is one string, in the working folder of the task.
            param([string] $Argument, [string] $Folder)

            $program, $dll = @(Get-PwshCommand)
            $start = New-StartInfo -Program $program -WorkingDirectory $Folder
            $start.Arguments = if ($dll) { "`"$dll`" $Argument" } else { $Argument }
            $process = [System.Diagnostics.Process]::Start($start)
            $process.StandardInput.Close()
            $output = $process.StandardOutput.ReadToEndAsync()
            $errors = $process.StandardError.ReadToEndAsync()
            $process.WaitForExit()
            [pscustomobject]@{ ExitCode = $process.ExitCode; Lines = @($output.Result); Error = $errors.Result }
        }
    }

    It 'has PowerShell without a parse error' {
        @($blocks).Count | Should -BeGreaterOrEqual 4
        foreach ($block in $blocks) {
            $problems = $null
            $null = [System.Management.Automation.Language.Parser]::ParseInput($block, [ref] $null, [ref] $problems)
            $problems | Should -BeNullOrEmpty
        }
    }

    It 'has three tasks, whose arguments end with exit code 0 for good stores' {
        @($arguments).Count | Should -Be 3
        foreach ($argument in $arguments) {
            $folder = New-StoreFolder
            $run = Invoke-Argument $argument $folder
            $run.ExitCode | Should -Be 0 -Because "of '$argument': $(Get-Because $run)"
            if ($argument -match 'nightly') {
                Join-Path $folder 'nightly-*.log' | Should -Exist
                { Get-StoredTenant "$folder/north.db" } | Should -Throw '*no such column*' -Because 'a test changes no database'
            } else {
                Get-StoredTenant "$folder/north.db" | Should -Be north
                Join-Path $folder 'reports/north.db.upgrade-*.md' | Should -Exist
            }
        }
    }

    It 'has arguments that end with exit code 1 if a store is refused' {
        foreach ($argument in $arguments) {
            $run = Invoke-Argument $argument (New-StoreFolder -Refused)
            $run.ExitCode | Should -Be 1 -Because "of '$argument': $(Get-Because $run)"
        }
    }

    It 'ends the nightly test with exit code 1 if a backup is not good' {
        $folder = New-StoreFolder
        $backup = (Backup-PosDatabase "$folder/south.db").BackupPath
        $file = [System.IO.File]::OpenWrite($backup)
        $file.WriteByte(0)
        $file.Dispose()
        $run = Invoke-Argument ($arguments -match 'nightly')[0] $folder
        $run.ExitCode | Should -Be 1 -Because (Get-Because $run)
        Get-Content (Join-Path $folder 'nightly-*.log') -Raw | Should -Match 'Bad'
    }

    It 'describes tasks that Windows accepts' {
        if (-not (Get-Command Register-ScheduledTask -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'no Register-ScheduledTask exists'
            return
        }

        # Makes the tasks without registering them.
        function Register-ScheduledTask {
            param($TaskName, $Action, $Trigger, $Principal, $Settings)

            New-ScheduledTask -Action $Action -Trigger $Trigger -Principal $Principal -Settings $Settings
        }

        $tasks = $blocks | Where-Object { $_ -match 'Register-ScheduledTask' } | ForEach-Object { & ([scriptblock]::Create($_)) }
        @($tasks).Count | Should -Be 3
    }
}

Describe 'docs/systemd-timer.md' {
    BeforeAll {
        $units = @{}
        foreach ($block in Get-Block systemd-timer ini) {
            $units[([regex]::Match($block, '^# /etc/systemd/system/(\S+)').Groups[1].Value)] = $block
        }

        $program = '"' + ((Get-PwshCommand) -join '" "') + '"'

        function Invoke-Unit {
            # Runs the ExecStart of a unit in sh, with its environment, in another folder than /srv/pos.
            param([string] $Unit, [string] $Folder)

            $command = [regex]::Match($units[$Unit], '(?m)^ExecStart=(.+?)\r?$').Groups[1].Value
            $variables = [regex]::Match($units[$Unit], '(?m)^Environment=(.+?)\r?$').Groups[1].Value
            $command = "$variables $command".Replace('/usr/bin/pwsh', $program).Replace('/srv/pos', $Folder)
            Invoke-Process -Program sh -ArgumentList '-c', $command -WorkingDirectory $Folder
        }
    }

    It 'has five units' {
        ($units.Keys | Sort-Object) -join ' ' | Should -Be ('postenancy-failed@.service postenancy-nightly.service ' +
            'postenancy-nightly.timer postenancy-upgrade.service postenancy-upgrade.timer')
    }

    It 'has units that systemd accepts' {
        if (-not (Get-Command systemd-analyze -CommandType Application -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'no systemd-analyze exists'
            return
        }

        $folder = New-TestFolder
        foreach ($name in $units.Keys) {
            Set-Content -LiteralPath "$folder/$name" -Value $units[$name].Replace('/usr/bin/pwsh', @(Get-PwshCommand)[0])
        }

        # systemd ignores what it cannot parse, and only reports it.
        $run = Invoke-Process -Program systemd-analyze -ArgumentList (@('verify') + @($units.Keys.ForEach({ "$folder/$_" })))
        $run.Error | Should -BeNullOrEmpty
        $run.ExitCode | Should -Be 0
    }

    It 'runs <Unit> with exit code 0 for good stores, and 1 if a store is refused' -ForEach @(
        @{ Unit = 'postenancy-nightly.service' }
        @{ Unit = 'postenancy-upgrade.service' }
    ) {
        if ($IsWindows -or -not (Get-Command sh -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'the units are for Linux'
            return
        }

        $folder = New-StoreFolder
        $run = Invoke-Unit $Unit $folder
        $run.ExitCode | Should -Be 0 -Because (Get-Because $run)
        if ($Unit -match 'upgrade') {
            Get-StoredTenant "$folder/south.db" | Should -Be south
        } else {
            Join-Path $folder 'nightly-*.log' | Should -Exist
        }

        $run = Invoke-Unit $Unit (New-StoreFolder -Refused)
        $run.ExitCode | Should -Be 1 -Because (Get-Because $run)
    }

    It 'lets every unit that runs PowerShell write to the folder of the stores, and nowhere else' {
        foreach ($unit in $units.Values -match 'pwsh') {
            $unit | Should -Match '(?m)^ProtectSystem=strict\r?$'
            $unit | Should -Match '(?m)^ReadWritePaths=/srv/pos\r?$'
            $unit | Should -Match '(?m)^OnFailure=postenancy-failed@%n\.service\r?$'
        }
    }

    It 'reports a failure with a command that runs' {
        if (-not (Get-Command logger -CommandType Application -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'no logger exists'
            return
        }

        $command = [regex]::Match($units['postenancy-failed@.service'], '(?m)^ExecStart=(.+?)\r?$').Groups[1].Value
        $command = $command.Replace('/usr/bin/logger', 'logger --no-act --stderr --socket-errors=off')
        $command = $command.Replace('%i', 'postenancy-nightly.service')
        $run = Invoke-Process -Program sh -ArgumentList '-c', $command
        $run.ExitCode | Should -Be 0
        $run.Error | Should -Match 'postenancy-nightly\.service failed: read journalctl --unit postenancy-nightly\.service'
    }
}

Describe 'docs/<Page>.md' -ForEach @(
    @{
        Page = 'github-actions'; Key = 'run'
        Condition = '(?m)^ +if: \$\{\{ !cancelled\(\) \}\}\r?$'
        Variables = @{ GITHUB_WORKSPACE = 'repository'; RUNNER_TEMP = 'temp'; GITHUB_STEP_SUMMARY = 'temp/summary.md' }
        Published = '(?m)^ +path: \$\{\{ runner\.temp \}\}/(\S+)\r?$'; PublishedIn = 'temp'
    }
    @{
        Page = 'azure-pipelines'; Key = 'pwsh'
        Condition = '(?m)^ +condition: succeededOrFailed\(\)\r?$'
        Variables = @{ BUILD_SOURCESDIRECTORY = 'repository'; AGENT_TEMPDIRECTORY = 'temp'; BUILD_ARTIFACTSTAGINGDIRECTORY = 'staging' }
        Published = '(?m)^ +- publish: \$\(Build\.ArtifactStagingDirectory\)()\r?$'; PublishedIn = 'staging'
    }
) {
    BeforeAll {
        $yaml = @(Get-Block $Page yaml)[0]
        $block = "(?m)^ *(?:- )?${Key}: \|\r?\n(?<code>(?<indent> +)\S.*\r?\n(?:\k<indent>.*\r?\n|\r?\n)*)"
        $steps = foreach ($match in [regex]::Matches($yaml, $block)) {
            $match.Groups['code'].Value -replace "(?m)^$($match.Groups['indent'].Value)"
        }

        function New-JobFolder {
            # Makes the folders of a job: its repository with the statements of the sample store, and those for temporary and other files.
            param([string] $Sql)

            $job = New-TestFolder
            'repository/db', 'temp', 'staging' | ForEach-Object { $null = New-Item -ItemType Directory -Path "$job/$_" }
            Copy-Item -Path "$root/samples/pos-store/*.sql" -Destination "$job/repository/db"
            Add-Content -LiteralPath "$job/repository/db/schema.sql" -Value $Sql
            $job
        }

        function Invoke-Step {
            # Runs a step as the service does: PowerShell stops at an error, and exits with the code of the last program.
            param([string] $Code, [string] $Job, [string[]] $PowerShell = @(Get-PwshCommand))

            $script = Join-Path (New-TestFolder) 'step.ps1'
            Set-Content -LiteralPath $script -Value "`$ErrorActionPreference = 'Stop'", $Code,
                'if (Test-Path -LiteralPath variable:LASTEXITCODE) { exit $LASTEXITCODE }'
            foreach ($name in $Variables.Keys) { Set-Item -Path "Env:$name" -Value "$Job/$($Variables[$name])" }
            try {
                $program, $arguments = $PowerShell + '-NoProfile' + '-NonInteractive' + '-Command' + ". '$script'"
                Invoke-Process -Program $program -ArgumentList $arguments -WorkingDirectory "$Job/repository"
            } finally {
                $Variables.Keys | ForEach-Object { Remove-Item -Path "Env:$_" }
            }
        }
    }

    It 'has steps that install, build and test, and one that keeps the report whatever happened' {
        @($steps).Count | Should -Be 3
        $yaml | Should -Match $Condition
        $yaml | Should -Not -Match "`t"
        $yaml | Should -Match "(?s)$($steps[2].Split("`n")[0]).+$($Condition -replace '^\(\?m\)\^' -replace '\\r\?\$$')"
    }

    It 'ends with exit code 0 and a report if the database can be migrated' {
        $job = New-JobFolder
        foreach ($step in $steps[1, 2]) {
            $run = Invoke-Step $step $job
            $run.ExitCode | Should -Be 0 -Because (Get-Because $run)
        }

        $reports = "$job/$PublishedIn/$([regex]::Match($yaml, $Published).Groups[1].Value)"
        "$reports/migration.html" | Should -Exist
        Get-Content -LiteralPath "$reports/migration.md" -Raw | Should -Match 'would succeed'
        if ($Page -eq 'github-actions') {
            Get-Content -LiteralPath "$job/temp/summary.md" -Raw | Should -Match 'would succeed'
        } else {
            $run.Lines -match '^##vso\[task\.uploadsummary\]' -replace '^.+\]' | Should -Exist
        }
    }

    It 'ends with exit code 1 and a report if the migration is refused' {
        $job = New-JobFolder $blockedTable
        (Invoke-Step $steps[1] $job).ExitCode | Should -Be 0
        $run = Invoke-Step $steps[2] $job
        $run.ExitCode | Should -Be 1 -Because (Get-Because $run)
        $reports = "$job/$PublishedIn/$([regex]::Match($yaml, $Published).Groups[1].Value)"
        Get-Content -LiteralPath "$reports/migration.md" -Raw | Should -Match 'PosTenancy\.PlanBlocked'
        "$reports/migration.html" | Should -Exist
    }

    It 'ends with exit code 1 if the database cannot be built' {
        $run = Invoke-Step $steps[1] (New-JobFolder 'CREATE NONSENSE;')
        $run.ExitCode | Should -Be 1 -Because (Get-Because $run)
    }

    It 'installs the package from the folder that the page names' {
        # An installed PowerShell has PSResourceGet, and so has the one of "dotnet tool restore"; that of the tests may not.
        $powerShell = @(Get-PwshCommand)
        if (-not (Get-Module -ListAvailable -Name Microsoft.PowerShell.PSResourceGet)) {
            $tool = if (Get-Command dotnet -CommandType Application -ErrorAction Ignore) {
                Invoke-Process -Program dotnet -ArgumentList 'pwsh', '-NoProfile', '-Command', '$PSHOME' -WorkingDirectory $root
            }
            if (-not $tool -or $tool.ExitCode) {
                Set-ItResult -Skipped -Because 'no PowerShell with PSResourceGet is here: run "dotnet tool restore"'
                return
            }
            $powerShell = 'dotnet', (Join-Path $tool.Lines[-1] 'pwsh.dll')
        }
        if (-not $env:POSTENANCY_PACKAGE) {
            Set-ItResult -Skipped -Because 'only dotnet test makes the package first, and not on Windows'
            return
        }

        $job = New-JobFolder
        $version = (Import-PowerShellDataFile $module).ModuleVersion
        $null = New-Item -ItemType Directory -Path "$job/repository/artifacts"
        Copy-Item -Path "$env:POSTENANCY_PACKAGE/*.nupkg" -Destination "$job/repository/artifacts"
        $before = $env:HOME, $env:PSModulePath
        $env:HOME = "$job/temp"
        $env:PSModulePath = ''
        try {
            foreach ($code in @(Get-Block $Page ps1)[0], $steps[0], '(Get-Module PosTenancy -ListAvailable).ModuleBase') {
                $run = Invoke-Step $code $job $powerShell
                $run.ExitCode | Should -Be 0 -Because (Get-Because $run)
                $run.Error | Should -BeNullOrEmpty
            }
        } finally {
            $env:HOME, $env:PSModulePath = $before
        }

        $run.Lines | Should -BeLike "$job/temp/*/PosTenancy/$version"
    }
}
