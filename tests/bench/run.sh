#!/bin/sh
# The benchmark: installs what is missing, builds what users install and measures it beside psql and a scripted loader,
# with a PostgreSQL and a simulator of its own that are gone afterwards. The table comes on stdout, progress on stderr.
#
#   tests/bench/run.sh [--markdown] [--repeat N] [--peers-everywhere] [ROWS…]      100000 and 1000000 rows unless told
#   tests/bench/run.sh --growth                 how the time grows with the rows of a table that was never analyzed
#
# TOKENFLEX_RELEASE_BUILD names another build to measure; nothing is built then.
set -eu
cd "$(dirname "$0")/../.."
root=$(pwd)

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# dash does not run that for a signal.
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

# Debian's own Python, whatever other there is: psycopg2 is a package of it. `exec`, so that a signal ends it all.
exec sh tests/support/with_postgres.sh --safe /usr/bin/python3 -B tests/bench/bench.py "$@"
