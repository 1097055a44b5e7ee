#!/bin/sh
# with_postgres.sh [--safe] COMMAND…: runs one command against a private PostgreSQL of its own, named by PGHOST, PGPORT,
# PGUSER and PGDATABASE. The server is gone afterwards, however the command or this script ends. Unless --safe, it does
# without safety on a crash, and in memory where there is enough; and where $TOKENFLEX_DATA_TEMPLATE names a directory, its
# data are copied from there: the first server makes them.
set -eu

# Where tests make and drop tables all the time, a disk costs more than the rest of the server.
place=/tmp
kib_free=$(df --output=avail /dev/shm 2>/dev/null | tail -n 1)
[ ! -w /dev/shm ] || [ "${kib_free:-0}" -lt 2097152 ] || place=/dev/shm

safety=fast
template=${TOKENFLEX_DATA_TEMPLATE:-}
if [ "${1:-}" = --safe ]; then
    safety=safe
    template=
    place=/tmp
    shift
fi

root=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d $place/tokenflex-db.XXXXXX)
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

sh "$root/etl/demo/private_postgres.sh" start "$dir" "$safety" "$template" 7<&- 9>&-
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
