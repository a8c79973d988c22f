# The picture of a report in README.md: a small PNG, which a script can make again from an upgrade of the sample store.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $picture = Join-Path $root 'docs/images/report.png'

    function Get-PngSize {
        # Returns width and height of a PNG, which follow its signature and the beginning of its first chunk, big-endian.
        param([string] $Path)

        $bytes = [System.IO.File]::ReadAllBytes($Path)
        [System.Convert]::ToHexString($bytes, 0, 8) | Should -Be 89504E470D0A1A0A -Because "$Path should be a PNG"
        [System.Text.Encoding]::ASCII.GetString($bytes, 12, 4) | Should -BeExactly IHDR
        foreach ($offset in 16, 20) {
            [System.Net.IPAddress]::NetworkToHostOrder([System.BitConverter]::ToInt32($bytes, $offset))
        }
    }
}

Describe 'docs/images/report.png' {
    It 'is a PNG of less than 200 KB, and no wider than a page of a README' {
        $width, $height = Get-PngSize $picture
        $width | Should -BeLessOrEqual 1000
        $height | Should -BeGreaterThan 400
        (Get-Item -LiteralPath $picture).Length | Should -BeLessThan 200KB
    }

    It 'is in README.md, with a text for readers who do not see it' {
        $readme = Get-Content -LiteralPath "$root/README.md" -Raw
        $text = [regex]::Match($readme, '(?s)!\[([^\]]+)\]\(docs/images/report\.png\)').Groups[1].Value
        $text.Length | Should -BeGreaterThan 60
        $readme.IndexOf('docs/images/report.png') | Should -BeGreaterThan $readme.IndexOf("`n## Upgrade")
        $readme.IndexOf('docs/images/report.png') | Should -BeLessThan $readme.IndexOf("`n## Check the result")
    }

    It 'can be made again by docs/New-ReportPicture.ps1' {
        $browsers = 'chromium', 'chromium-browser', 'google-chrome', 'chrome', 'msedge'
        if (-not (Get-Command -Name $browsers -CommandType Application -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'no Chromium exists'
            return
        }

        $folder = New-TestFolder
        $run = Invoke-Pwsh -ArgumentList '-File', "$root/docs/New-ReportPicture.ps1",
            '-Path', "$folder/again.png", '-Folder', "$folder/shop"
        $run.ExitCode | Should -Be 0 -Because ($run.Lines + $run.Error -join "`n")
        $run.Lines[-1] | Should -BeLike 'Succeeded: *'
        Get-PngSize "$folder/again.png" | Should -Be (Get-PngSize $picture)
        (Get-Item -LiteralPath "$folder/again.png").Length | Should -BeGreaterThan 50KB -Because 'an empty page is a smaller picture'
        "$folder/shop" | Should -Not -Exist
    }
}
