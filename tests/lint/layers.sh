#!/bin/sh
# A file of etl/LAYER includes only its own layer and those below it; the libraries' headers are included in etl/wire
# alone; the simulator includes nothing of the product. Within etl/wire/pg a file includes only those below it, too.
set -eu
cd "$(dirname "$0")/../.."

find etl tests/sim -name '*.[ch]' -exec awk '
    BEGIN {
        count = split("base wire job state api load run report terminal cli manual", layers, " ")
        for (i = 1; i <= count; i++)
            rank[layers[i]] = i
        count = split("result quote connection error exchange statement copy transaction connect_error connect pg", parts, " ")
        for (i = 1; i <= count; i++)
            pg_rank[parts[i]] = i
        pg_rank["handle"] = pg_rank["connection"] # its inside
    }
    function pg_part(path) {
        if (path !~ /wire\/pg\//)
            return ""
        gsub(/.*\/|\.[ch]$/, "", path)
        return path
    }
    FNR == 1 {
        split(FILENAME, path, "/")
        own = FILENAME ~ /^etl\// ? rank[path[2]] : 0
        in_simulator = FILENAME ~ /^tests\/sim\//
    }
    function refuse(why) {
        printf "%s:%d: %s: %s\n", FILENAME, FNR, $0, why
        broken = 1
    }
    /^#[ \t]*include[ \t]*"/ {
        split($0, quoted, "\"")
        included = quoted[2]
        layer = included
        sub(/\/.*/, "", layer)
        if (pg_rank[pg_part(FILENAME)] && pg_rank[pg_part(included)] > pg_rank[pg_part(FILENAME)])
            refuse("an upper part of wire/pg")
        if (in_simulator) {
            if (layer in rank)
                refuse("the simulator shares no code with the product")
        } else if (layer == included && included != "version.h")
            refuse("a header is named with its layer")
        else if (layer in rank) {
            if (own && rank[layer] > own)
                refuse("an upper layer")
        } else if (included != "version.h" && (included != "sql/statements.h" || (own != rank["state"] && own != rank["load"])))
            refuse("no layer below this one")
    }
    /^#[ \t]*include[ \t]*<(curl\/|json-c\/|yaml\.h|libpq-fe\.h|zlib\.h)/ {
        if (!in_simulator && own != rank["wire"])
            refuse("only wire/ knows the libraries")
    }
    END { exit broken }' {} +
