/* rebuild.h: what the table has, and the service has answered with no row. */
#include "base/log.h"
#include "base/readable.h"
#include "load/rebuild/rebuild_inner.h"
#include "load/table_contents.h"
#include "sql/statements.h"

#include <inttypes.h>

/* The most windows that a message names. */
#define MAX_NAMED 3

static void put_emptied(const char *contract, const struct window *window, uint64_t rows, struct buf *words)
{
    char days[WINDOW_TEXT];
    buf_print(words, "%s%" PRIu64 " row%s of contract %s", words->length > 0 ? ", " : "", rows,
              readable_plural(rows), contract);
    if (window->bounded)
        buf_print(words, " of the days %s", window_format(window, days));
}

/* Appends the windows that an empty answer would empty. */
static bool find_emptied(const struct rebuild *rebuild, const PGresult *runs, struct pg *pg,
                         struct buf *words, struct err *err)
{
    size_t count = 0;
    const struct table_contents_request old = {rebuild->job, rebuild->schema, rebuild->table};
    for (int row = 0; row < PQntuples(runs); row++) {
        uint64_t rows;
        struct window window = {0};
        const char *contract = pg_value(runs, row, "contract_number");
        window.bounded =
            pg_day(runs, row, "window_start", &window.from) && pg_day(runs, row, "window_end", &window.to);
        if (!table_contents_count(&old, contract, &window, pg, &rows, err))
            return false;
        if (rows > 0 && ++count <= MAX_NAMED)
            put_emptied(contract, &window, rows, words);
    }
    if (count > MAX_NAMED)
        buf_print(words, ", and of %zu more windows", count - MAX_NAMED);
    return true;
}

bool rebuild_check_emptied(const struct rebuild *rebuild, const char *run_ids, struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf words = buf_make(BUF_OWN_TEXT);
    SCOPED(pg_result) PGresult *runs = pg_query(pg, SQL_REBUILD_EMPTY_RUNS, PG_PARAMS(run_ids), err);
    if (!runs || !find_emptied(rebuild, runs, pg, &words, err))
        return false;
    if (words.length == 0)
        return true;
    if (rebuild->accept || rebuild->job->checks.max_vanished_percent >= 100) {
        log_warn("rebuild-empties", "table %s.%s has %s, the new one has none: accepted", rebuild->schema,
                 rebuild->table, buf_text(&words));
        return true;
    }
    err_set(err, ERR_DATA, "table %s.%s is not replaced: it has %s, and the service has answered with none",
            rebuild->schema, rebuild->table, buf_text(&words));
    return err_hint(err, "if that is right, run it with --rebuild --accept");
}
