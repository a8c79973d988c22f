# With a umask of 0: a file that is made from a database must never be more readable than the database, from its first byte on.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'files that are made from a database' -Skip:($IsWindows -or -not $IsCoreCLR) {
    It 'have its permissions, with a umask of 0 and a database of mode <Mode>' -ForEach @{ Mode = '600' }, @{ Mode = '640' } {
        $store = New-Store
        $folder = Split-Path -Path $store
        chmod $Mode $store
        $script = Join-Path $TestDrive "upgrade-$Mode.ps1"
        Set-Content -LiteralPath $script -Value @"
            Import-Module '$module'
            `$ProgressPreference = 'SilentlyContinue'
            `$upgrade = Invoke-PosTenantUpgrade -LiteralPath '$store' -TenantId $tenant -ReportPath '$folder/report.html' -Confirm:`$false
            `$upgrade | Export-PosTenantReport -ReportPath '$folder/report.json'
            Restore-PosDatabase -LiteralPath '$store' -BackupPath `$upgrade.Backup.BackupPath -Confirm:`$false | Out-Null
"@
        $trace = Join-Path $TestDrive "trace-$Mode"
        $strace = if (Get-Command -Name strace -ErrorAction Ignore) {
            "strace -f --seccomp-bpf -qq -e trace=open,openat,creat,mkdir,mkdirat -o '$trace'"
        }

        $pwsh = @(Get-PwshCommand) + '-NoProfile' + '-NonInteractive' + '-File' + $script | ForEach-Object { "'$_'" }
        $run = Invoke-Process -Program sh -ArgumentList '-c', "umask 0; exec $strace $pwsh"
        $run.Error | Should -BeNullOrEmpty

        $files = Get-ChildItem -LiteralPath $folder -File
        $files.Count | Should -BeGreaterOrEqual 6
        stat -c '%a' $files.FullName | Sort-Object -Unique | Should -Be $Mode

        # The mode that each call requested: an instant is enough to open a file.
        if (Test-Path -LiteralPath $trace) {
            $made = @(Select-String -LiteralPath $trace -SimpleMatch $folder | ForEach-Object Line |
                    Where-Object { $_ -match 'O_CREAT|mkdir|creat\(' -and $_ -notmatch 'ENOENT|EEXIST' })
            $made.Count | Should -BeGreaterOrEqual 6
            $allowed = [Convert]::ToInt32('700', 8) -bor [Convert]::ToInt32($Mode, 8)
            $made | Where-Object {
                $_ -match ', 0([0-7]+)(\)| <unfinished)' -and ([Convert]::ToInt32($Matches[1], 8) -band -bnot $allowed)
            } | Should -BeNullOrEmpty
        }
    }
}
