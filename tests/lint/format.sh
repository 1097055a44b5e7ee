#!/bin/sh
# Every C file and table of rows (.def) has the format of clang-format 14 with .clang-format.
set -eu
cd "$(dirname "$0")/../.."
command -v clang-format-14 >/dev/null || {
    echo "no clang-format-14 here"
    exit 1
}

broken=$(find etl tests \( -name '*.[ch]' -o -name '*.def' \) -exec clang-format-14 --dry-run --Werror --ferror-limit=1 {} + 2>&1 |
    sed -n 's/^\([^ :]*\):.* error: .*/\1/p' | sort -u)
if [ -n "$broken" ]; then
    echo "$broken"
    echo "run clang-format-14 -i on these"
    exit 1
fi
