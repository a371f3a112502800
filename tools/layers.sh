#!/bin/sh
# Holds the sources to the order of the layers (docs/architecture.md):
#   1. a file includes headers of its own folder and of folders below it, and no others;
#   2. folders that only compute use no file, clock or thread.
# Prints every breach as file:line and ends with 1 when there is one.
set -u
cd "$(dirname "$0")/.." || exit 1
breaches=0

# The folders whose headers a folder may include beside its own.
below() {
    case $1 in
    base) echo "" ;;
    model) echo "base" ;;
    market) echo "base model" ;;
    dispatch) echo "base model market" ;;
    api | cli) echo "any" ;;
    *) echo "none: this folder has no place in the table of layers" ;;
    esac
}

# Rule 2. Text may be formatted anywhere, so <stdio.h> is allowed and its streams are not.
computing="dispatch"
headers='#include <(time|pthread|threads|unistd|fcntl|poll|signal|zlib|sys/[a-z]+)\.h>'
calls='[^_a-z](f?printf|puts|fopen|fwrite|gzopen|clock_gettime|getenv|exit|abort|sleep|nanosleep|pthread_[a-z_]+)\('

breach() {
    echo "$1" >&2
    breaches=$((breaches + 1))
}

for file in src/*/*.[ch]; do
    folder=$(basename "$(dirname "$file")")
    allowed=$(below "$folder")
    [ "$allowed" != any ] || continue
    # shellcheck disable=SC2013 # names of folders are words
    for other in $(sed -n 's|^#include "\([a-z_]*\)/.*|\1|p' "$file" | sort -u); do
        case " $folder $allowed " in
        *" $other "*) ;;
        *) breach "$file:$(grep -n "^#include \"$other/" "$file" | head -n 1): $folder may include: $folder $allowed" ;;
        esac
    done
done

for folder in $computing; do
    for file in src/"$folder"/*.[ch]; do
        found=$(grep -nE "$headers|$calls" "$file" | grep -vE '^[0-9]+: *(/?\*|//)') || continue
        breach "$(echo "$found" | sed "s|^|$file:|") -- $folder computes; it does no input or output"
    done
done

[ "$breaches" -eq 0 ]
