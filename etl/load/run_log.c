#include "load/run_log.h"

#include "sql/statements.h"

#include <inttypes.h>
#include <stdio.h>

#define NUMBER_TEXT 24

static const char *number(uint64_t value, char *out)
{
    snprintf(out, NUMBER_TEXT, "%" PRIu64, value);
    return out;
}

static bool name_session(struct pg *pg, const char *job, int64_t run_id, struct err *err)
{
    /* The server keeps 63 bytes; lock_holder.sql reads the run's number from the end. */
    char name[64];
    snprintf(name, sizeof name, "tokenflex-etl %.24s run %" PRId64, job, run_id);
    SCOPED(pg_result) PGresult *named = pg_query(pg, SQL_APPLICATION_NAME, PG_PARAMS(name), err);
    return named != NULL;
}

bool run_log_start(struct pg *pg, const struct run_log_entry *entry, int64_t *run_id, struct err *err)
{
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    char pid[NUMBER_TEXT];
    bool bounded = entry->window->bounded;
    SCOPED(pg_result)
    PGresult *started = pg_query(pg, SQL_RUN_START,
                                 PG_PARAMS(entry->job, entry->contract,
                                           bounded ? date_format(entry->window->from, from) : NULL,
                                           bounded ? date_format(entry->window->to, to) : NULL, entry->source,
                                           entry->host, number((uint64_t)entry->pid, pid)),
                                 err);
    if (!started)
        return err_wrap(err, "cannot write the run table");
    *run_id = pg_int(started, 0, 0);
    return name_session(pg, entry->job, *run_id, err);
}

bool run_log_succeed(struct pg *pg, int64_t run_id, uint64_t rows_read, const struct merge_counts *counts,
                     uint64_t requests, struct err *err)
{
    char texts[7][NUMBER_TEXT];
    SCOPED(pg_result)
    PGresult *ended =
        pg_query(pg, SQL_RUN_SUCCEED,
                 PG_PARAMS(number((uint64_t)run_id, texts[0]), number(rows_read, texts[1]),
                           number(counts->inserted, texts[2]), number(counts->updated, texts[3]),
                           number(counts->unchanged, texts[4]), number(counts->deleted, texts[5]),
                           number(requests, texts[6])),
                 err);
    return ended != NULL || err_wrap(err, "cannot write the run table");
}

bool run_log_fail(struct pg *pg, int64_t run_id, uint64_t requests, const struct err *reason, struct err *err)
{
    char texts[2][NUMBER_TEXT];
    SCOPED(pg_result)
    PGresult *ended = pg_query(
        pg, SQL_RUN_FAIL,
        PG_PARAMS(number((uint64_t)run_id, texts[0]), number(requests, texts[1]), reason->text), err);
    return ended != NULL || err_wrap(err, "cannot write the run table");
}
