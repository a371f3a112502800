#!/bin/sh
# Runs all tests of a build folder and ends with the count of test functions.
#   tools/test.sh [build]
set -u
build="${1:-build}"
log="$build/meson-logs/testlog.json"
rm -f "$log"
meson test -C "$build" --print-errorlogs --timeout-multiplier 4
status=$?
if [ -f "$log" ]; then
    python3 tools/count_tests.py "$log" || status=1
fi
exit "$status"
