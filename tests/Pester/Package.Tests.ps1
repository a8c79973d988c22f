# Verifies the package file by file: no file is missing and none is extra. Uses the Debug build, which exists already.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $artifacts = New-TestFolder
    $hasSdk = $null -ne (Get-Command -Name dotnet -CommandType Application -ErrorAction Ignore)
    if (-not $hasSdk) { return }

    $version = (Import-PowerShellDataFile "$root/PosTenancy.psd1").ModuleVersion
    $checkout = Get-ChildItem -LiteralPath "$root/module/bin" -Recurse -File |
        ForEach-Object { "$($_.FullName) $($_.LastWriteTimeUtc.Ticks)" }

    # Disable build servers: they outlive the build and keep its output open, and this test waits for the end of that output.
    $env:MSBUILDDISABLENODEREUSE = '1'
    $env:DOTNET_CLI_USE_MSBUILD_SERVER = '0'
    $env:UseSharedCompilation = 'false'
    try {
        $build = Invoke-Pwsh -ArgumentList '-File', "$root/build.ps1",
            '-Task', 'Package', '-Configuration', 'Debug', '-Artifacts', $artifacts
    } finally {
        Remove-Item Env:/MSBUILDDISABLENODEREUSE, Env:/DOTNET_CLI_USE_MSBUILD_SERVER, Env:/UseSharedCompilation
    }

    $package = Join-Path $artifacts "PosTenancy/$version"
}

Describe 'build.ps1 -Task Package' {
    BeforeEach {
        if (-not $hasSdk) { Set-ItResult -Skipped -Because 'no .NET SDK is here' }
    }

    It 'succeeds' {
        $build.ExitCode | Should -Be 0 -Because ($build.Lines + $build.Error -join "`n")
    }

    It 'puts exactly these files into the package' {
        $scripts = Get-ChildItem -LiteralPath "$root/module" -Exclude bin | Get-ChildItem -Recurse -File |
            ForEach-Object { "module/$($_.FullName.Substring("$root/module/".Length).Replace('\', '/'))" }
        $ours = 'PosTenancy.Cmdlets.dll', 'PosTenancy.Engine.dll', 'PosTenancy.Loader.dll'
        $sqlite = 'SQLitePCLRaw.batteries_v2.dll', 'SQLitePCLRaw.core.dll', 'SQLitePCLRaw.provider.e_sqlite3.dll'
        $framework = 'Microsoft.Bcl.AsyncInterfaces.dll', 'System.Buffers.dll', 'System.IO.Pipelines.dll', 'System.Memory.dll',
            'System.Numerics.Vectors.dll', 'System.Runtime.CompilerServices.Unsafe.dll', 'System.Text.Encodings.Web.dll',
            'System.Text.Json.dll', 'System.Threading.Tasks.Extensions.dll'
        $windows = 'win-arm64', 'win-x64', 'win-x86' | ForEach-Object { "runtimes/$_/native/e_sqlite3.dll" }
        $unix = 'linux-arm64/native/libe_sqlite3.so', 'linux-musl-x64/native/libe_sqlite3.so', 'linux-x64/native/libe_sqlite3.so',
            'osx-arm64/native/libe_sqlite3.dylib', 'osx-x64/native/libe_sqlite3.dylib' | ForEach-Object { "runtimes/$_" }
        $help = 'en-US/PosTenancy.Cmdlets.dll-Help.xml', 'en-US/about_PosTenancy.help.txt',
            'en-US/about_PosTenancy_Recovery.help.txt'
        $pages = Get-ChildItem -LiteralPath "$root/docs" -Recurse -File -Exclude *.ps1 |
            ForEach-Object { "docs/$($_.FullName.Substring("$root/docs/".Length).Replace('\', '/'))" }
        $expected = @('ARCHITECTURE.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'PosTenancy.psd1', 'README.md') + $scripts + $pages +
            ($ours + $help + $sqlite + $windows + $unix | ForEach-Object { "module/bin/net8.0/$_" }) +
            ($ours + $help + $sqlite + $framework + $windows | ForEach-Object { "module/bin/netstandard2.0/$_" })

        $found = Get-ChildItem -LiteralPath $package -Recurse -File -Force |
            ForEach-Object { $_.FullName.Substring($package.Length + 1).Replace('\', '/') }
        Compare-Object ($expected | Sort-Object -Unique) @($found) | ForEach-Object { "$($_.SideIndicator) $($_.InputObject)" } |
            Should -BeNullOrEmpty
        $scripts | Should -Contain 'module/PosTenancy.psm1'
        $pages | Should -Contain 'docs/images/report.png'
    }

    It 'has each page that its README and its messages refer to' {
        $texts = Get-ChildItem -LiteralPath "$root/src" -Recurse -Filter *.cs | Get-Content -Raw
        $named = @([regex]::Matches("$texts", 'docs/[\w-]+\.md').Value) +
            [regex]::Matches((Get-Content -LiteralPath "$package/README.md" -Raw), '\]\(([^):#]+)').ForEach({ $_.Groups[1].Value })
        @($named).Count | Should -BeGreaterThan 20
        $named | ForEach-Object { Join-Path $package $_ | Should -Exist }
    }

    It 'makes a module that works in the package folder' {
        $database = New-Store
        $run = Invoke-Pwsh -ArgumentList '-Command', @"
            Import-Module '$package/PosTenancy.psd1'
            (Invoke-PosTenantUpgrade '$database' acme -Confirm:`$false).Status
            (Get-Command Backup-PosDatabase).ImplementingType.Assembly.Location
            (Get-Help Backup-PosDatabase).examples.example.Count -gt 1
            (Get-Help Invoke-PosTenantUpgrade).examples.example.Count -gt 1
"@
        $run.Error | Should -BeNullOrEmpty
        $run.Lines[0] | Should -Be Succeeded
        $run.Lines[1] | Should -BeLike "$package*"
        $run.Lines[2..3] | Should -Be True, True
    }

    It 'makes an archive of the same files' {
        $unpacked = New-TestFolder
        [System.IO.Compression.ZipFile]::ExtractToDirectory("$artifacts/PosTenancy-$version.zip", $unpacked)
        $files = foreach ($folder in $package, "$unpacked/PosTenancy/$version") {
            , (Get-ChildItem -LiteralPath $folder -Recurse -File -Force |
                    ForEach-Object { "$(Get-Sha256 $_.FullName) $($_.FullName.Substring($folder.Length))" })
        }

        $files[1] | Should -Be $files[0]
    }

    It 'lists the files of the package' {
        $names = 'PosTenancy.psd1', 'PosTenancy.Engine.dll', 'e_sqlite3.dll', "PosTenancy-$version.zip", 'Invoke-PosTenantUpgrade'
        foreach ($file in $names) {
            $build.Lines -match [regex]::Escape($file) | Should -Not -BeNullOrEmpty
        }
    }

    It 'does not change the module of the checkout' {
        Get-ChildItem -LiteralPath "$root/module/bin" -Recurse -File |
            ForEach-Object { "$($_.FullName) $($_.LastWriteTimeUtc.Ticks)" } | Should -Be $checkout
    }
}
