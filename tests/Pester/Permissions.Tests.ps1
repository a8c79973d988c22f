# With a umask that takes nothing away: no file that is made of a database may be readable by more than the database is, from its first byte on.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'files that are made of a database' -Skip:($IsWindows -or -not $IsCoreCLR) {
    It 'have its permissions, with a umask of 0 and a database of mode <Mode>' -ForEach @{ Mode = '600' }, @{ Mode = '640' } {
        $store = New-Store
        $folder = Split-Path -Path $store
        chmod $Mode $store
        $script = Join-Path $TestDrive "upgrade-$Mode.ps1"
        Set-Content -LiteralPath $script -Value @"
            Import-Module '$root/PosTenancy.psd1'
            `$ProgressPreference = 'SilentlyContinue'
            `$upgrade = Invoke-PosTenantUpgrade -LiteralPath '$store' -TenantId $tenant -ReportPath '$folder/report.html' -Confirm:`$false
            `$upgrade | Export-PosTenantReport -ReportPath '$folder/report.json'
            Restore-PosDatabase -LiteralPath '$store' -BackupPath `$upgrade.Backup.BackupPath -Confirm:`$false | Out-Null
"@
        $trace = Join-Path $TestDrive "trace-$Mode"
        $strace = if (Get-Command -Name strace -ErrorAction Ignore) {
            "strace -f --seccomp-bpf -qq -e trace=open,openat,creat,mkdir,mkdirat -o '$trace'"
        }

        $command = "umask 0; exec $strace $(@(Get-PwshCommand) + '-NoProfile' + '-NonInteractive' + '-File' + $script | ForEach-Object { "'$_'" })"
        $run = Invoke-Process -Program sh -ArgumentList '-c', $command
        $run.Error | Should -BeNullOrEmpty

        $files = Get-ChildItem -LiteralPath $folder -File
        $files.Count | Should -BeGreaterOrEqual 6
        stat -c '%a' $files.FullName | Sort-Object -Unique | Should -Be $Mode

        # What each call that made a file or folder asked for: an instant is enough to open it.
        if (Test-Path -LiteralPath $trace) {
            $made = @(Select-String -LiteralPath $trace -SimpleMatch $folder | ForEach-Object Line | Where-Object { $_ -match 'O_CREAT|mkdir|creat\(' -and $_ -notmatch 'ENOENT|EEXIST' })
            $made.Count | Should -BeGreaterOrEqual 6
            $allowed = [Convert]::ToInt32('700', 8) -bor [Convert]::ToInt32($Mode, 8)
            $made | Where-Object { $_ -match ', 0([0-7]+)(\)| <unfinished)' -and ([Convert]::ToInt32($Matches[1], 8) -band -bnot $allowed) } | Should -BeNullOrEmpty
        }
    }
}
