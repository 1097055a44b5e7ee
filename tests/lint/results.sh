#!/bin/sh
# Results of statements are read by column name: in etl/load, etl/report and etl/cli nothing reads one by position.
set -eu
cd "$(dirname "$0")/../.."

if grep -rnE --include='*.[ch]' '\b(pg_text|pg_int|pg_is_null|PQgetvalue|PQgetisnull)[[:space:]]*\(' etl/load etl/report etl/cli; then
    echo "read by position; use pg_value() and its siblings (etl/wire/pg/result.h)"
    exit 1
fi
