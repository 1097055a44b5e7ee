#!/bin/sh
# The demo: builds tokenflex-etl, starts a private PostgreSQL and a simulated Token Flex service, runs the shipped jobs
# against them, shows the tables and writes the report. At the end it stops everything; the report stays.
#
#   etl/quickstart.sh           starts from scratch
#   etl/quickstart.sh --keep    leaves PostgreSQL and the simulator running; a second call loads into the same tables
#   etl/quickstart.sh --clean   stops and deletes what --keep has left
set -eu
cd "$(dirname "$0")/.."

# These variables could name another server, other settings or another contract, or a locale that this machine lacks.
for name in $(env | sed -n 's/^\(PG[A-Z_]*\|TOKENFLEX_[A-Z_]*\|DESTDIR\)=.*/\1/p'); do
    case $name in
    TOKENFLEX_POSTGRES_BIN) ;;
    *) unset "$name" ;;
    esac
done
LC_ALL=C.UTF-8
export LC_ALL

usage() {
    sed -n '/^# The demo/,/^[^#]/s/^# \{0,1\}//p' etl/quickstart.sh
}

keep=false
clean=false
for option in "$@"; do
    case $option in
    --keep) keep=true ;;
    --clean) clean=true ;;
    -h | --help)
        usage
        exit 0
        ;;
    *)
        usage >&2
        exit 64
        ;;
    esac
done

root=$(pwd)
demo=$root/build/quickstart
build=$demo/build
settings=$demo/tokenflex-etl.yaml
etl=$build/tokenflex-etl
report=$demo/report.html

step=
log=
say() {
    step=$1
    log=
    echo "==> $1"
}

# quietly LOG COMMAND…: shows the output of the command only if it fails.
quietly() {
    log=$1
    shift
    "$@" >"$log" 2>&1
    log=
}

is_alive() {
    case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in
    '' | Z*) return 1 ;;
    esac
}

simulator_pid() {
    [ -f "$demo/simulator.pid" ] || return 1
    pid=$(cat "$demo/simulator.pid")
    # Another process may have the id by now.
    is_alive "$pid" && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = tokenflex-sim ] && echo "$pid"
}

stop_all() {
    if pid=$(simulator_pid); then
        kill "$pid"
        while is_alive "$pid"; do
            sleep 0.1
        done
    fi
    rm -f "$demo/simulator.pid" "$demo/simulator.json"
    [ ! -d "$demo/postgres" ] || sh etl/demo/private_postgres.sh delete "$demo/postgres"
    rm -rf "$demo/postgres"
}

finish() {
    status=$?
    trap - EXIT
    if [ "$status" -ne 0 ]; then
        [ -z "$log" ] || tail -n 40 "$log" >&2
        echo "==> Failed (exit code $status) at: $step" >&2
        [ "$keep" = false ] || echo "What was started is kept: sh $(word "$root/etl/quickstart.sh") --clean" >&2
    fi
    if [ "$keep" = false ]; then
        stop_all || true
    fi
    exit "$status"
}

start_postgres() {
    quietly "$demo/postgres.log" sh etl/demo/private_postgres.sh start "$demo/postgres"
    sh etl/demo/private_postgres.sh env "$demo/postgres" >"$demo/postgres.env"
    # shellcheck source=/dev/null
    . "$demo/postgres.env"
    export PGHOST PGPORT PGUSER PGDATABASE
}

start_simulator() {
    if simulator_pid >/dev/null; then
        return
    fi
    rm -f "$demo/simulator.json"
    setsid "$build/tokenflex-sim" --port 0 --ready-file "$demo/simulator.json" </dev/null >"$demo/simulator.log" 2>&1 &
    pid=$!
    echo "$pid" >"$demo/simulator.pid"
    log=$demo/simulator.log
    until [ -s "$demo/simulator.json" ]; do
        is_alive "$pid"
        sleep 0.1
    done
    log=
}

write_settings() {
    port=$(sed 's/.*"port": *\([0-9]*\).*/\1/' "$demo/simulator.json")
    cat >"$settings" <<EOF
# Settings of the demo, written by etl/quickstart.sh.
api:
  base_url: http://127.0.0.1:$port
  rate_limit: {per_minute: 0} # the simulator counts no requests
  poll: {first: 100ms, max: 1s}
auth:
  flow: client_credentials
  client_id: sim-client
  client_secret: sim-secret
  scopes: [data:read]
database:
  dsn: host=$PGHOST port=$PGPORT user=$PGUSER dbname=$PGDATABASE
EOF
}

# word TEXT: as one word of the shell.
word() {
    case $1 in
    *[!A-Za-z0-9_./-]*) printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf '%s' "$1" ;;
    esac
}

query() {
    psql --no-psqlrc --quiet --pset=pager=off --pset=footer=off --set=ON_ERROR_STOP=1 "$@"
}

# Each table with its columns, without the loader's own columns.
show_tables() {
    query --tuples-only --no-align --field-separator='|' --command="
        select format('%I.%I', table_schema, table_name),
               string_agg(quote_ident(column_name), ', ' order by ordinal_position)
        from information_schema.tables join information_schema.columns using (table_schema, table_name)
        where table_schema = 'tokenflex' and table_type = 'BASE TABLE' and column_name not like '\_%'
        group by 1 order by 1" >"$demo/tables"
    while IFS='|' read -r table columns; do
        count=$(query --tuples-only --no-align --command="select count(*) from $table" </dev/null)
        if [ "$count" -eq 1 ]; then rows="1 row"; elif [ "$count" -le 3 ]; then rows="$count rows"; else rows="3 of $count rows"; fi
        echo
        echo "$table, $rows:"
        query --command="select $columns from $table limit 3" </dev/null
    done <"$demo/tables"
}

if [ "$clean" = true ]; then
    stop_all
    rm -rf "$demo"
    echo "The demo is gone."
    exit 0
fi

trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

mkdir -p "$demo" 2>/dev/null || {
    echo "quickstart.sh: cannot write into $root: copy the sources to a directory of your own" >&2
    exit 73
}

say "Packages"
sh etl/packaging/install_packages.sh run

say "Building (a minute or so)"
quietly "$demo/configure.log" cmake --preset release -B "$build" -DTOKENFLEX_SIMULATOR=ON
quietly "$demo/build.log" cmake --build "$build" -j "$(nproc)"

if [ "$keep" = false ] && [ -d "$demo/postgres" ]; then
    say "Stopping the demo that was kept"
    stop_all
fi

say "Starting PostgreSQL and the simulated service"
start_postgres
start_simulator
write_settings

say "Checking the jobs: tokenflex-etl check"
"$etl" --config "$settings" --jobs "$root/jobs" check

say "Running them: tokenflex-etl run"
"$etl" --config "$settings" --jobs "$root/jobs" run

say "What is in the tables now"
show_tables
echo

# The jobs load the last weeks and months every night. The report also compares months with those of the year before.
first_day=$(date --utc --date="$(date --utc +%Y-%m-01) -24 months" +%Y-%m-%d)
say "Loading two years for the report: tokenflex-etl run --from $first_day"
quietly "$demo/two_years.log" "$etl" --config "$settings" --jobs "$root/jobs" run --from "$first_day" --to "$(date --utc +%Y-%m-%d)"

say "Writing it: tokenflex-etl report --html"
"$etl" --config "$settings" report --html "$report"

echo
echo "Open the report in a browser: file://$(printf '%s' "$report" | sed 's/%/%25/g; s/ /%20/g; s/#/%23/g; s/?/%3F/g')"
if [ "$keep" = true ]; then
    cat <<EOF
PostgreSQL and the simulator are running.
  look further:   psql -h $(word "$PGHOST") -U $PGUSER $PGDATABASE
  run again:      $(word "$etl") -c $(word "$settings") -j $(word "$root/jobs") run
  report again:   $(word "$etl") -c $(word "$settings") report --html $(word "$report")
  stop, delete:   sh $(word "$root/etl/quickstart.sh") --clean
EOF
else
    cat <<EOF
Nothing of this is running any more. To look further with psql, keep it:
  sh $(word "$root/etl/quickstart.sh") --keep
EOF
fi
