#!/bin/sh
# units.sh DIR: systemd accepts the units that the build has made in DIR, and rates the service's exposure as OK. cron can
# read each line of the crontab example.
set -eu
cd "$(dirname "$0")/../.."
units=$1

broken=0
refuse() {
    echo "$1: $2"
    broken=1
}

for unit in tokenflex-etl@.service tokenflex-etl@.timer tokenflex-etl-failure@.service; do
    found=$(systemd-analyze verify --man=no "$units/$unit" 2>&1) || refuse "$unit" "does not pass"
    [ -z "$found" ] || refuse "$unit" "$found"
done

# 10 is the worst exposure. systemd calls less than 4 OK. A service with network access can stay below 2.
systemd-analyze security --no-pager --offline=true --threshold=20 "$units/tokenflex-etl@.service" >"$units/exposure" 2>&1 ||
    refuse tokenflex-etl@.service "$(tail -n 1 "$units/exposure")"

# Exit codes that a retry cannot fix are not retried: those of `attempt`, and those of systemd itself.
own=$(systemd-analyze exit-status | awk '$3 == "systemd" { printf " " $1 }')
codes=$(sed -n 's/^RestartPreventExitStatus=//p' "$units/tokenflex-etl@.service" | tr '\n' ' ')
[ "$codes" = "0 1 2 64 65 70 73 74 77 78 126 127 169 170 175$own " ] ||
    refuse tokenflex-etl@.service "tries again after other codes"

awk '
    /^#/ || /^$/ || /^[A-Z_]+=/ { next }
    NF < 6 || ($1 $2 $3 $4 $5) !~ /^[0-9*,\/-]+$/ { print FILENAME ":" FNR ": no line of a crontab"; broken = 1 }
    /%/ { print FILENAME ":" FNR ": cron takes % for a line break"; broken = 1 }
    END { exit broken }' jobs/systemd/crontab.example || broken=1
exit "$broken"
