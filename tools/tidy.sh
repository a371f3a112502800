#!/bin/sh
# clang-tidy over one file, with the flags of a clang build; quiet when clean.
#   tools/tidy.sh BUILD FILE
set -u
if ! grep -q "\"\.\./$2\"" "$1/compile_commands.json"; then
    echo "tidy: $2 is in no target of $1" >&2
    exit 1
fi
found=$(clang-tidy-14 --quiet -p "$1" "$2" 2>/dev/null) && exit 0
echo "$found" | grep -A 2 ': error: '
exit 1
