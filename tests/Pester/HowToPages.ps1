# Returns the pages in docs that are not command pages and contain commands to run.
Get-ChildItem -Path "$PSScriptRoot/../../docs" -Filter *.md | Where-Object BaseName -NotMatch '^[A-Z][a-z]+-Pos' |
    Where-Object { Select-String -LiteralPath $_.FullName -Pattern '^```(powershell|sh)' -Quiet } | ForEach-Object Name
