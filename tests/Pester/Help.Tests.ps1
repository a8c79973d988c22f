# The help pages are complete and agree with Get-Help, and every example runs on the sample store.

BeforeDiscovery {
    . "$PSScriptRoot/Common.ps1"

    $commands = foreach ($info in Get-Command -Module PosTenancy) {
        $common = [System.Management.Automation.Cmdlet]::CommonParameters
        @{
            Name       = $info.Name
            Page       = Join-Path $root "docs/$($info.Name).md"
            Parameters = @($info.Parameters.Keys | Where-Object { $_ -notin $common })
        }
    }
    $topics = Get-ChildItem (Join-Path $root 'module/en-US') -Filter about_*.help.txt | ForEach-Object {
        @{ Topic = $_.Name -replace '\.help\.txt$'; File = $_.FullName }
    }
    $examples = foreach ($command in $commands) {
        $pattern = '(?ms)^### (Example [^\r\n]+)\s+```powershell\r?\n(.+?)^```'
        foreach ($match in [regex]::Matches((Get-Content $command.Page -Raw), $pattern)) {
            @{ Name = $command.Name; Title = $match.Groups[1].Value; Code = $match.Groups[2].Value }
        }
    }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    # Each example works on copies.
    $sample = New-Store

    # Runs the code in a new runspace, as in a new session, and returns its output and errors.
    function Invoke-Example([string] $Code, [string] $Folder) {
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript({
                param($module, $folder, $code)
                Set-Location -LiteralPath $folder
                Import-Module $module
                # The examples are typed as at a prompt, but a test cannot answer questions.
                $global:ConfirmPreference = 'None'
                # Measures every query of an example, but briefly.
                $global:PSDefaultParameterValues['Measure-PosTenantQuery:TimePerQuery'] = 0.02
                . ([scriptblock]::Create($code))
            }).AddArgument($module).AddArgument($Folder).AddArgument($Code)
            $output = $shell.Invoke()
            [pscustomobject]@{ Output = @($output); Errors = @($shell.Streams.Error | ForEach-Object { "$_" }) }
        }
        finally {
            $shell.Dispose()
        }
    }

    # The engine is in the module's own load context, which a type literal does not search.
    function Get-ErrorId {
        $engine = [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'PosTenancy.Engine' }
        $engine.GetType('PosTenancy.ErrorIds').GetFields() | ForEach-Object { $_.GetValue($null) }
    }

    function Get-TopicCommand([string] $Text) {
        # The commands of a topic are indented by eight spaces; so are lists, which begin with a word and several spaces, or with an id.
        $lines = $Text -split '\r?\n' -match '^ {8}(\s{4}Where-Object|\s{4}-|\$|[A-Z][a-z]+-\w+)'
        ($lines -replace '^ {8}') -join "`n"
    }

    function New-StoreFolder {
        $folder = New-Item (Join-Path $TestDrive ([guid]::NewGuid().ToString('N'))) -ItemType Directory
        foreach ($name in 'pos.db', 'north.db', 'south.db') {
            Copy-Item $sample (Join-Path $folder $name)
        }
        $folder.FullName
    }
}

Describe 'The help of <Name>' -ForEach $commands {
    BeforeAll {
        $help = Get-Help $Name -Full
        $text = Get-Content $Page -Raw
    }

    It 'has the sections of every page, in their order' {
        $found = [regex]::Matches($text, '(?m)^## (.+?)\r?$') | ForEach-Object { $_.Groups[1].Value } | Where-Object { $_ -ne 'NOTES' }
        $found -join ' ' | Should -BeExactly 'SYNOPSIS DESCRIPTION EXAMPLES PARAMETERS INPUTS OUTPUTS ERRORS RELATED'
    }

    It 'has a synopsis of one line, a description, and two examples or more' {
        $help.Synopsis | Should -Match '^[A-Z].+\.$'
        ($help.description.Text -join ' ').Length | Should -BeGreaterThan 100
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
        $help.examples.example | ForEach-Object { $_.remarks.Text -join '' | Should -Match '\w+' }
    }

    It 'names the related pages, and suggests none online' {
        # Only the short form has remarks that suggest other forms of Get-Help.
        $shown = Get-Help $Name | Out-String -Width 1000
        $shown | Should -Match 'Get-Help \S+ -Examples'
        $shown | Should -Not -Match 'online'
        foreach ($match in [regex]::Matches(([regex]::Match($text, '(?ms)^## RELATED\r?$(.+)').Groups[1].Value), '\[([^\]]+)\]')) {
            $shown | Should -Match ([regex]::Escape($match.Groups[1].Value))
        }
    }

    It 'describes -<_> in the page and in Get-Help' -ForEach $Parameters {
        $text | Should -MatchExactly "(?m)^### -$_\r?\n\r?\n\w"
        $described = Get-Help $Name -Parameter $_
        $described.description.Text -join ' ' | Should -Match '\w{3}'
        (Get-Command $Name).Parameters[$_].Attributes | Where-Object { $_ -is [Parameter] } |
            ForEach-Object Mandatory | Should -Contain ($described.required -eq 'true')
    }

    It 'describes only parameters that the command has' {
        $described = [regex]::Matches($text, '(?m)^### -(\w+)') | ForEach-Object { $_.Groups[1].Value }
        $described | Where-Object { $_ -notin $Parameters } | Should -BeNullOrEmpty
    }

    It 'names only errors that exist' {
        $ids = Get-ErrorId
        $errors = [regex]::Match($text, '(?ms)^## ERRORS\r?$(.+?)^## ').Groups[1].Value
        $named = [regex]::Matches($errors, '`(PosTenancy\.\w+)`') | ForEach-Object { $_.Groups[1].Value }
        $named | Should -Not -BeNullOrEmpty
        $named | Where-Object { $_ -cnotin $ids } | Should -BeNullOrEmpty
    }

    It 'names the related pages in every form, and no web address' {
        foreach ($view in @{}, @{ Detailed = $true }, @{ Full = $true }) {
            $shown = (Get-Help $Name @view | Out-String -Width 4000)
            foreach ($link in [regex]::Matches([regex]::Match($text, '(?s)## RELATED(.+)').Groups[1].Value, '\[(\w[^\]]+)\]')) {
                $shown | Should -Match "See also: .*$([regex]::Escape($link.Groups[1].Value))"
            }

            $shown | Should -Not -Match '-Online'
        }
    }

    It 'links only to pages that exist' {
        [regex]::Matches($text, '\]\((?!https?:)([^)#]+)') |
            ForEach-Object { Join-Path $root "docs/$($_.Groups[1].Value)" | Should -Exist }
    }
}

Describe 'An example of <Name>' -ForEach $examples {
    BeforeAll {
        . "$PSScriptRoot/Postgres.ps1"
        $postgres = if ($Code -match 'head-office') { Start-Postgres }
        if ($postgres) { $null = New-PostgresDatabase $postgres }
    }

    AfterAll {
        Stop-Postgres $postgres
    }

    It '<Title>' {
        if ($Code -match 'head-office' -and -not $postgres) { Set-ItResult -Skipped -Because 'postgresql-15 is not installed' }
        $result = Invoke-Example $Code (New-StoreFolder)
        $result.Errors | Should -BeNullOrEmpty
    }
}

Describe 'The other pages' {
    It 'document each error once, and no other' {
        $ids = Get-ErrorId
        $rows = Select-String '^\| `(PosTenancy\.\w+)` \|' -Path (Join-Path $root 'docs/errors.md') |
            ForEach-Object { $_.Matches[0].Groups[1].Value }
        ($rows | Sort-Object) -join "`n" | Should -BeExactly (($ids | Sort-Object) -join "`n")
    }
}

Describe 'The topic <Topic>' -ForEach $topics {
    BeforeAll {
        $text = Get-Content -LiteralPath $File -Raw
    }

    It 'is found by Get-Help' {
        Get-Help $Topic | Out-String -Width 200 | Should -BeLike "*$Topic*SHORT DESCRIPTION*LONG DESCRIPTION*SEE ALSO*"
    }

    It 'has its name under TOPIC, and no line over 80 characters' {
        $lines = $text -split '\r?\n'
        $lines[0] | Should -BeExactly TOPIC
        $lines[1] | Should -BeExactly "    $Topic"
        $lines | Where-Object Length -GT 80 | Should -BeNullOrEmpty
    }

    It 'names the other topics, and only topics that exist' {
        $named = [regex]::Matches($text, 'about_\w+').Value | Sort-Object -Unique
        $named | Should -BeExactly ((Get-ChildItem (Split-Path $File) -Filter about_*).Name.Replace('.help.txt', '') | Sort-Object)
    }

    It 'names only commands, parameters, errors and pages that exist' {
        $all = Get-Command -Module PosTenancy
        $commands = [regex]::Matches($text, '\b[A-Z][a-z]+-Pos\w+').Value
        $commands | Should -Not -BeNullOrEmpty
        $commands | Where-Object { $_ -cnotin $all.Name } | Should -BeNullOrEmpty

        # The parameters of a command are those of that command; one named in a sentence, of any command of the module.
        $tree = [System.Management.Automation.Language.Parser]::ParseInput((Get-TopicCommand $text), [ref] $null, [ref] $null)
        foreach ($command in $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
            $info = Get-Command $command.GetCommandName() -ErrorAction Stop
            $command.CommandElements | Where-Object { $_ -is [System.Management.Automation.Language.CommandParameterAst] } |
                ForEach-Object { $info.Parameters.Keys | Should -Contain $_.ParameterName -Because "it is named with $($info.Name)" }
        }

        $inSentences = [regex]::Matches($text, '(?<=[\s(])-([A-Z]\w+)') | ForEach-Object { $_.Groups[1].Value }
        $inSentences | Where-Object { $_ -cnotin (@($all.Parameters.Keys) + 'First' + 'Last') } | Should -BeNullOrEmpty

        $ids = Get-ErrorId
        [regex]::Matches($text, 'PosTenancy\.[A-Z]\w+').Value | Where-Object { $_ -cnotin $ids } | Should -BeNullOrEmpty
        [regex]::Matches($text, 'docs/[\w-]+\.md').Value | ForEach-Object { Join-Path $root $_ | Should -Exist }
    }
}

Describe 'The topic about_PosTenancy_Recovery' {
    BeforeAll {
        $recovery = Get-Content (Join-Path $root 'module/en-US/about_PosTenancy_Recovery.help.txt') -Raw
    }

    It 'has commands that go back from an upgrade, run unmodified and in order, and keep the later sales' {
        $folder = New-StoreFolder
        $database = Join-Path $folder 'pos.db'
        $before = Get-Sha256 $database
        $null = Invoke-PosTenantUpgrade $database my-shop -Confirm:$false
        $null = Invoke-Sqlite $database "INSERT INTO customers (id, name) VALUES ('later', 'Ada')"
        # The last backup is newer than the migration, and not the one to restore.
        $null = Backup-PosDatabase $database

        # The topic shows the last error of the session.
        $run = Invoke-Example "try { throw 'x' } catch { }; $(Get-TopicCommand $recovery)" $folder
        $run.Errors | Should -BeNullOrEmpty
        $run.Output | Should -Contain AlreadyMigrated
        @($run.Output | Where-Object Status -EQ Good).Count | Should -Be 3 -Because 'one backup is tested alone, and then both'
        Get-Sha256 $database | Should -Be $before
        Join-Path $folder 'reports/pos.db.upgrade-*.md' | Should -Exist
        $replaced = Get-ChildItem $folder -Filter pos.db.replaced-* | Sort-Object Name | Select-Object -First 1
        Invoke-Sqlite $replaced.FullName "SELECT name FROM customers WHERE id = 'later'" | Should -Be Ada
    }

    It 'describes each way in which an interrupted upgrade continues' {
        $engine = [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'PosTenancy.Engine' }
        foreach ($action in [enum]::GetNames($engine.GetType('PosTenancy.RecoveryAction'))) {
            $recovery | Should -MatchExactly "(?m)^        $action +\w"
        }
    }
}

Describe 'The help file' {
    It 'is made by the build, for the functions and for the cmdlets of each framework' {
        $help = Get-Content (Join-Path $moduleRoot 'module/en-US/PosTenancy-Help.xml') -Raw
        foreach ($framework in 'net8.0', 'netstandard2.0') {
            Get-Content (Join-Path $moduleRoot "module/bin/$framework/en-US/PosTenancy.Cmdlets.dll-Help.xml") -Raw | Should -BeExactly $help
        }
    }

    It 'is found if the module is in another folder' {
        $copy = Join-Path $TestDrive 'elsewhere/PosTenancy'
        $null = New-Item $copy -ItemType Directory
        Copy-Item $module, (Join-Path $moduleRoot 'module') $copy -Recurse
        # In a new process: .NET keeps the assembly that this one has loaded.
        $run = Invoke-Pwsh -ArgumentList '-Command', "
            Import-Module '$copy/PosTenancy.psd1'
            Get-Command -Module PosTenancy | ForEach-Object {
                `$help = Get-Help `$_.Name -Full; if (`$help.examples.example) { `$help.Name }
            }
            (Get-Help about_PosTenancy).Name
            (Get-Help about_PosTenancy_Recovery).Name"
        $topics = @((Get-Command -Module PosTenancy).Name) + 'about_PosTenancy' + 'about_PosTenancy_Recovery'
        ($run.Lines | Sort-Object) -join ' ' | Should -Be (($topics | Sort-Object) -join ' ')
    }
}
