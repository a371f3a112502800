#!/bin/sh
# clang-tidy over one file, with the flags of a clang build; quiet when clean.
#   tools/tidy.sh BUILD FILE
set -u
grep -q "\"\.\./$2\"" "$1/compile_commands.json" || {
    echo "tidy: $2 is in no target of $1" >&2
    exit 1
}
out=$(clang-tidy-14 --quiet -p "$1" "$2" 2>&1) || {
    echo "$out"
    exit 1
}
