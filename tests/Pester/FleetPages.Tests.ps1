# The samples for Ansible and DSC in docs run as they stand, on stores in a folder.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    # "Import-Module PosTenancy" finds the module in a folder of that name.
    $modules = New-TestFolder
    $null = New-Item -ItemType Directory -Path "$modules/PosTenancy"
    Copy-Item -LiteralPath $module, "$moduleRoot/module" -Destination "$modules/PosTenancy" -Recurse
    $modulePath = $env:PSModulePath
    $env:PSModulePath = $modules + [System.IO.Path]::PathSeparator + $modulePath

    function Get-Block {
        # Returns the blocks of a page in one language.
        param([string] $Page, [string] $Language)

        $text = Get-Content -LiteralPath "$root/docs/$Page.md" -Raw
        [regex]::Matches($text, "(?ms)^``````$Language\r?\n(.+?)^``````").ForEach({ $_.Groups[1].Value })
    }
}

AfterAll {
    $env:PSModulePath = $modulePath
}

Describe 'docs/fleet-ansible.md' {
    BeforeAll {
        $hasAnsible = [bool] (Get-Command -Name ansible-playbook -CommandType Application -ErrorAction Ignore)
        if ($hasAnsible) {
            $playbook = New-TestFolder
            Set-Content -LiteralPath "$playbook/upgrade-stores.yml" -Value @(Get-Block fleet-ansible yaml)
            $null = New-Item -ItemType Directory -Path "$playbook/bin"
            Set-Content -LiteralPath "$playbook/bin/pwsh" -Value "#!/bin/sh`nexec '$((Get-PwshCommand) -join "' '")' `"`$@`""
            [System.IO.File]::SetUnixFileMode("$playbook/bin/pwsh", 'UserRead, UserWrite, UserExecute')
        }

        function Invoke-Playbook {
            # Runs the page's playbook on this machine, or on names that stand for it, and returns the results of Ansible.
            param([string[]] $Inventory = 'localhost,', [hashtable] $Variable)

            $variables = $Variable | ConvertTo-Json -Compress
            $set = @{
                PATH = "$playbook/bin" + [System.IO.Path]::PathSeparator + $env:PATH
                HOME = $playbook; ANSIBLE_LOCAL_TEMP = "$playbook/temp"; ANSIBLE_NOCOLOR = '1'; LC_ALL = 'C.UTF-8'
                ANSIBLE_DEPRECATION_WARNINGS = 'False'
            }
            $before = @{}
            foreach ($name in $set.Keys) {
                $before[$name] = [System.Environment]::GetEnvironmentVariable($name)
                [System.Environment]::SetEnvironmentVariable($name, $set[$name])
            }

            try {
                $arguments = '-i', $Inventory, '-c', 'local', '-e', $variables, 'upgrade-stores.yml'
                $run = Invoke-Process -Program ansible-playbook -ArgumentList $arguments -WorkingDirectory $playbook
            } finally {
                $before.Keys | ForEach-Object { [System.Environment]::SetEnvironmentVariable($_, $before[$_]) }
            }

            $text = $run.Lines + $run.Error -join "`n"
            $stats = @{}
            foreach ($match in [regex]::Matches($text, '(?m)^(\w+) +: (ok=.+)$')) {
                $stats[$match.Groups[1].Value] = $match.Groups[2].Value -replace ' +', ' '
            }

            [pscustomobject]@{ ExitCode = $run.ExitCode; Stats = $stats; Text = $text }
        }
    }

    BeforeEach {
        if (-not $hasAnsible) { Set-ItResult -Skipped -Because 'no ansible-playbook exists' }
    }

    It 'upgrades a store once, with a quotation mark in its tenant, and says whether it changed anything' {
        $database = New-Store
        $name = "north's"
        $run = Invoke-Playbook -Variable @{ pos_path = $database; pos_tenant = $name }
        $run.ExitCode | Should -Be 0 -Because $run.Text
        $run.Stats.localhost | Should -Match '^ok=1 changed=1 unreachable=0 failed=0 ' -Because $run.Text
        Get-StoredTenant $database | Should -Be $name
        "$(Split-Path $database)/reports/pos.db.upgrade-*.md" | Should -Exist

        $run = Invoke-Playbook -Variable @{ pos_path = $database; pos_tenant = $name }
        $run.ExitCode | Should -Be 0 -Because $run.Text
        $run.Stats.localhost | Should -Match '^ok=1 changed=0 unreachable=0 failed=0 ' -Because $run.Text
    }

    It 'fails for a store that is refused' {
        $database = New-Store -Sql "CREATE TABLE blocked (id INTEGER PRIMARY KEY, tenant_id TEXT AS ('computed'))"
        $before = Get-Sha256 $database
        $run = Invoke-Playbook -Variable @{ pos_path = $database; pos_tenant = 'north' }
        $run.ExitCode | Should -Not -Be 0
        $run.Stats.localhost | Should -Match ' failed=1 ' -Because $run.Text
        $run.Text | Should -Match 'PosTenancy|computed'
        Get-Sha256 $database | Should -Be $before
    }

    It 'goes no further if one of the first two stores fails' {
        $folder = New-TestFolder
        $null = New-Item -ItemType Directory -Path "$folder/north", "$folder/east", "$folder/south"
        foreach ($name in 'north', 'south') {
            Copy-Item -LiteralPath (New-Store) -Destination "$folder/$name/pos.db"
        }
        Set-Content -LiteralPath "$folder/east/pos.db" -Value 'not a database'
        $path = "$folder/{{ inventory_hostname }}/pos.db"
        $run = Invoke-Playbook -Inventory 'north,east,south' -Variable @{ pos_path = $path; pos_tenant = 'acme' }
        $run.ExitCode | Should -Not -Be 0
        ($run.Stats.Keys | Sort-Object) -join ' ' | Should -Be 'east north' -Because $run.Text
        Get-StoredTenant "$folder/north/pos.db" | Should -Be acme
        { Get-StoredTenant "$folder/south/pos.db" } | Should -Throw '*no such column*'
    }
}

Describe 'docs/fleet-dsc.md' {
    BeforeAll {
        function Invoke-Resource {
            # Runs scripts of the page in their order in a new process, as DSC does, and returns what each gave, or its error.
            param([string] $Database, [string[]] $Script)

            $folder = Split-Path $Database
            $code = @(Get-Block fleet-dsc ps1)[0] -replace 'C:\\Stores\\([\w.]+)', "'$folder/`$1'"
            $lines = foreach ($name in $Script) {
                "try { `$given = & `$upgrade.$name; '$name ' + `$(if (`$given -is [hashtable]) { `$given.Result } else { `$given }) }"
                "catch { '$name ' + `$_.FullyQualifiedErrorId }"
            }
            $run = Invoke-Pwsh -ArgumentList '-Command', (@($code) + $lines -join "`n")
            $run.Error | Should -BeNullOrEmpty
            $run.Lines
        }
    }

    It 'has scripts of which Test says False, Set upgrades, and Test says True' {
        $database = New-Store
        Invoke-Resource $database GetScript, TestScript, SetScript, TestScript, GetScript |
            Should -BeExactly 'GetScript False', 'TestScript False', 'SetScript ', 'TestScript True', 'GetScript True'
        Get-StoredTenant $database | Should -Be north
        "$(Split-Path $database)/reports/pos.db.upgrade-*.md" | Should -Exist
    }

    It 'has scripts that end with an error if the database cannot be upgraded or read' {
        $database = New-Store -Sql "CREATE TABLE blocked (id INTEGER PRIMARY KEY, tenant_id TEXT AS ('computed'))"
        Invoke-Resource $database SetScript | Should -BeLike 'SetScript PosTenancy.PlanBlocked,*'
        Remove-Item -LiteralPath $database
        Invoke-Resource $database TestScript, GetScript | Should -BeLike '* PosTenancy.*'
    }
}

Describe 'The pages for stores on other machines' {
    It 'have PowerShell without a parse error: <_>' -ForEach 'fleet-ssh', 'fleet-winrm', 'fleet-dsc' {
        $blocks = Get-Block $_ ps1
        @($blocks).Count | Should -BeGreaterOrEqual 2
        foreach ($block in $blocks) {
            $problems = $null
            $null = [System.Management.Automation.Language.Parser]::ParseInput($block, [ref] $null, [ref] $problems)
            $problems | Should -BeNullOrEmpty
        }
    }

    It 'are linked from docs/unattended.md: <_>' -ForEach 'fleet-ssh', 'fleet-winrm', 'fleet-ansible', 'fleet-dsc' {
        "$root/docs/$_.md" | Should -Exist
        Get-Content -LiteralPath "$root/docs/unattended.md" -Raw | Should -Match "\]\($_\.md\)"
    }
}
