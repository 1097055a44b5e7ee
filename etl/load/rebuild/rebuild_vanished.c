/* rebuild.h, the part that checks for rows that the old table has and the new one lacks. */
#include "base/log.h"
#include "base/readable.h"
#include "base/text.h"
#include "load/rebuild/rebuild_inner.h"
#include "load/table_contents.h"
#include "load/vanished.h"
#include "sql/statements.h"

#include <inttypes.h>

/* The most windows that a message names. */
#define MAX_NAMED 3

/* Whether the numbers of rows of the old and the new table can be compared. Not with `snapshots: all`:
 * windows of the old table may have days in common, and the new table may have one window with all of these
 * days. */
static bool can_compare_counts(const struct rebuild *rebuild, const PGresult *runs, int row)
{
    return pg_flag(runs, row, "is_same") && rebuild->job->target.snapshots != JOB_SNAPSHOTS_ALL;
}

/* The job of a run. */
static const struct job *job_of(const struct rebuild *rebuild, const char *name)
{
    for (size_t i = 0; i < rebuild->job_count; i++)
        if (text_equal(rebuild->jobs[i]->name, name))
            return rebuild->jobs[i];
    return rebuild->job;
}

/* Whether the new table has too few rows of a window. If the numbers cannot be compared, only a window
 * without any row is refused. */
static bool is_refused(const struct job *job, bool comparable, uint64_t before, uint64_t now)
{
    uint64_t fewer = comparable && before > now ? before - now : 0;
    const struct vanished vanished = {
        .rows_before = before,
        .rows_received = now,
        .comparable_before = before,
        .comparable_vanished = fewer,
        .max_percent = job->checks.max_vanished_percent,
    };
    return job->checks.max_vanished_percent < 100 && vanished_judge(&vanished) != VANISHED_ALLOWED;
}

static void put_vanished(const char *contract, const struct window *window, uint64_t before, uint64_t now,
                         struct buf *words)
{
    char days[WINDOW_TEXT];
    buf_print(words, "%s%" PRIu64 " row%s of contract %s", words->length > 0 ? "; " : "", before,
              readable_plural(before), contract);
    if (window->bounded)
        buf_print(words, " of the days %s", window_format(window, days));
    buf_print(words, ", the new one %" PRIu64, now);
}

/* Appends the windows of which too many rows would vanish. */
static bool find_vanished(const struct rebuild *rebuild, const PGresult *runs, struct pg *pg,
                          struct buf *words, struct err *err)
{
    size_t count = 0;
    const struct table_contents_request old = {rebuild->job, rebuild->schema, rebuild->table};
    for (int row = 0; row < PQntuples(runs); row++) {
        uint64_t before = 0;
        struct window window = {0};
        uint64_t now = pg_count(runs, row, "rows_read");
        bool comparable = can_compare_counts(rebuild, runs, row);
        const char *contract = pg_value(runs, row, "contract_number");
        const struct job *job = job_of(rebuild, pg_value(runs, row, "job"));
        window.bounded =
            pg_day(runs, row, "window_start", &window.from) && pg_day(runs, row, "window_end", &window.to);
        if ((comparable || now == 0) && !table_contents_count(&old, contract, &window, pg, &before, err))
            return false;
        if ((comparable || now == 0) && is_refused(job, comparable, before, now) && ++count <= MAX_NAMED)
            put_vanished(contract, &window, before, now, words);
    }
    if (count > MAX_NAMED)
        buf_print(words, "; and %zu more window%s", count - MAX_NAMED, readable_plural(count - MAX_NAMED));
    return true;
}

bool rebuild_check_vanished(const struct rebuild *rebuild, const char *run_ids, struct pg *pg,
                            struct err *err)
{
    SCOPED(buf) struct buf words = buf_make(BUF_OWN_TEXT);
    SCOPED(pg_result)
    PGresult *runs = pg_query(pg, SQL_REBUILD_RUNS,
                              PG_PARAMS(rebuild->schema, rebuild->table, rebuild->successor, run_ids), err);
    if (!runs || !find_vanished(rebuild, runs, pg, &words, err))
        return false;
    if (words.length == 0)
        return true;
    if (rebuild->accept) {
        log_warn("rebuild-vanished", "rows of table %s.%s vanish as it is replaced: it has %s; accepted",
                 rebuild->schema, rebuild->table, buf_text(&words));
        return true;
    }
    err_set(err, ERR_DATA,
            "table %s.%s is not replaced, since more rows vanish than checks.max_vanished "
            "allows: it has %s",
            rebuild->schema, rebuild->table, buf_text(&words));
    return err_hint(err, "if the new numbers are right, run it with --rebuild --accept");
}
