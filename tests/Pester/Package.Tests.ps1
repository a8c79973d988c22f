# Verifies the package file by file: no file is missing and none is extra.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $hasSdk = $null -ne (Get-Command -Name dotnet -CommandType Application -ErrorAction Ignore)
    if (-not $hasSdk) { return }

    function New-Package {
        # Returns the folder of a new package.
        param([string] $ProjectUrl)

        # Disable build servers: they outlive the build and keep its output open, and this test waits for the end of that output.
        $set = @{ MSBUILDDISABLENODEREUSE = '1'; DOTNET_CLI_USE_MSBUILD_SERVER = '0'; UseSharedCompilation = 'false' }
        $set.PackageProjectUrl = $ProjectUrl
        $set.Keys | ForEach-Object { [System.Environment]::SetEnvironmentVariable($_, $set[$_]) }
        try {
            $folder = New-TestFolder
            $build = Invoke-Pwsh -ArgumentList '-File', "$root/build.ps1", '-Task', 'Package', '-Artifacts', $folder
            $build.ExitCode | Should -Be 0 -Because ($build.Lines + $build.Error -join "`n")
            Set-Content -LiteralPath "$folder/build.txt" -Value $build.Lines
            $folder
        } finally {
            $set.Keys | ForEach-Object { [System.Environment]::SetEnvironmentVariable($_, $null) }
        }
    }

    function Get-Content256 {
        # The files of a folder, by their names, with the hash of each.
        param([string] $Folder)

        Get-ChildItem -LiteralPath $Folder -Recurse -File -Force |
            ForEach-Object { "$($_.FullName.Substring($Folder.Length + 1).Replace('\', '/')) $(Get-Sha256 $_.FullName)" } | Sort-Object
    }

    $manifest = Import-PowerShellDataFile "$root/PosTenancy.psd1"
    $version = "$($manifest.ModuleVersion)-$($manifest.PrivateData.PSData.Prerelease)"
    $checkout = Get-ChildItem -LiteralPath "$root/module/bin" -Recurse -File |
        ForEach-Object { "$($_.FullName) $($_.LastWriteTimeUtc.Ticks)" }
    $url = 'https://example.org/postenancy'
    $again = New-Package -ProjectUrl $url
    $artifacts = if ($env:POSTENANCY_PACKAGE) { $env:POSTENANCY_PACKAGE } else { New-Package }
    $package = Join-Path $artifacts "PosTenancy/$($manifest.ModuleVersion)"
    $list = Get-Content -LiteralPath "$again/build.txt"
}

Describe 'build.ps1 -Task Package' {
    BeforeEach {
        if (-not $hasSdk) { Set-ItResult -Skipped -Because 'no .NET SDK is here' }
    }

    It 'puts exactly these files into the package' {
        $scripts = Get-ChildItem -LiteralPath "$root/module" -Exclude bin | Get-ChildItem -Recurse -File |
            ForEach-Object { "module/$($_.FullName.Substring("$root/module/".Length).Replace('\', '/'))" }
        $ours = 'PosTenancy.Cmdlets.dll', 'PosTenancy.Engine.dll', 'PosTenancy.Loader.dll', 'PosTenancy.Postgres.dll'
        $npgsql = 'Microsoft.Extensions.DependencyInjection.Abstractions.dll', 'Microsoft.Extensions.Logging.Abstractions.dll',
            'Npgsql.dll', 'System.Diagnostics.DiagnosticSource.dll'
        $sqlite = 'SQLitePCLRaw.batteries_v2.dll', 'SQLitePCLRaw.core.dll', 'SQLitePCLRaw.provider.e_sqlite3.dll'
        $framework = 'Microsoft.Bcl.AsyncInterfaces.dll', 'System.Buffers.dll', 'System.IO.Pipelines.dll', 'System.Memory.dll',
            'System.Numerics.Vectors.dll', 'System.Runtime.CompilerServices.Unsafe.dll', 'System.Text.Encodings.Web.dll',
            'System.Text.Json.dll', 'System.Threading.Tasks.Extensions.dll'
        $npgsql8 = 'Microsoft.Bcl.HashCode.dll', 'System.Collections.Immutable.dll', 'System.Threading.Channels.dll'
        $windows = 'win-arm64', 'win-x64', 'win-x86' | ForEach-Object { "runtimes/$_/native/e_sqlite3.dll" }
        $unix = 'linux-arm64/native/libe_sqlite3.so', 'linux-musl-x64/native/libe_sqlite3.so', 'linux-x64/native/libe_sqlite3.so',
            'osx-arm64/native/libe_sqlite3.dylib', 'osx-x64/native/libe_sqlite3.dylib' | ForEach-Object { "runtimes/$_" }
        $help = 'en-US/PosTenancy.Cmdlets.dll-Help.xml', 'en-US/about_PosTenancy.help.txt',
            'en-US/about_PosTenancy_Fleet.help.txt', 'en-US/about_PosTenancy_Recovery.help.txt'
        $pages = Get-ChildItem -LiteralPath "$root/docs" -Recurse -File -Exclude *.ps1 |
            ForEach-Object { "docs/$($_.FullName.Substring("$root/docs/".Length).Replace('\', '/'))" }
        $expected = @('ARCHITECTURE.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'PosTenancy.psd1', 'README.md') + $scripts + $pages +
            ($ours + $help + $sqlite + $npgsql + $windows + $unix | ForEach-Object { "module/bin/net8.0/$_" }) +
            ($ours + $help + $sqlite + $npgsql + $npgsql8 + $framework + $windows | ForEach-Object { "module/bin/netstandard2.0/$_" })

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

    It 'makes a .zip and a .nupkg of the same files, each under 15 MB' {
        $unpacked = New-TestFolder
        $nupkg = "$artifacts/PosTenancy.$version.nupkg"
        [System.IO.Compression.ZipFile]::ExtractToDirectory("$artifacts/PosTenancy-$version.zip", $unpacked)
        [System.IO.Compression.ZipFile]::ExtractToDirectory($nupkg, "$unpacked/nupkg")
        (Get-Item -LiteralPath $nupkg, "$artifacts/PosTenancy-$version.zip").Length | ForEach-Object { $_ | Should -BeLessThan 15MB }
        $expected = Get-Content256 $package
        Get-Content256 "$unpacked/PosTenancy/$($manifest.ModuleVersion)" | Should -Be $expected
        Get-Content256 "$unpacked/nupkg" | Where-Object { $_ -notmatch '^(_rels/|package/|\[Content_Types\]|PosTenancy\.nuspec )' } |
            Should -Be $expected
    }

    It 'makes the same bytes again, but for the address that the second one names' {
        function Get-Entry {
            # The names of an archive in its order, each with its time and the hash of its content.
            param([string] $Path)

            $archive = [System.IO.Compression.ZipFile]::OpenRead($Path)
            try {
                foreach ($entry in $archive.Entries) {
                    $stream = $entry.Open()
                    "$($entry.FullName) $($entry.LastWriteTime.DateTime) $((Get-FileHash -InputStream $stream).Hash)"
                    $stream.Dispose()
                }
            } finally {
                $archive.Dispose()
            }
        }

        foreach ($file in "PosTenancy.$version.nupkg", "PosTenancy-$version.zip") {
            $first, $second = (Get-Entry "$artifacts/$file"), (Get-Entry "$again/$file")
            $second.Count | Should -Be $first.Count
            $differing = 0..($first.Count - 1) | Where-Object { $first[$_] -cne $second[$_] } |
                ForEach-Object { ($first[$_] -split ' ')[0] }
            $differing | Should -Not -BeNullOrEmpty
            $differing | Where-Object { $_ -notmatch '(^PosTenancy\.nuspec|PosTenancy\.psd1|-Help\.xml)$' } | Should -BeNullOrEmpty
        }
    }

    It 'makes a bill of the materials that the package has, and of no other' {
        $bill = Get-Content -LiteralPath "$artifacts/PosTenancy.$version.cdx.json" -Raw | ConvertFrom-Json
        $bill.bomFormat | Should -Be CycloneDX
        $bill.metadata.component.name, $bill.metadata.component.version | Should -Be PosTenancy, $version
        $native = @{ e_sqlite3 = 'SourceGear.sqlite3'; libe_sqlite3 = 'SourceGear.sqlite3' }
        $native['SQLitePCLRaw.batteries_v2'] = 'SQLitePCLRaw.config.e_sqlite3'
        $shipped = Get-ChildItem -LiteralPath "$package/module/bin" -Recurse -Include *.dll, *.so, *.dylib -Exclude PosTenancy.* |
            ForEach-Object { if ($native[$_.BaseName]) { $native[$_.BaseName] } else { $_.BaseName } }

        # A package that only refers to others, and what the native library was made of.
        $shipped = @($shipped) + 'SQLitePCLRaw.bundle_e_sqlite3' + 'SQLite'
        $bill.components.name | Sort-Object -Unique | Should -Be ($shipped | Sort-Object -Unique)
        $bill.components.version | Should -Not -Contain $null
    }

    It 'names in its manifest what changed, and that it is a preview' {
        $data = (Import-PowerShellDataFile "$package/PosTenancy.psd1").PrivateData.PSData
        $data.ReleaseNotes | Should -Match CHANGELOG
        $data.Prerelease | Should -Be preview
        $data.Keys | Should -Not -Contain ProjectUri -Because 'there is no public address yet'
        $properties = dotnet msbuild "$root/src/PosTenancy.Cmdlets" -getProperty:Version
        $properties | Should -Be $version
        Test-ModuleManifest "$package/PosTenancy.psd1" | Should -Not -BeNullOrEmpty
    }

    It 'takes every address from one property' {
        $linked = "$again/PosTenancy/$($manifest.ModuleVersion)"
        $data = (Import-PowerShellDataFile "$linked/PosTenancy.psd1").PrivateData.PSData
        $data.ProjectUri, $data.LicenseUri | Should -Be $url, "$url/blob/main/LICENSE"
        $run = Invoke-Pwsh -ArgumentList '-Command', "
            Import-Module '$linked/PosTenancy.psd1'
            (Get-Command -Module PosTenancy).HelpUri
        "
        $pages = $manifest.CmdletsToExport + $manifest.FunctionsToExport | ForEach-Object { "$url/blob/main/docs/$_.md" }
        $run.Lines | Sort-Object | Should -Be ($pages | Sort-Object)
    }

    It 'lists the files of the package' {
        $names = 'PosTenancy.psd1', 'PosTenancy.Engine.dll', 'e_sqlite3.dll', "PosTenancy-$version.zip", 'Invoke-PosTenantUpgrade', '.nupkg'
        foreach ($file in $names) {
            $list -match [regex]::Escape($file) | Should -Not -BeNullOrEmpty
        }
    }

    It 'makes what Install-PSResource installs, and this suite tests' {
        if (-not $env:POSTENANCY_MODULE) {
            Set-ItResult -Skipped -Because 'this run tests the module of the checkout: only dotnet test installs it, and not on Windows'
        }

        $module | Should -Not -BeLike "$root/*"
        $installed = Get-Content256 $moduleRoot | Where-Object { $_ -notmatch '^PSGetModuleInfo\.xml ' }
        $installed | Should -Be (Get-Content256 $package)
        (Get-Module PosTenancy).Path | Should -BeLike "$moduleRoot*"
    }

    It 'does not change the module of the checkout' {
        Get-ChildItem -LiteralPath "$root/module/bin" -Recurse -File |
            ForEach-Object { "$($_.FullName) $($_.LastWriteTimeUtc.Ticks)" } | Should -Be $checkout
    }
}
