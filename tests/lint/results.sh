#!/bin/sh
# Results of statements are read by column name. Only etl/wire reads columns by position.
set -eu
cd "$(dirname "$0")/../.."

if grep -rnE --include='*.[ch]' '\b(PQgetvalue|PQgetisnull|PQfnumber)[[:space:]]*\(' etl --exclude-dir=wire; then
    echo "read by position; use pg_value() and its siblings (etl/wire/pg/result.h)"
    exit 1
fi
