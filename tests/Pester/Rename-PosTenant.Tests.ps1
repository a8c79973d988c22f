# A tenant gets another name.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    $schema = @'
        CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        CREATE TABLE sales (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), receipt TEXT);
        CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT);
'@

    function New-Pair {
        # A database with the tenants hq and north, and the store that north was.
        $folder = New-TestFolder
        $database, $source = "$folder/hq.db", "$folder/north.db"
        $null = Invoke-Sqlite $database "$schema INSERT INTO customers VALUES (1, 'Ada'); INSERT INTO sales VALUES (1, 1, 'R1');"
        $null = Invoke-Sqlite $source "$schema INSERT INTO customers VALUES (1, 'Bo'), (5, 'Cy');
            INSERT INTO sales VALUES (1, 5, 'R1'), (2, 1, 'R2'); INSERT INTO settings VALUES ('home', '{""shop"":""north""}');"
        (Invoke-PosTenantUpgrade $database hq -UniqueScope TenantAndPrimaryKey -Confirm:$false).Status | Should -Be Succeeded
        (Import-PosTenant $database $source north -Confirm:$false).Status | Should -Be Succeeded
        $database, $source
    }

    function Get-Rows {
        param([string] $Database)

        Invoke-Sqlite $Database "SELECT tenant_id, 'customer', id, name FROM customers ORDER BY id; SELECT tenant_id, 'sale', id,
            customer_id, receipt FROM sales ORDER BY id; SELECT tenant_id, 'setting', * FROM settings ORDER BY key"
    }

    $quiet = @{ Confirm = $false; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failures'; WarningAction = 'SilentlyContinue' }
}

AfterAll {
    Stop-Sqlite
}

Describe 'Rename-PosTenant' {
    It 'changes the name in every row, as the sqlite3 shell reads it, and nothing else' {
        $database, $source = New-Pair
        $rows = Get-Rows $database
        $result = Rename-PosTenant $database hq head @quiet
        $failures | Should -BeNullOrEmpty
        "$result" | Should -Be 'hq: Succeeded, 2 rows'
        $result.ProvedBy | Should -Be Twin
        Get-Rows $database | Should -Be ($rows -replace '^hq\|', 'head|' -replace '\|hq$', '|head')
        Invoke-Sqlite $database "INSERT INTO customers (name) VALUES ('new'); SELECT tenant_id FROM customers WHERE name = 'new'" |
            Should -Be head
        Get-Sha256 $result.Backup.BackupPath | Should -Be $result.Backup.Sha256
    }

    It 'leaves a tenant that every other command finds under its new name' {
        $database, $source = New-Pair
        $result = Rename-PosTenant $database north west @quiet
        $result.Status | Should -Be Succeeded
        (Get-PosTenant $database).TenantId | Should -Be hq, west
        (Invoke-PosTenantUpgrade $database hq -UniqueScope TenantAndPrimaryKey -Confirm:$false).Status | Should -Be AlreadyMigrated
        Get-PosTenantPlan $database hq -UniqueScope TenantAndPrimaryKey | Where-Object Action -notin None, Skip | Should -BeNullOrEmpty
        Compare-PosTenant $database west -With $source -Quiet | Should -BeTrue
        Compare-PosTenant $database west -With $result.Backup.BackupPath -SourceTenantId north -Quiet | Should -BeTrue
        (Import-PosTenant $database $source west @quiet).Status | Should -Be AlreadyImported
        $export = Export-PosTenant $database west -AsSingleTenant
        Invoke-Sqlite $export.ExportPath 'SELECT * FROM customers; SELECT * FROM sales; SELECT * FROM settings' |
            Should -Be (Invoke-Sqlite $source 'SELECT * FROM customers; SELECT * FROM sales; SELECT * FROM settings')
        $entry = (Get-PosTenantHistory $database)[-1]
        "$($entry.Kind) $($entry.Name) $($entry.TenantId)" | Should -Be 'Rename north west'
    }

    It 'lists where else the old name is, as objects and as warnings' {
        $database, $source = New-Pair
        $null = Invoke-Sqlite $database "CREATE VIEW ours AS SELECT * FROM sales WHERE tenant_id = 'north'"
        $result = Rename-PosTenant $database north west -Confirm:$false -WarningVariable warnings -WarningAction SilentlyContinue
        "$($result.Mentions)" | Should -Be 'settings.value (1 row) the view ours'
        $warnings | Should -Be "The old name 'north' is in settings.value (1 row), and was left there.",
            "The old name 'north' is in the view ours, which was left as it is."
        $warnings -join ' ' | Should -Not -Match 'shop' -Because 'a warning has no values'
    }

    It 'with -WhatIf lists the rows of each table, or says why it would refuse, and changes no byte' {
        $database, $source = New-Pair
        $state = Get-FolderState (Split-Path $database)
        $run = Invoke-FreshPwsh "Rename-PosTenant '$database' hq head -WhatIf; Rename-PosTenant '$database' hq north -WhatIf"
        Get-FolderState (Split-Path $database) | Should -Be $state
        $said = $run.Lines -match 'What if:'
        $said.Count | Should -Be 2
        $run.Lines -join ' ' | Should -BeLike (
            "*""Rename the tenant 'hq' to 'head', after a verified backup: 2 rows (customers 1, sales 1)""*" +
            '"Change the DEFAULT of the tenant column in customers, sales, settings"*')
        $run.Error -replace '\s+', ' ' | Should -BeLike "*has a tenant 'north' already*"
        $run.ExitCode | Should -Be 1
    }

    It 'takes the rows of a CSV file, and has nothing to do for them a second time' {
        $database, $source = New-Pair
        $rows = 'TenantId,NewName', 'hq,head', 'gone,x', 'north,west' | ConvertFrom-Csv
        $results = $rows | Rename-PosTenant $database @quiet
        $results.Status | Should -Be Succeeded, Refused, Succeeded
        $failures.FullyQualifiedErrorId | Should -Be 'PosTenancy.TenantNotFound,PosTenancy.Commands.RenamePosTenantCommand'
        $failures[0].TargetObject | Should -Be $database
        $bytes = Get-Sha256 $database
        $again = $rows | Rename-PosTenant $database @quiet
        $again.Status | Should -Be Succeeded, Refused, Succeeded
        $again[0].ProvedBy | Should -BeNullOrEmpty
        $again[0].Warnings | Should -BeLike "The tenant 'hq' was renamed to 'head' on *"
        Get-Sha256 $database | Should -Be $bytes
    }

    It 'writes a report with both names and the places of the old one: <_>' -ForEach 'rename.md', 'rename.html', 'rename.json', 'reports' {
        $database, $source = New-Pair
        $path = Join-Path (Split-Path $database) $_
        $result = Rename-PosTenant $database north west @quiet -ReportPath $path
        $result.ReportPath | Should -BeLike "$path*"
        if ($_ -eq 'reports') { Split-Path -Leaf $result.ReportPath | Should -Match '^hq\.db\.rename-\d{8}-\d{6}\.md$' }
        $report = Get-Content -LiteralPath $result.ReportPath -Raw
        $report | Should -Match (Get-Sha256 $result.Backup.BackupPath)
        if ($_ -like '*.json') {
            $json = $report | ConvertFrom-Json
            $json.change | Should -Be rename
            "$($json.result.tenantId) $($json.result.newName) $($json.result.status)" | Should -Be 'north west Succeeded'
            $json.result.mentions[0].column | Should -Be value
        } else {
            $report | Should -Match 'Where Else the Old Name Is'
            $report | Should -Match 'settings'
            $report | Should -Not -Match 'shop'
        }
    }

    It 'writes a report if it refuses, too' {
        $database, $source = New-Pair
        $report = Join-Path (Split-Path $database) refused.md
        $result = Rename-PosTenant $database hq north @quiet -ReportPath $report
        $result.Status | Should -Be Refused
        $failures[0].CategoryInfo.Category | Should -Be ResourceExists
        Get-Content -LiteralPath $report -Raw | Should -Match 'PosTenancy\.TenantExists'
    }

    It 'ends at <Text>, and only refuses its row in a pipeline' -ForEach @(
        @{ Text = 'an empty new name'; Row = @{ TenantId = 'hq'; NewName = '' }; Id = 'InvalidNewName' }
        @{ Text = 'the name that the tenant has'; Row = @{ TenantId = 'hq'; NewName = 'hq' }; Id = 'InvalidNewName' }
        @{ Text = 'an empty tenant'; Row = @{ TenantId = ''; NewName = 'x' }; Id = 'InvalidTenantId' }
    ) {
        $database, $source = New-Pair
        { Rename-PosTenant $database @Row -Confirm:$false } | Should -Throw -ErrorId "PosTenancy.$Id*"
        $results = [pscustomobject] $Row, [pscustomobject] @{ TenantId = 'hq'; NewName = 'head' } | Rename-PosTenant $database @quiet
        $results.NewName | Should -Be head
        $failures.FullyQualifiedErrorId | Should -BeLike "PosTenancy.$Id,*"
        $failures[0].CategoryInfo.Category | Should -Be InvalidArgument
    }

    It 'refuses a database that is open elsewhere, and leaves it as it was' {
        $database, $source = New-Pair
        $bytes = Get-Sha256 $database
        $null = Start-Sqlite $database 'SELECT * FROM customers'
        try {
            $result = Rename-PosTenant $database hq head @quiet -LockTimeout 0
        } finally {
            Stop-Sqlite
        }

        $result.Status | Should -Be Refused
        $result.Error.ErrorId | Should -Be PosTenancy.DatabaseInUse
        Get-Sha256 $database | Should -Be $bytes
    }

    It 'rolls back what fails inside the transaction' {
        $database, $source = New-Pair
        $null = Invoke-Sqlite $database 'CREATE UNIQUE INDEX u ON sales (substr(tenant_id, 1, 2), receipt)'
        $bytes = Get-Sha256 $database
        $result = Rename-PosTenant $database hq november @quiet -SkipRehearsal
        $result.Status | Should -Be RolledBack
        $failures.FullyQualifiedErrorId | Should -BeLike 'PosTenancy.ChangeRolledBack,*'
        Get-Sha256 $database | Should -Be $bytes
    }

    It 'takes a database whose name has brackets, and another folder for the backup' {
        $database, $source = New-Pair
        $odd = Join-Path (Split-Path $database) 'hq[1].db'
        Move-Item -LiteralPath $database -Destination $odd
        $folder = New-TestFolder
        $result = Rename-PosTenant -LiteralPath $odd -TenantId hq -NewName head -Destination $folder @quiet
        $result.Status | Should -Be Succeeded
        Split-Path $result.Backup.BackupPath | Should -Be $folder
    }
}
