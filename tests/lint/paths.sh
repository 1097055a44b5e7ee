#!/bin/sh
# No file names a directory of the developer's machine: a home directory, or the directory of this checkout. No file has the
# marks of a merge that was not finished.
set -eu
cd "$(dirname "$0")/../.."

find_in_sources() {
    grep -rn --binary-files=without-match --exclude-dir=.git --exclude-dir=build --exclude-dir=__pycache__ "$@" .
}

broken=0
if find_in_sources -E -e '/(home|Users)/[A-Za-z]' -e '/[r]oot/'; then
    echo "paths of somebody's machine"
    broken=1
fi
if find_in_sources -F -e "$(pwd)/"; then
    echo "paths of this checkout"
    broken=1
fi
if find_in_sources -E -e '^(<{7}|>{7}) '; then
    echo "marks of a merge"
    broken=1
fi
exit "$broken"
