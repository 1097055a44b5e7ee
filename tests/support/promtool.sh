#!/bin/sh
# promtool.sh DIRECTORY: puts Prometheus' promtool there, with which tests check metrics and alert rules, unless one is
# installed. It is unpacked from Debian's package of the server, which is not installed: that would start the server.
# Without network the tests go on without promtool.
set -eu

directory=$1
package=prometheus
if command -v promtool >/dev/null || [ -x "$directory/promtool" ]; then
    exit 0
fi

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

mkdir -p "$directory"
work=$(mktemp -d "$directory/unpack.XXXXXX")
trap 'rm -rf "$work"' EXIT
# dash does not run the EXIT trap after a signal.
trap 'exit 130' INT
trap 'exit 143' TERM HUP

download() {
    (cd "$work" && apt-get --quiet=2 download "$package") >"$work/log" 2>&1
}

echo "Unpacking promtool from $package"
if download || { as_root apt-get --quiet=2 update >/dev/null 2>&1 && download; }; then
    dpkg-deb --fsys-tarfile "$work/$package"_*.deb | tar -x -C "$work" ./usr/bin/promtool
    mv "$work/usr/bin/promtool" "$directory/promtool"
else
    cat "$work/log" >&2
    echo "Going on without promtool"
fi
