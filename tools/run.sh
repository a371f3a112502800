#!/bin/sh
# Dispatches a year of both examples and keeps their schedules beside the program.
#   tools/run.sh [build]
set -eu
build="${1:-build}"
for example in pecos northern-lights; do
    schedule="$build/$example.csv.gz"
    echo
    "$build/ampacity" dispatch "examples/$example/portfolio.yaml" --schedule "$schedule"
done
