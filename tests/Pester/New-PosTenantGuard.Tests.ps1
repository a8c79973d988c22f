BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $database = New-Store -Name 'pos.db'
    $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
    $other = "UPDATE users SET tenant_id = 'other' WHERE username = 'admin'"
    $null = Invoke-Sqlite $database "DROP TRIGGER trg_users_audit; $other"

    function Invoke-Guarded {
        # Runs SQL on a connection of a tenant that runs the guard first, and returns what it printed.
        param([string] $Sql, [string] $As = $tenant, [string] $Guard = (New-PosTenantGuard $database))

        $text = "$Guard UPDATE temp.postenancy_context SET tenant_id = '$As'; $Sql"
        $run = Invoke-Process -Program sqlite3 -ArgumentList '-batch', '-bail', $database -InputText $text
        @($run.Lines; $run.Error.Trim()) -ne '' -join "`n"
    }
}

Describe 'New-PosTenantGuard' {
    It 'returns one text, and changes nothing' {
        $state = Get-FolderState (Split-Path $database)
        $guard = New-PosTenantGuard $database -WarningVariable warnings -WarningAction SilentlyContinue
        $permanent = New-PosTenantGuard $database -Permanent
        Get-FolderState (Split-Path $database) | Should -Be $state
        , $guard | Should -BeOfType [string]
        , $permanent | Should -BeOfType [string]
        $warnings | Should -BeNullOrEmpty
    }

    It 'keeps a connection that runs the text within its tenant' {
        Invoke-Guarded 'UPDATE users SET role = role;' | Should -BeLike '*PosTenancy guard: UPDATE of users for another tenant*'
        Invoke-Guarded "UPDATE users SET role = role WHERE tenant_id = '$tenant' RETURNING username;" | Should -Not -BeLike '*guard*'
        Invoke-Guarded 'UPDATE users SET role = role RETURNING username;' -As '' | Should -BeLike '*CHECK*'
    }

    It 'takes several paths, wildcards and the pipeline, and writes one error for each that cannot be guarded' {
        $folder = Split-Path $database
        Copy-Item $database "$folder/[a].db"
        Copy-Item (New-Store) "$folder/plain.db"
        try {
            @(New-PosTenantGuard "$folder/*.db" -ErrorAction SilentlyContinue -ErrorVariable errors).Count | Should -Be 2
            $errors.FullyQualifiedErrorId | Should -Be 'PosTenancy.NotMigrated,PosTenancy.Commands.NewPosTenantGuardCommand'
            @(New-PosTenantGuard -LiteralPath "$folder/[a].db").Count | Should -Be 1
            @(Get-Item $database | New-PosTenantGuard).Count | Should -Be 1
        } finally {
            Remove-Item -LiteralPath "$folder/[a].db", "$folder/plain.db"
        }
    }

    It 'adds views of the rows of the tenant with -ReadViewPrefix' {
        $guard = New-PosTenantGuard $database -ReadViewPrefix my_
        Invoke-Guarded 'SELECT count(*) FROM my_users;' -Guard $guard | Should -Be 2
        Invoke-Guarded 'SELECT count(*) FROM my_users;' -Guard $guard -As other | Should -Be 1
    }

    It 'refuses a prefix with which a view would hide another, and one with -Permanent' {
        $null = New-PosTenantGuard $database -ReadViewPrefix sync_ -ErrorAction SilentlyContinue
        $store = New-Store -Sql 'CREATE TABLE my_users (id)'
        $null = Invoke-PosTenantMigration $store $tenant -Confirm:$false
        New-PosTenantGuard $store -ReadViewPrefix my_ -ErrorAction SilentlyContinue -ErrorVariable errors | Should -BeNullOrEmpty
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'PosTenancy.InvalidReadViewPrefix,*'
        { New-PosTenantGuard $database -ReadViewPrefix my_ -Permanent } |
            Should -Throw -ErrorId 'PosTenancy.InvalidReadViewPrefix,PosTenancy.Commands.NewPosTenantGuardCommand'
    }

    It 'leaves out tables that are named, and warns of those that it cannot guard' {
        $store = New-Store
        $null = Invoke-PosTenantMigration $store $tenant -Confirm:$false -ReferenceTable products
        $null = Invoke-Sqlite $store 'CREATE TABLE later (id INTEGER PRIMARY KEY)'
        $guard = New-PosTenantGuard $store -ExcludeTable 'sync_*' -WarningVariable warnings -WarningAction SilentlyContinue
        $guard | Should -Match '(?m)^--     products: shared by all tenants$'
        $guard | Should -Match '(?m)^--     sync_log: excluded on request$'
        $guard | Should -Not -Match 'ON main."(products|sync_log)"'
        $warnings | Should -BeLike "*these are not guarded: later.*"
        New-PosTenantGuard $store -ReferenceTable later -WarningVariable warnings | Out-Null
        $warnings | Should -BeNullOrEmpty
    }

    It 'makes triggers for the schema with -Permanent' {
        $store = New-Store
        $null = Invoke-PosTenantMigration $store $tenant -Confirm:$false
        $null = Invoke-Sqlite $store (New-PosTenantGuard $store -Permanent)
        [int] (Invoke-Sqlite $store "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'postenancy_reference%'") | Should -BeGreaterThan 30
        { Invoke-Sqlite $store "PRAGMA foreign_keys = ON; UPDATE stores SET tenant_id = 'other'" } |
            Should -Throw '*belongs to another tenant*'
    }
}

Describe 'Test-PosTenantIsolation -Guard' {
    It 'adds one result for each table, and what the guard must abort is aborted' {
        $store = New-Store -Sql 'DROP TRIGGER trg_users_audit'
        $null = Invoke-PosTenantMigration $store $tenant -Confirm:$false
        $results = Test-PosTenantIsolation $store $tenant -Guard | Where-Object Operation -EQ Guard
        @($results).Count | Should -Be 32
        $results | Where-Object Status -NE Passed | Should -BeNullOrEmpty
        $results | Where-Object { $_.Actual -ne $_.Expected -or $_.Leaked -lt 1 } | Should -BeNullOrEmpty
    }
}
