#!/bin/sh
# Every shell script parses, sets -eu, and says in its first comment what it does. If shellcheck is installed, it finds
# nothing.
set -eu
cd "$(dirname "$0")/../.."

refuse() {
    echo "$1: $2"
    broken=1
}

find etl tests jobs .ci \( -name "*.sh" -o -path .ci/run -o -path "etl/packaging/debian/p*" -o -path jobs/systemd/attempt \
    -o -path jobs/systemd/tell-failure -o -path "jobs/systemd/*-as-service.in" \) -type f | {
    broken=0
    while read -r script; do
        sh -n "$script" || refuse "$script" "does not parse"
        [ "$(head -n 1 "$script")" = "#!/bin/sh" ] || refuse "$script" "does not begin with #!/bin/sh"
        sed -n 2p "$script" | grep -q '^# ' || refuse "$script" "does not say at its top what it does"
        grep -q '^set -eu$' "$script" || refuse "$script" "has no set -eu"
        ! command -v shellcheck >/dev/null || shellcheck --shell=dash --exclude=SC2317 "$script" ||
            refuse "$script" "see above"
    done
    exit "$broken"
}
