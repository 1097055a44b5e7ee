#!/bin/sh
# The benchmark: installs missing packages, builds the release and compares it with psql and a scripted loader. It uses a
# private PostgreSQL and a simulator, and deletes them at the end. The table goes to stdout, progress to stderr.
#
#   tests/bench/run.sh [--markdown] [--repeat N] [--peers-everywhere] [--touch-memory] [ROWS…]
#                                               default: 100000 and 1000000 rows
#   tests/bench/run.sh --curve 30000000         nights beside tables of 0 to so many rows, and a backfill, plain and partitioned
#   tests/bench/run.sh --growth                 how the time grows with the rows of a table that was never analyzed
#
# If TOKENFLEX_RELEASE_BUILD names a build, that build is measured and nothing is built.
set -eu
cd "$(dirname "$0")/../.."
root=$(pwd)

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# dash does not run the EXIT trap after a signal.
trap 'exit 130' INT
trap 'exit 143' TERM HUP
quietly() {
    "$@" >"$log" 2>&1 || {
        cat "$log" >&2
        exit 1
    }
}

echo "==> Packages" >&2
quietly sh etl/packaging/install_packages.sh bench
if [ -z "${TOKENFLEX_RELEASE_BUILD:-}" ]; then
    echo "==> Building" >&2
    quietly cmake --preset release -DTOKENFLEX_SIMULATOR=ON
    quietly cmake --build --preset release -j "$(nproc)"
    TOKENFLEX_RELEASE_BUILD=$root/build/release
fi
export TOKENFLEX_RELEASE_BUILD
rm -f "$log"

# Debian's own Python, because psycopg2 is a package of it. `exec`, so that a signal reaches the benchmark itself.
exec sh tests/support/with_postgres.sh --safe /usr/bin/python3 -B tests/bench/bench.py "$@"
