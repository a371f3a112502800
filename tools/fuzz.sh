#!/bin/sh
# Runs one libFuzzer target for some seconds, from its seeds. What it finds stays in BUILD/fuzz.
#   tools/fuzz.sh BUILD SECONDS fuzz_csv
set -eu
build=$1 seconds=$2 target=$3
name=${target#fuzz_}
corpus="$build/fuzz/corpus_$name"
mkdir -p "$corpus"
dictionary=
[ ! -f "fuzz/$name.dict" ] || dictionary="-dict=fuzz/$name.dict"
# shellcheck disable=SC2086 # one word or none
"$build/fuzz/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
    -artifact_prefix="$build/fuzz/$name-" -print_final_stats=1 $dictionary \
    "$corpus" "fuzz/corpus/$name"
