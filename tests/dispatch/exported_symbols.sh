#!/bin/sh
# The shared library shows exactly what ampacity.h declares. Arguments: library, header.
set -eu
shown=$(nm -D --defined-only "$1" | awk '{print $3}' | sort)
declared=$(grep -o '^AMP_PUBLIC [^(]*(' "$2" | sed 's/.*[ *]\(amp_[a-z_]*\)($/\1/' | sort)
if [ "$shown" != "$declared" ]; then
    printf 'shown:\n%s\n\ndeclared:\n%s\n' "$shown" "$declared" >&2
    exit 1
fi
