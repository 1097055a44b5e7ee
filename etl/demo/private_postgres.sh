#!/bin/sh
# Manages a private PostgreSQL server for the demo and the tests. The server is in a directory, runs as an unprivileged
# user, and listens on a unix socket only. Other servers on the machine are not touched.
#
#   private_postgres.sh start DIR [fast [TEMPLATE]]
#                                          creates the server if it does not exist, and starts it. `fast`: a crash may lose
#                                          data. TEMPLATE: a directory from which the data is copied, created if it does
#                                          not exist; it makes the creation of many servers fast
#   private_postgres.sh env DIR            prints PGHOST, PGPORT, PGUSER and PGDATABASE as shell assignments
#   private_postgres.sh stop DIR           stops the server; the data stays
#   private_postgres.sh delete DIR         stops and deletes the server
#
# $TOKENFLEX_POSTGRES_BIN names the directory of the server's programs. The default is the newest server of Debian's
# packages. Clients (psql) come from the same directory, else from Debian's newest package.
#
# Every user who can reach the socket is trusted as any role. Only the role `locked`, if a test creates it, needs a
# password.
set -eu

# PG* variables could lead clients to another server.
for name in $(env | sed -n 's/^\(PG[A-Z_]*\)=.*/\1/p'); do
    unset "$name"
done

fail() {
    echo "private_postgres.sh: $*" >&2
    exit 1
}

[ $# -ge 2 ] || fail "usage: private_postgres.sh start|env|stop|delete DIR [fast [TEMPLATE]]"
command=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
safety=${3:-safe}
template=${4:-}

# PostgreSQL refuses to run as root. Then the server runs as the user that the server's package creates.
if [ "$(id -u)" -eq 0 ]; then
    owner=postgres
    getent passwd "$owner" >/dev/null || owner=nobody
else
    owner=$(id -un)
fi

as_owner() {
    if [ "$(id -u)" -eq 0 ]; then
        (cd / && runuser -u "$owner" -- "$@")
    else
        (cd / && "$@")
    fi
}

newest_bin() {
    for candidate in /usr/lib/postgresql/*/bin; do
        version=${candidate#/usr/lib/postgresql/}
        [ -x "$candidate/postgres" ] && [ "${version%%[!0-9]*}" -ge 15 ] && echo "${version%/bin} $candidate"
    done | sort -n | tail -n 1 | cut -d ' ' -f 2
}

# DIR/place names the directory of the server. It is in DIR, unless the server's user cannot read DIR (a checkout in root's
# home) or the path of the socket would be longer than the system allows.
find_place() {
    place=
    [ ! -f "$dir/place" ] || place=$(cat "$dir/place")
    [ -z "$place" ] || [ -d "$place" ] || place=
}

choose_place() {
    place=$dir/server
    mkdir -p "$place"
    chmod 700 "$place"
    [ "$(id -u)" -ne 0 ] || chown "$owner" "$place"
    case $place in
    *[!A-Za-z0-9_./-]*) plain=false ;; # this path would need quotes in the settings
    *) plain=true ;;
    esac
    if [ $plain = false ] || [ ${#place} -gt 90 ] || ! as_owner test -w "$place"; then
        rmdir "$place"
        place=$(mktemp -d /tmp/tokenflex-postgres.XXXXXX)
        [ "$(id -u)" -ne 0 ] || chown "$owner" "$place"
    fi
    echo "$place" >"$dir/place"
}

make_data() {
    as_owner "$bin/initdb" --pgdata="$place/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
        --no-sync --no-instructions >"$dir/initdb.log" 2>&1 || {
        cat "$dir/initdb.log" >&2
        fail "initdb failed"
    }
}

# The template is created under another name and renamed, so that several processes can create it at the same time.
copy_data() {
    template=$template/$("$bin/postgres" --version | cut -d ' ' -f 3)
    if [ ! -d "$template" ]; then
        make_data
        mkdir -p "${template%/*}"
        unfinished=$(mktemp -d "$template.XXXXXX")
        cp -R --sparse=always "$place/data" "$unfinished/data"
        mv -T "$unfinished/data" "$template" 2>/dev/null || true
        rm -rf "$unfinished"
        return
    fi
    cp -R "$template" "$place/data"
    chmod 700 "$place/data"
    [ "$(id -u)" -ne 0 ] || chown -R "$owner" "$place/data"
}

make_server() {
    if [ -n "$template" ]; then copy_data; else make_data; fi
    as_owner tee "$place/data/pg_hba.conf" >/dev/null <<EOF
local all locked scram-sha-256
local all all trust
EOF
    as_owner tee -a "$place/data/postgresql.conf" >/dev/null <<EOF
listen_addresses = ''
unix_socket_directories = '$place'
port = 5432
max_connections = 50
shared_buffers = 64MB
EOF
    [ "$safety" != fast ] || as_owner tee -a "$place/data/postgresql.conf" >/dev/null <<EOF
fsync = off
synchronous_commit = off
full_page_writes = off
EOF
}

is_running() {
    [ -n "$place" ] && as_owner "$bin/pg_ctl" --pgdata="$place/data" status >/dev/null 2>&1
}

stop_server() {
    ! is_running || as_owner "$bin/pg_ctl" --pgdata="$place/data" --mode="$1" --wait --silent stop
}

start_server() {
    as_owner "$bin/pg_ctl" --pgdata="$place/data" --log="$place/log" --wait --timeout=60 --silent start || {
        as_owner tail -n 20 "$place/log" >&2
        fail "the server did not start"
    }
    as_owner "$clients/psql" --no-psqlrc --quiet --host="$place" --username=postgres --dbname=postgres --tuples-only \
        --command="select 1 from pg_database where datname = 'tokenflex'" | grep -q . ||
        as_owner "$clients/psql" --no-psqlrc --quiet --host="$place" --username=postgres --dbname=postgres \
            --command="create database tokenflex"
}

bin=${TOKENFLEX_POSTGRES_BIN:-$(newest_bin)}
[ -z "$bin" ] || [ -x "$bin/postgres" ] || fail "no PostgreSQL in $bin (TOKENFLEX_POSTGRES_BIN)"
clients=$bin
[ -x "$clients/psql" ] || clients=$(newest_bin)
[ -n "$bin" ] || fail "no PostgreSQL 15 or later under /usr/lib/postgresql: see etl/packaging/install_packages.sh"
find_place

case $command in
start)
    ! is_running || exit 0
    [ -n "$place" ] || choose_place
    [ -f "$place/data/PG_VERSION" ] || make_server
    start_server
    ;;
env)
    [ -n "$place" ] || fail "no server in $dir"
    printf "PGHOST='%s'\nPGPORT=5432\nPGUSER=postgres\nPGDATABASE=tokenflex\n" "$place"
    ;;
stop)
    stop_server fast
    ;;
delete)
    stop_server immediate
    [ -z "$place" ] || rm -rf "$place"
    rm -f "$dir/place" "$dir/initdb.log"
    ;;
*)
    fail "no such command: $command"
    ;;
esac
