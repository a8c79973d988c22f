#!/usr/bin/env bash
# Installs the programs that the tests of the Windows build need on Debian: Wine 10 or later (in a separate Debian in a folder, if the
# system has none; 1.4 GB, two minutes), a sqlite3.exe built from Debian's source, and a stand-in for the Restart Manager, which Wine does
# not have. Needs root.
#
#   make-wine.sh [FOLDER]       the folder defaults to POSTENANCY_WINE or artifacts/wine; parts that it already contains are kept
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-${POSTENANCY_WINE:-$(cd "$here/../.." && pwd)/artifacts/wine}}
mkdir -p "$folder/bin"
folder=$(cd "$folder" && pwd)

# Remove an incomplete prefix: the tests would use it.
work=
unfinished=
trap 'rm -rf ${work:+"$work"} ${unfinished:+"$unfinished"}' EXIT

# The package mirror of this system.
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -1)
if [ -z "$mirror" ]; then
    apt-get update -q
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -1)
fi

need() {
    local missing=() package
    for package in "$@"; do
        dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] || DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
}

wine_version() {
    wine --version 2>/dev/null | sed -n 's/^wine-\([0-9]*\).*/\1/p'
}

if [ "$(wine_version || echo 0)" -lt 10 ] 2>/dev/null || [ -z "$(wine_version)" ]; then
    need debootstrap
    if [ ! -x "$folder/debian/usr/bin/wine" ]; then
        rm -rf "$folder/debian"
        debootstrap --variant=minbase --include=wine,wine64,libwine trixie "$folder/debian" "$mirror" >"$folder/debootstrap.log"
        mkdir -p "$folder/debian/dev/pts"
    fi
fi

need gcc-mingw-w64-x86-64-win32
x86_64-w64-mingw32-gcc -shared -O2 -o "$folder/bin/rstrtmgr.dll" "$here/rstrtmgr.c" "$here/rstrtmgr.def"

if [ ! -e "$folder/bin/sqlite3.exe" ]; then
    need tcl make gcc libc6-dev xz-utils dpkg-dev
    work=$(mktemp -d)
    mkdir -p "$work/lists/partial" "$work/source"
    echo "deb-src $mirror $(. /etc/os-release && echo "$VERSION_CODENAME") main" >"$work/sources.list"
    apt=(apt-get -q -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists"
        -o APT::Sandbox::User=root)
    "${apt[@]}" update >/dev/null
    (cd "$work" && "${apt[@]}" source --download-only sqlite3 >/dev/null)
    tar -xf "$work"/sqlite3_*.orig.tar.* -C "$work/source" --strip-components=1
    (cd "$work/source" && ./configure --disable-tcl --disable-readline && make sqlite3.c shell.c) >"$folder/sqlite3.log" 2>&1
    (cd "$work/source" && x86_64-w64-mingw32-gcc -O1 -municode -DUNICODE \
        -DSQLITE_ENABLE_FTS3 -DSQLITE_ENABLE_FTS4 -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_RTREE \
        -DSQLITE_ENABLE_DBSTAT_VTAB -DSQLITE_ENABLE_MATH_FUNCTIONS -DSQLITE_ENABLE_COLUMN_METADATA -DSQLITE_MAX_VARIABLE_NUMBER=250000 \
        -o "$folder/bin/sqlite3.exe" shell.c sqlite3.c) >>"$folder/sqlite3.log" 2>&1
fi

if [ ! -d "$folder/prefix" ]; then
    unfinished=$folder/prefix
    mkdir "$folder/prefix"
    POSTENANCY_WINE="$folder" bash "$here/wine.sh" wineboot -i >/dev/null 2>&1 || true
fi

# A wrapper for tests that call "wine".
printf '#!/bin/sh\nPOSTENANCY_WINE=%q exec %q "$@"\n' "$folder" "$here/wine.sh" >"$folder/bin/wine"
chmod +x "$folder/bin/wine"

printf 'Wine in %s: ' "$folder"
POSTENANCY_WINE="$folder" bash "$here/wine.sh" cmd /c ver | tr -d '\r\n'
printf ', sqlite3 '
POSTENANCY_WINE="$folder" bash "$here/wine.sh" "$folder/bin/sqlite3.exe" :memory: 'SELECT sqlite_version()' | tr -d '\r'
unfinished=
