#!/usr/bin/env bash
# Runs a Windows program under Wine with the console that PowerShell needs, and gives its output and exit code: wine.sh PROGRAM [ARGUMENT]...
# Of its own input it passes on a file, and nothing else.
# What it needs, make-wine.sh has made in the folder POSTENANCY_WINE, or in artifacts/wine.
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
    # Under Wine .NET damages its memory with the background collector, and long strings while another thread collects: the upper halves of the
    # wide registers get lost.
    echo 'export WINEDEBUG=-all DOTNET_gcConcurrent=0 DOTNET_EnableAVX=0 HOME=/root LANG=C.UTF-8; unset DISPLAY WINEDLLOVERRIDES WINEARCH'
    if [ "$1" = wineboot ]; then
        # Only while the prefix is made: it keeps Wine from asking for its own .NET, and later no managed program would run.
        echo 'export WINEDLLOVERRIDES=mscoree,mshtml='
    fi

    printf 'export WINEPREFIX=%q XDG_RUNTIME_DIR=%q WINEPATH=%q\n' "$folder/prefix" "$run" "Z:${folder//\//\\}\\bin"
    printf 'cd %q; exec wine' "$PWD"
    printf ' %q' "$@"
    printf ' %s >%q 2>%q\n' "$input" "$run/out" "$run/err"
} >"$run/command"

enter=(bash "$run/command")
if [ -d "$folder/debian" ]; then
    # A Debian of its own, in which the checkout, this folder and temporary files have the paths that they have here.
    inside='for d in "$2" "$3" /tmp; do mkdir -p "$1$d"; mount --bind "$d" "$1$d"; done; mount -t proc proc "$1/proc"; mount --rbind /dev "$1/dev"; cd /; exec chroot "$1" "${@:4}"'
    enter=(unshare -m --propagation private bash -c "$inside" wine.sh "$folder/debian" "$root" "$folder" "${enter[@]}")
fi

printf -v line '%q ' "${enter[@]}"
code=0
script -qec "$line" /dev/null </dev/null >/dev/null || code=$?
cat "$run/out"
cat "$run/err" >&2
exit "$code"
