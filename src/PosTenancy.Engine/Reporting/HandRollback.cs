using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Reporting;

/// <summary>
/// A rollback for a prompt without this module, in three languages. Each can be pasted again at any time: it stops at the first error,
/// renames each file that it moves away, overwrites nothing, and gives the copy the name of the database only after its hash was verified.
/// README.md and docs/roll-back-by-hand.md contain the same lines after different first ones; a test keeps them identical.
/// </summary>
internal static class HandRollback
{
    // One subshell: a shell parses it completely before it runs anything, and an error ends the subshell, not the session. No comments,
    // because
    // zsh treats "#" as a command at its prompt. "command" bypasses an alias such as mv='mv -i'. "mv -n" that moves nothing fails only in
    // new
    // versions of GNU, so each move is checked.
    private const string ShellLines = """
            stop() { printf '%s\n' "$1" >&2; exit 1; }
            digest() { { sha256sum 2> /dev/null || shasum -a 256; } < "$1" | cut -c 1-64; }
            taken() { [ -e "$1" ] || [ -e "$1-wal" ] || [ -e "$1-shm" ] || [ -e "$1-journal" ] || [ -e "$1.new" ]; }
            undo() {
                command rm -f "$away.new"
                [ -e "$database" ] || for end in -journal -shm -wal ''; do
                    [ ! -e "$away$end" ] || command mv -n "$away$end" "$database$end"
                done
            }
            [ ${#sha256} -eq 64 ] && [ "$(digest "$backup")" = "$sha256" ] ||
                stop "Nothing was changed: $backup does not have its SHA-256."
            if [ -e "$database" ] && [ ! -s "$database-wal" ] && [ ! -s "$database-journal" ] &&
                [ "$(digest "$database")" = "$sha256" ]; then
                printf '%s\n' "Nothing was changed: $database already is this backup."
                exit 0
            fi
            while away=$database.moved-away-$(date +%Y%m%d-%H%M%S); taken "$away"; do sleep 1; done
            trap undo EXIT
            trap 'exit 1' HUP INT TERM
            command cp -p "$backup" "$away.new"
            [ "$(digest "$away.new")" = "$sha256" ] || stop "Nothing was changed: $backup could not be copied completely."
            sync
            for end in '' -wal -shm -journal; do
                [ ! -e "$database$end" ] || command mv -n "$database$end" "$away$end"
                [ ! -e "$database$end" ] || stop "Nothing was changed: $database$end could not be moved away."
            done
            command mv -n "$away.new" "$database"
            [ ! -e "$away.new" ] ||
                stop "Stop the application and run this again: $database was created meanwhile. The previous database is $away."
            printf '%s\n' "$database is now the backup."
            [ ! -e "$away" ] || printf '%s\n' "The previous database, with all later sales, is kept as $away."
        )
        """;

    // One block, for the same reason, and without a blank line: a console without PSReadLine takes one as the end of the block. .NET's Copy
    // and
    // Move never overwrite; Copy-Item does. The moves in "finally" also run after Ctrl+C.
    private const string PowerShellLines = """
            $database, $backup = foreach ($file in $database, $backup) {
                $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($file)
            }
            function Get-Sha256($File) { (Get-FileHash -LiteralPath $File -Algorithm SHA256 -ErrorAction Stop).Hash }
            if ("$sha256".Length -ne 64 -or (Get-Sha256 $backup) -ne $sha256) {
                throw "Nothing was changed: $backup does not have its SHA-256."
            }
            $log = foreach ($file in "$database-wal", "$database-journal") {
                if (Test-Path -LiteralPath $file) { Get-Item -LiteralPath $file -Force | Where-Object Length }
            }
            if (-not $log -and (Test-Path -LiteralPath $database) -and (Get-Sha256 $database) -eq $sha256) {
                "Nothing was changed: $database already is this backup."
                return
            }
            do {
                Start-Sleep -Milliseconds 100
                $away = "$database.moved-away-$(Get-Date -Format yyyyMMdd-HHmmss)"
            } while ((Test-Path -LiteralPath $away, "$away-wal", "$away-shm", "$away-journal", "$away.new") -contains $true)
            try {
                [System.IO.File]::Copy($backup, "$away.new")
                if ((Get-Sha256 "$away.new") -ne $sha256) { throw "Nothing was changed: $backup could not be copied completely." }
                foreach ($end in '', '-wal', '-shm', '-journal') {
                    if (Test-Path -LiteralPath "$database$end") { [System.IO.File]::Move("$database$end", "$away$end") }
                }
                [System.IO.File]::Move("$away.new", $database)
            } finally {
                if (Test-Path -LiteralPath "$away.new") { Remove-Item -LiteralPath "$away.new" -Force }
                if (-not (Test-Path -LiteralPath $database)) {
                    foreach ($end in '-journal', '-shm', '-wal', '') {
                        if ((Test-Path -LiteralPath "$away$end") -and -not (Test-Path -LiteralPath "$database$end")) {
                            [System.IO.File]::Move("$away$end", "$database$end")
                        }
                    }
                }
            }
            "$database is now the backup."
            if (Test-Path -LiteralPath $away) { "The previous database, with all later sales, is kept as $away." }
        }
        """;

    // cmd runs each pasted line separately, and no command ends a paste, so each line tests for the step that was reached. Without "for"
    // and
    // "goto" the lines behave the same at the prompt and in a file. "ren" never overwrites; "move" does, in a file. Two windows opened in
    // the
    // same second have the same %random%: an existing name stops the rollback.
    private const string CommandLines = """
        set "live=%folder%%database%"
        set "stamp=%date%-%time%-%random%"
        set "stamp=%stamp:/=-%"
        set "stamp=%stamp::=%"
        set "stamp=%stamp: =-%"
        set "name=%database%.moved-away-%stamp%"
        set "away=%folder%%name%"
        set "step="
        if not exist "%away%*" (certutil -hashfile "%backup%" SHA256 | findstr /i /x /c:"%sha256%" > nul && set "step=verified")
        if defined step if not exist "%live%-wal" if not exist "%live%-journal" set "step=compare"
        if "%step%"=="compare" (certutil -hashfile "%live%" SHA256 | findstr /i /x /c:"%sha256%" > nul && set "step=same")
        if "%step%"=="compare" set "step=verified"
        if "%step%"=="verified" (copy /b "%backup%" "%away%.new" > nul && set "step=copied")
        if "%step%"=="copied" (certutil -hashfile "%away%.new" SHA256 | findstr /i /x /c:"%sha256%" > nul && set "step=move")
        if "%step%"=="move" if exist "%live%" ren "%live%" "%name%"
        if "%step%"=="move" if not exist "%live%" if exist "%live%-wal" ren "%live%-wal" "%name%-wal"
        if "%step%"=="move" if not exist "%live%" if exist "%live%-shm" ren "%live%-shm" "%name%-shm"
        if "%step%"=="move" if not exist "%live%" if exist "%live%-journal" ren "%live%-journal" "%name%-journal"
        if "%step%"=="move" if not exist "%live%-wal" if not exist "%live%-shm" if not exist "%live%-journal" set "step=moved"
        if "%step%"=="moved" (ren "%away%.new" "%database%" && set "step=done")
        if "%step%"=="moved" set "step=move"
        if "%step%"=="move" if not exist "%live%" if exist "%away%-journal" ren "%away%-journal" "%database%-journal"
        if "%step%"=="move" if not exist "%live%" if exist "%away%-shm" ren "%away%-shm" "%database%-shm"
        if "%step%"=="move" if not exist "%live%" if exist "%away%-wal" ren "%away%-wal" "%database%-wal"
        if "%step%"=="move" if not exist "%live%" if exist "%away%" ren "%away%" "%database%"
        if defined step if exist "%away%.new" del "%away%.new"
        if "%step%"=="done" echo "%live%" is now the backup.
        if "%step%"=="done" if exist "%away%" echo The previous database, with all later sales, is kept as "%name%".
        if "%step%"=="same" echo Nothing was changed: "%live%" already is this backup.
        if not defined step echo Nothing was changed: "%backup%" does not have its SHA-256.
        if "%step%"=="verified" echo Nothing was changed: the backup could not be copied.
        if "%step%"=="copied" echo Nothing was changed: the backup could not be copied completely.
        if "%step%"=="move" echo Not rolled back: the message above says why. Stop the application, and run this again.
        """;

    /// <summary>For sh, bash, zsh and similar shells.</summary>
    public static string[] Shell(string database, string backup, string sha256) => Lines(
        [
            "(",
            "    set -eu",
            $"    database={Quote(database)}",
            $"    backup={Quote(backup)}",
            $"    sha256={sha256}",
        ],
        ShellLines);

    /// <summary>For Windows PowerShell 5.1 and PowerShell 7.</summary>
    public static string[] PowerShell(string database, string backup, string sha256) => Lines(
        [
            "& {",
            "    $ErrorActionPreference = 'Stop'",
            $"    $database = {PowerShellText.Quote(database)}",
            $"    $backup = {PowerShellText.Quote(backup)}",
            $"    $sha256 = '{sha256}'",
        ],
        PowerShellLines);

    /// <summary>For the Windows command prompt.</summary>
    public static string[] CommandPrompt(string database, string backup, string sha256)
    {
        int name = database.LastIndexOf('\\') + 1;
        return Lines(
            [
                $"set \"folder={database.Substring(0, name)}\"",
                $"set \"database={database.Substring(name)}\"",
                $"set \"backup={backup}\"",
                $"set \"sha256={sha256}\"",
            ],
            CommandLines);
    }

    /// <summary>Whether it is a full Windows path that the command prompt does not change: "%" begins a variable there.</summary>
    public static bool IsForCommandPrompt(string path) =>
        path.IndexOf('%') < 0 && path.IndexOf('"') < 0 &&
        (path.StartsWith(@"\\", StringComparison.Ordinal) || (path.Length > 2 && path[1] == ':' && path[2] == '\\'));

    /// <summary>Quotes a shell word (POSIX, Shell Command Language, 2.2.2 Single-Quotes).</summary>
    private static string Quote(string text) => $"'{text.Replace("'", @"'\''")}'";

    private static string[] Lines(string[] first, string others) => [.. first, .. others.Replace("\r", "").Split('\n')];
}
