#!/bin/sh
# reference.sh DIR SOURCE: mandoc and groff find no fault in the man pages that the build has made in DIR. The shells can
# parse their completions. The checked-in generated files equal those of the build.
set -eu
cd "$1"

broken=0
refuse() {
    echo "$1: $2"
    broken=1
}

for page in tokenflex-etl.1 tokenflex-etl.yaml.5 tokenflex-etl-job.5; do
    found=$(mandoc -Tlint "$page" 2>&1) || true
    [ -z "$found" ] || refuse "$page" "$found"
    if command -v groff >/dev/null; then
        found=$(groff -man -ww -z "$page" 2>&1) || true
        [ -z "$found" ] || refuse "$page" "$found"
    fi
    gzip -dc "$page.gz" | cmp - "$page" || refuse "$page.gz" "is another page"
done
completion=$2/etl/completion/tokenflex-etl
for shell in bash zsh fish; do
    "$shell" -n "$completion.$shell" || refuse "$completion.$shell" "does not parse"
done
! command -v shellcheck >/dev/null || shellcheck --shell=bash "$completion.bash" || refuse "$completion.bash" "see above"
while read -r file; do
    cmp "${file##*/}" "$2/$file" || refuse "$file" "is generated: cmake --build BUILD --target reference writes it"
done <checked_in
exit "$broken"
