#!/usr/bin/env bash
# Runs a Windows program under Wine with the console that PowerShell needs, and returns its output and exit code:
#
#   wine.sh PROGRAM [ARGUMENT]...
#
# Standard input is passed on only if it is a file. Uses the Wine that make-wine.sh installed in POSTENANCY_WINE or artifacts/wine.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=${POSTENANCY_WINE:-$root/artifacts/wine}
if [ ! -d "$folder/prefix" ]; then
    echo "There is no Wine in '$folder'. Make one: tests/Windows/make-wine.sh" >&2
    exit 3
fi

run=$(mktemp -d "$folder/run.XXXXXX")
trap 'rm -rf "$run"' EXIT
input=
if [ -f /dev/stdin ]; then
    cat >"$run/in"
    input="<$run/in"
fi

{
    # Under Wine, .NET corrupts memory with the background collector, and long strings during a collection on another thread: the upper
    # halves of the wide registers are lost.
    echo 'export WINEDEBUG=-all DOTNET_gcConcurrent=0 DOTNET_EnableAVX=0 HOME=/root LANG=C.UTF-8; unset DISPLAY WINEDLLOVERRIDES WINEARCH'
    if [ "$1" = wineboot ]; then
        # Prevents Wine from prompting for its own .NET. Only while the prefix is created: later, no managed program would run with it.
        echo 'export WINEDLLOVERRIDES=mscoree,mshtml='
    fi

    printf 'export WINEPREFIX=%q XDG_RUNTIME_DIR=%q WINEPATH=%q\n' "$folder/prefix" "$run" "Z:${folder//\//\\}\\bin"
    printf 'cd %q; exec wine' "$PWD"
    printf ' %q' "$@"
    printf ' %s >%q 2>%q\n' "$input" "$run/out" "$run/err"
} >"$run/command"

enter=(bash "$run/command")
if [ -d "$folder/debian" ]; then
    # The separate Debian sees the checkout, this folder and temporary files under the same paths.
    inside='for d in "$2" "$3" /tmp; do mkdir -p "$1$d"; mount --bind "$d" "$1$d"; done
        mount -t proc proc "$1/proc"; mount --rbind /dev "$1/dev"; cd /; exec chroot "$1" "${@:4}"'
    enter=(unshare -m --propagation private bash -c "$inside" wine.sh "$folder/debian" "$root" "$folder" "${enter[@]}")
fi

printf -v line '%q ' "${enter[@]}"
code=0
script -qec "$line" /dev/null </dev/null >/dev/null || code=$?
cat "$run/out"
cat "$run/err" >&2
exit "$code"
