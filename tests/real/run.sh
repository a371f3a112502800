#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Real data: converts what lies beside the checkout, checks and dispatches it.
#   tests/real/run.sh [PROGRAM]      PROGRAM is build/ampacity of the checkout by default
# Where the data are absent it says SKIP and exits with 77, which Meson counts as skipped.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=${1:-$here/../../build/ampacity}
folder=$(mktemp -d "${TMPDIR:-/tmp}/ampacity-real-XXXXXX")
trap 'rm -rf "$folder"' EXIT

for case in houston caiso; do
    option=
    [ "$case" = houston ] || option=--$case
    python3 "$here/convert.py" "$folder/$case" $option
    if [ ! -f "$folder/$case/portfolio.yaml" ]; then
        echo "SKIP: no data"
        exit 77
    fi
    if [ ! -x "$program" ]; then
        echo "SKIP: $program is not built; the portfolio was only converted"
        continue
    fi
    "$program" check "$folder/$case/portfolio.yaml"
    "$program" dispatch "$folder/$case/portfolio.yaml" --schedule "$folder/$case.csv"
    rows=$(wc -l < "$folder/$case.csv")
    case $case in
        houston) want=191995 ;; # 191,994 intervals and the header
        caiso) want=18433 ;;    # 64 days x 288 and the header
    esac
    if [ "$rows" -ne "$want" ]; then
        echo "the schedule has $rows lines, $want were expected"
        exit 1
    fi
done
