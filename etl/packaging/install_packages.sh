#!/bin/sh
# Installs only the missing Debian packages:
#
#   install_packages.sh build     what the build needs
#   install_packages.sh package   what the build and cpack need
#   install_packages.sh runtime   what the program needs at run time, for example in a container
#   install_packages.sh run       what the build and the demo need
#   install_packages.sh test      what the build, the demo and the tests need
#   install_packages.sh fresh     the packages of `test`, and what tests/fresh needs to create machines
#   install_packages.sh browser   the packages of `test`, and what tests/browser needs
#   install_packages.sh bench     what the build, the demo and the benchmark need
#   install_packages.sh depends   what the program needs at run time besides libraries: dpkg-shlibdeps finds those
#
# `install_packages.sh list NAME` only prints the packages.
#
# Run it as root, or with sudo. If it installs a PostgreSQL server, the server is not started and creates no cluster.
set -eu

build="gcc libc6-dev make cmake pkgconf libcurl4-openssl-dev libgmp-dev libjson-c-dev libmicrohttpd-dev libpq-dev"
build="$build libjs-chart.js libssl-dev libyaml-dev zlib1g-dev"
package="dpkg-dev file"
depends="ca-certificates"
runtime="$depends libcurl4 libgmp10 libjson-c5 libmicrohttpd12 libpq5 libssl3 libyaml-0-2 zlib1g"
demo="$depends"
tests="$package libcmocka-dev ninja-build clang libclang-rt-dev clang-format-14 python3 python3-yaml python3-jsonschema"
tests="$tests mandoc tmux zsh fish systemd pgbouncer iproute2"
fresh="debootstrap buildah"
browser="chromium poppler-utils"
bench="python3 python3-psycopg2"

fail() {
    echo "install_packages.sh: $*" >&2
    exit 1
}

is_list=
if [ "${1:-}" = list ]; then
    is_list=yes
    shift
fi
case ${1:-} in
depends) wanted=$depends ;;
build) wanted=$build ;;
package) wanted="$build $package" ;;
runtime) wanted=$runtime ;;
run) wanted="$build $demo" ;;
test) wanted="$build $demo $tests" ;;
fresh) wanted="$build $demo $tests $fresh" ;;
browser) wanted="$build $demo $tests $browser" ;;
bench) wanted="$build $demo $bench" ;;
*) fail "usage: install_packages.sh [list] build|package|runtime|run|test|fresh|browser|bench|depends" ;;
esac
if [ -n "$is_list" ]; then
    echo "$wanted"
    exit 0
fi
command -v dpkg-query >/dev/null || fail "this is no Debian: install what stands for $wanted by hand"

is_installed() {
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

has_server() {
    for server in /usr/lib/postgresql/*/bin/postgres; do
        version=${server#/usr/lib/postgresql/}
        [ -x "$server" ] && [ "${version%%[!0-9]*}" -ge 15 ] && return 0
    done
    return 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# Shows the output of apt-get only if it fails.
apt_get() {
    if ! as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get --quiet=2 --option DPkg::Lock::Timeout=300 "$@" \
        >"$log" 2>&1; then
        cat "$log" >&2
        return 1
    fi
}

missing=
for package in $wanted; do
    is_installed "$package" || missing="$missing $package"
done
case $1 in
run | test | fresh | browser | bench) has_server || missing="$missing postgresql" ;;
esac
# docker-compose is optional: a test checks docker-compose.yml with it.
if [ "$1" = test ] && ! command -v docker-compose >/dev/null; then
    optional=docker-compose
else
    optional=
fi
[ -n "$missing$optional" ] || exit 0

if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    [ -n "$missing" ] || exit 0
    fail "neither root nor sudo: have somebody run  apt-get install --no-install-recommends$missing"
fi

# During installation, Debian's server package creates a cluster on port 5432 and starts it, unless this file forbids it.
no_cluster=/etc/postgresql-common/createcluster.d/zz-tokenflex-etl.conf
log=$(mktemp)
finish() {
    rm -f "$log"
    case " $missing " in
    *" postgresql "*) as_root rm -f "$no_cluster" ;;
    esac
}
trap finish EXIT
# dash does not run the EXIT trap after a signal.
trap 'exit 130' INT
trap 'exit 143' TERM HUP
case " $missing " in
*" postgresql "*)
    as_root mkdir -p "${no_cluster%/*}"
    echo "create_main_cluster = false" | as_root tee "$no_cluster" >/dev/null
    ;;
esac

[ -z "$missing" ] || echo "Installing$missing"
if ! apt_get update; then
    [ -z "$missing" ] || fail "apt-get update failed"
    echo "Going on without $optional"
    exit 0
fi
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086
    apt_get install --yes --no-install-recommends $missing || fail "apt-get install failed"
fi
if [ -n "$optional" ] && apt-cache show "$optional" >/dev/null 2>&1; then
    echo "Installing $optional"
    apt_get install --yes --no-install-recommends "$optional" || echo "Going on without $optional"
fi
