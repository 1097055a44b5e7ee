#!/bin/sh
# with_postgres.sh [--safe] COMMAND…: runs one command against a private PostgreSQL of its own, named by PGHOST, PGPORT,
# PGUSER and PGDATABASE. The server is gone afterwards, however the command or this script ends. It does without safety
# on a crash, unless --safe.
set -eu

safety=fast
if [ "${1:-}" = --safe ]; then
    safety=safe
    shift
fi

root=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d /tmp/tokenflex-db.XXXXXX)
chmod 711 "$dir"
child=

finish() {
    trap - EXIT
    if [ -n "$child" ]; then
        kill "$child" 2>/dev/null || true
        wait "$child" || true
    fi
    [ ! -d "$dir" ] || sh "$root/etl/demo/private_postgres.sh" delete "$dir" || true
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# For the end that no trap sees (kill -9): the guard reads a pipe that only this process can write to, so that its read
# ends with this process.
mkfifo "$dir/alive"
# shellcheck disable=SC2094
exec 7<&0 9<>"$dir/alive" 8<"$dir/alive"
# shellcheck disable=SC2016
setsid sh -c 'read -r _; [ ! -d "$1" ] || { sh "$0" delete "$1"; rm -rf "$1"; }' \
    "$root/etl/demo/private_postgres.sh" "$dir" <&8 >/dev/null 2>&1 7<&- 8<&- 9>&- &
exec 8<&-

sh "$root/etl/demo/private_postgres.sh" start "$dir" "$safety" 7<&- 9>&-
for setting in $(sh "$root/etl/demo/private_postgres.sh" env "$dir"); do
    eval "export $setting"
done

# In the background, because a shell that waits for a command in the foreground heeds no signal.
"$@" <&7 7<&- 9>&- &
child=$!
status=0
wait "$child" || status=$?
child=
exit "$status"
