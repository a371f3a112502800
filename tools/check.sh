#!/bin/sh
# Every gate a change passes, the quick ones first. Stops at the first that fails and shows why.
#   tools/check.sh            all steps
#   tools/check.sh STEP...    only those
set -u
cd "$(dirname "$0")/.." || exit 1
jobs=$(nproc)
log=build-check-log
mkdir -p "$log"

# Where sources lie; folders may be missing while they have nothing in them.
sources() {
    git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
        [ ! -f "$file" ] || echo "$file"
    done
}
c_files() { sources '*.c' '*.h'; }

# setup FOLDER [meson options]: configures once; a second call keeps what is built.
setup() {
    folder=$1
    shift
    [ -f "$folder/build.ninja" ] || meson setup "$folder" "$@" || return 1
}
build_and_test() {
    ninja -C "$1" && meson test -C "$1" --print-errorlogs --timeout-multiplier 10
}

step_format() { c_files | xargs clang-format-14 --dry-run -Werror; }
step_layers() { tools/layers.sh; }
step_shell() { sources '*.sh' .ci/run | xargs shellcheck; }

step_cppcheck() {
    sources 'src/*.c' 'bench/*.c' 'tools/*.c' 'examples/*.c' |
        xargs cppcheck -q -j "$jobs" --enable=warning,performance,portability,style \
            --inline-suppr --std=c11 --error-exitcode=1 --suppress=missingIncludeSystem \
            -I src -I include
}

step_gcc() {
    CC=gcc setup build-check-gcc --buildtype=debugoptimized -Db_ndebug=false && build_and_test build-check-gcc
}
step_man() { build-check-gcc/ampacity help --man | mandoc -T lint -W warning; }
step_completion() { build-check-gcc/ampacity completion bash | bash -n; }

step_clang() {
    CC=clang-14 setup build-check-clang --optimization=0 --debug -Db_ndebug=false -Dfuzz=true && ninja -C build-check-clang
}

# One file a process: a second file in the same process can bring false alarms.
step_tidy() {
    sources '*.c' | xargs -P "$jobs" -n 1 tools/tidy.sh build-check-clang
}

# Without optimisation: gcc 12 follows the source best before it takes structs apart.
step_analyzer() {
    CC=gcc setup build-check-analyzer --optimization=0 --debug -Dc_args=-fanalyzer &&
        ninja -C build-check-analyzer ampacity
}

step_sanitize() {
    CC=clang-14 setup build-check-asan --buildtype=debugoptimized -Db_ndebug=false \
        -Db_sanitize=address,undefined -Db_lundef=false &&
        ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
            build_and_test build-check-asan
}

# Only what uses threads: the programs whose source mentions them.
step_threads() {
    CC=clang-14 setup build-check-tsan --buildtype=debugoptimized -Db_ndebug=false \
        -Db_sanitize=thread -Db_lundef=false || return 1
    sources 'tests/*/test_*.c' | xargs grep -l 'pthread\.h\|amp_threads' |
        xargs -n 1 basename -s .c | sed 's/^test_//' |
        TSAN_OPTIONS=halt_on_error=1 xargs -r \
            meson test -C build-check-tsan --print-errorlogs --timeout-multiplier 20
}

step_fuzz() {
    CC=clang-14 setup build-check-fuzz --buildtype=debugoptimized -Db_ndebug=false -Dfuzz=true \
        -Dc_args=-fsanitize=fuzzer-no-link -Db_sanitize=address,undefined -Db_lundef=false &&
        ninja -C build-check-fuzz &&
        sources 'fuzz/fuzz_*.c' | xargs -n 1 basename -s .c |
        xargs -P "$jobs" -n 1 tools/fuzz.sh build-check-fuzz 20
}

steps="format layers shell cppcheck gcc man completion clang tidy analyzer sanitize threads fuzz"
[ $# -eq 0 ] || steps=$*
began=$(date +%s)
for step in $steps; do
    printf '%-11s' "$step"
    start=$(date +%s)
    if "step_$step" >"$log/$step.txt" 2>&1; then
        printf 'ok   %4d s\n' $(($(date +%s) - start))
    else
        printf 'FAILED after %d s\n' $(($(date +%s) - start))
        tail -n 60 "$log/$step.txt"
        exit 1
    fi
done
printf 'all clean  %4d s\n' $(($(date +%s) - began))
