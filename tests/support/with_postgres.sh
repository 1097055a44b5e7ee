#!/bin/sh
# with_postgres.sh [--safe] COMMAND…: runs one command with a private PostgreSQL, named by PGHOST, PGPORT, PGUSER and
# PGDATABASE. The server is deleted at the end, however the command or this script ends. Without --safe a crash of the server
# may lose data, and the data is in memory if there is enough. If $TOKENFLEX_DATA_TEMPLATE names a directory, the data is
# copied from there; the first server creates the template.
set -eu

# Tests create and drop many tables, so a disk would take most of the time.
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

# No trap runs after kill -9. So the guard process below reads a pipe that only this process can write to. Its read ends when
# this process ends, and it deletes the server.
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

# The command runs in the background, because a shell runs no trap while it waits for a foreground command.
"$@" <&7 7<&- 9>&- &
child=$!
status=0
wait "$child" || status=$?
child=
exit "$status"
