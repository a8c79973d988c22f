# An account may have a limit on the size of a file. The system kills a program that exceeds it, even during a backup or a COMMIT.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $prlimit = Get-Command -Name prlimit -CommandType Application -ErrorAction Ignore
}

Describe 'A limit on the size of files' {
    It 'is reported like a full disk at every size, and leaves the database and its folder unchanged' {
        if (-not $prlimit) {
            Set-ItResult -Skipped -Because 'this system has no prlimit'
            return
        }

        $database = New-Store
        $original = "$database.original"
        Copy-Item -LiteralPath $database -Destination $original
        $length = (Get-Item -LiteralPath $database).Length
        $script = @'
            param($module, $database, $original, [long] $length)
            $ErrorActionPreference = 'Stop'
            Import-Module $module
            $folder = Split-Path $database
            foreach ($limit in 4096, ($length / 2), ($length - 1), ($length + 4096), ($length + 65536), ($length + 131072), ($length * 4)) {
                Copy-Item -LiteralPath $original -Destination $database -Force
                prlimit --pid $PID "--fsize=$([long] $limit):unlimited"
                try {
                    $result = Invoke-PosTenantUpgrade $database -TenantId acme -Confirm:$false -ErrorAction SilentlyContinue
                } finally {
                    prlimit --pid $PID --fsize=unlimited:unlimited
                }

                $same = (Get-FileHash -LiteralPath $database).Hash -eq (Get-FileHash -LiteralPath $original).Hash
                $left = Get-ChildItem -LiteralPath $folder -Force |
                    Where-Object Name -NotMatch '\.original$|\.db$|\.backup-\d{8}-\d{6}(-\d+)?(\.json)?$'
                $again = if ($result.Status -ne 'Succeeded') { (Invoke-PosTenantUpgrade $database -TenantId acme -Confirm:$false).Status }
                '{0}|{1}|{2}|{3}|{4}' -f $result.Status, $result.Error.ErrorId, $same, ($left.Name -join ' '), $again
            }
'@
        $file = Join-Path $TestDrive 'limit.ps1'
        Set-Content -LiteralPath $file -Value $script
        $run = Invoke-Pwsh -ArgumentList '-File', $file, $module, $database, $original, $length
        $run.Error | Should -BeNullOrEmpty
        $run.ExitCode | Should -Be 0
        $run.Lines.Count | Should -Be 7
        foreach ($line in $run.Lines[0..2]) {
            $line | Should -MatchExactly '^Refused\|PosTenancy\.InsufficientDiskSpace\|True\|\|Succeeded$'
        }

        $stopped = '(Refused|RolledBack)\|PosTenancy\.(InsufficientDiskSpace|RehearsalFailed|MigrationRolledBack)\|True\|\|Succeeded'
        foreach ($line in $run.Lines[3..5]) {
            $line | Should -MatchExactly "^($stopped|Succeeded\|\|False\|\|)`$"
        }

        $run.Lines[3] | Should -BeLike '*RehearsalFailed*'
        $run.Lines[6] | Should -BeExactly 'Succeeded||False||'
    }
}
