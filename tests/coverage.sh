#!/bin/sh
# Prints each line of etl/ that no test reaches, as FILE:LINE: TEXT, and the share of lines that the tests reach.
#
#   tests/coverage.sh [CTEST-OPTION…]    runs the tests that the options select; the default is all tests except the
#                                        slow ones, the sweeps and those on fresh machines
#
# Lines of a process that is killed or calls _exit() are not counted as reached.
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- -LE '^(slow|sweep|fresh|lint)$'

# SAME_ROWS_MIN: as in a build with sanitizers (etl/cmake/flags.cmake), for which the tests are written.
export CFLAGS="--coverage -O0 -DSAME_ROWS_MIN=1" LDFLAGS=--coverage
cmake -S . -B build/coverage -DCMAKE_BUILD_TYPE=Debug -DTOKENFLEX_TESTS=ON >build/coverage.log
cmake --build build/coverage -j "$(nproc)" >>build/coverage.log
find build/coverage -name '*.gcda' -delete
ctest --test-dir build/coverage -j "$(($(nproc) * 2))" "$@" >>build/coverage.log || echo "some tests have failed: build/coverage.log" >&2

find build/coverage/etl -name '*.gcda' -exec gcov --stdout {} + 2>/dev/null | awk -v root="$(pwd)/" '
    / 0:Source:/ { file = $0; sub(/.*0:Source:/, "", file); sub(root, "", file); next }
    file !~ /^etl\// || /^ *-:/ || !/^ *[^:]+: *[0-9]+:/ { next }
    { lines++ }
    /^ *#####:/ { missed++; line = $0; sub(/^ *#####: */, "", line); sub(/:/, ": ", line); print file ":" line }
    END { if (lines) printf "%.1f %% of %d lines\n", 100 * (lines - missed) / lines, lines }'
