#!/bin/sh
# A file has fewer than 500 lines, a function fewer than 60. SQL is ASCII: a server whose database has another encoding
# converts each statement, its comments too, and refuses one that has a character which that encoding lacks.
set -eu
cd "$(dirname "$0")/../.."

if LC_ALL=C grep -rn "[^ -~]" sql --include='*.sql'; then
    echo "sql: not ASCII"
    exit 1
fi

find etl tests sql jobs \( -name '*.[ch]' -o -name '*.def' -o -name '*.sh' -o -name '*.py' -o -name '*.sql' -o -name '*.cmake' \) \
    -exec awk '
    function finish_file() {
        if (lines >= 500) {
            printf "%s: %d lines\n", file, lines
            broken = 1
        }
    }
    FNR == 1 {
        finish_file()
        file = FILENAME
        begun = 0
        is_c = FILENAME ~ /\.[ch]$/
    }
    { lines = FNR }
    is_c && /^\{/ { begun = FNR }
    is_c && /^\}/ && begun {
        if (FNR - begun + 1 >= 60) {
            printf "%s:%d: a function of %d lines\n", FILENAME, begun, FNR - begun + 1
            broken = 1
        }
        begun = 0
    }
    END {
        finish_file()
        exit broken
    }' {} +
