# The pages of docs that are not about one command, and have commands to run.
Get-ChildItem -Path "$PSScriptRoot/../../docs" -Filter *.md | Where-Object BaseName -NotMatch '^[A-Z][a-z]+-Pos' |
    Where-Object { Select-String -LiteralPath $_.FullName -Pattern '^```(powershell|sh)' -Quiet } | ForEach-Object Name
