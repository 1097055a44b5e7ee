#!/bin/sh
# Installs missing packages, builds with the sanitizers and runs the test suite, and the fuzzers for some seconds each.
# `-L fuzz` builds everything with clang, for its warnings too.
#
#   tests/run.sh [-L unit|db|e2e|lint|fuzz|slow|sweep|sanitized|fresh|browser|newest_postgres] [-R REGEX]
#
# All tests but the slow ones, the sweeps over every fault, those on fresh machines and those in a browser; or those of a
# label, or whose name matches. Most end-to-end tests run the program as users install it; `-L sanitized` runs them with the
# sanitizers.
#
# `-L newest_postgres` runs a sample of the tests of db and e2e against the newest PostgreSQL that npm has.
#
# TOKENFLEX_POSTGRES_BIN names the directory of another PostgreSQL version's programs, for the tests of db and e2e.
set -eu
cd "$(dirname "$0")/.."

usage="usage: tests/run.sh [-L unit|db|e2e|lint|fuzz|slow|sweep|sanitized|fresh|browser|newest_postgres] [-R REGEX]"
label=
regex=
while getopts L:R:h option; do
    case $option in
    L) label=$OPTARG ;;
    R) regex=$OPTARG ;;
    h)
        echo "$usage"
        exit 0
        ;;
    *)
        echo "$usage" >&2
        exit 64
        ;;
    esac
done

began=$(date +%s)
step="installing"
report() {
    status=$?
    took=$(($(date +%s) - began))
    if [ "$status" -eq 0 ]; then
        echo "==> All is well, after $((took / 60)) min $((took % 60)) s"
    else
        echo "==> Failed while $step, after $((took / 60)) min $((took % 60)) s" >&2
    fi
}
trap report EXIT
# dash does not run the EXIT trap after a signal.
trap 'exit 130' INT
trap 'exit 143' TERM HUP

say() {
    step=$1
    echo "==> $2"
}

# With Ninja, which starts a quarter of the processes that make does. A build directory that make was chosen for keeps it.
# Warnings are errors here, also those of the release, which users build with other compilers.
configure() {
    CMAKE_GENERATOR=Ninja cmake --preset "$1" -DTOKENFLEX_WERROR=ON >"build/$1.log" 2>&1 || {
        cat "build/$1.log"
        exit 1
    }
}

# build PRESET [CMAKE-OPTION…]
build() {
    preset=$1
    shift
    configure "$preset"
    cmake --build --preset "$preset" -j "$(nproc)" "$@" >"build/$preset.log" 2>&1 || {
        cat "build/$preset.log"
        exit 1
    }
}

# run_tests PRESET CTEST-OPTION…: runs three tests for each processor, because most tests mostly wait.
run_tests() {
    preset=$1
    shift
    if [ -n "$label" ]; then
        set -- "$@" -L "^$label\$"
    elif [ -z "$regex" ]; then
        set -- "$@" -LE '^(slow|sweep|sanitized|fresh|browser)$'
    fi
    [ -z "$regex" ] || set -- "$@" -R "$regex"
    ctest --test-dir "build/$preset" -j "$(($(nproc) * 3))" --output-on-failure --no-tests=error "$@"
}

say "installing packages" "Packages"
sh etl/packaging/install_packages.sh test
[ "$label" != browser ] || sh etl/packaging/install_packages.sh browser
mkdir -p build
sh tests/support/promtool.sh build/promtool

# These tests build on fresh machines, not here.
if [ "$label" = fresh ]; then
    sh etl/packaging/install_packages.sh fresh
    configure debug
    say "testing" "Testing on fresh machines"
    run_tests debug --verbose
    exit 0
fi

if [ "$label" = newest_postgres ]; then
    TOKENFLEX_POSTGRES_BIN=$(sh tests/support/newest_postgres.sh build/newest_postgres)
    if [ -z "$TOKENFLEX_POSTGRES_BIN" ]; then
        echo "==> SKIPPED: there is no newer PostgreSQL here, so nothing was tested against it"
        exit 0
    fi
    export TOKENFLEX_POSTGRES_BIN
    say "building with gcc" "Building with gcc, AddressSanitizer and UndefinedBehaviorSanitizer"
    build debug
    say "testing with the newest PostgreSQL" "Testing with $("$TOKENFLEX_POSTGRES_BIN/postgres" --version)"
    label=
    regex='^(db/(load|state)/.*|e2e/(modes|partitions|vanished))$'
    run_tests debug
    exit 0
fi

if [ "$label" != fuzz ]; then
    say "building with gcc" "Building with gcc, AddressSanitizer and UndefinedBehaviorSanitizer"
    build debug
    say "building what users install" "Building what users install, for what the sanitizers would distort"
    build release
    TOKENFLEX_RELEASE_BUILD=$(pwd)/build/release
    export TOKENFLEX_RELEASE_BUILD
    say "testing" "Testing"
    run_tests debug
fi

# Only the whole suite and the fuzzers need clang. A part of the suite does not, which saves time during development.
if [ -z "$label$regex" ] || [ "$label" = fuzz ]; then
    if [ "$label" = fuzz ]; then
        say "building with clang" "Building with clang"
        build clang
    else
        say "building the fuzzers" "Building the fuzzers, with clang"
        build clang --target fuzzers
    fi
    say "fuzzing" "Fuzzing, some seconds each"
    label=fuzz
    run_tests clang
fi
