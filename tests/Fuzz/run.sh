#!/bin/sh
# Fuzzes one part of the engine, guided by the branches that an input reaches.
#
#   tests/Fuzz/run.sh pages|script|schema [seconds]
#
# Needs afl++ (Debian: apt-get install afl++) and SharpFuzz's tool (dotnet tool install --global SharpFuzz.CommandLine --version 2.3.0).
# What is found stays in artifacts/fuzz/<target>; README.md says how to look at it.
set -eu
target=$1
seconds=${2:-600}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$root/artifacts/fuzz
if [ ! -e "$work/bin/instrumented" ]; then
    dotnet publish "$root/tests/Fuzz" --configuration Release --output "$work/bin" --nologo
    sharpfuzz "$work/bin/PosTenancy.Engine.dll"
    touch "$work/bin/instrumented"
    dotnet "$work/bin/PosTenancy.Fuzz.dll" seeds "$work/seeds"
fi

dictionary=
[ "$target" = pages ] || dictionary="-x $root/tests/Fuzz/sql.dict"
export AFL_SKIP_BIN_CHECK=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1
# shellcheck disable=SC2086
exec nice afl-fuzz -i "$work/seeds/$target" -o "$work/$target" $dictionary -t 10000 -m none -V "$seconds" -- \
    dotnet "$work/bin/PosTenancy.Fuzz.dll" "$target"
