#include "load/export_log.h"

#include "base/mem.h"
#include "sql/statements.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define NUMBER_TEXT 24

static const char *number(uint64_t value, char *out)
{
    snprintf(out, NUMBER_TEXT, "%" PRIu64, value);
    return out;
}

void export_left_cleanup(struct export_left *left)
{
    free(left->name);
    free(left->key);
    *left = (struct export_left){0};
}

static bool write_row(struct pg *pg, const char *sql, struct pg_params params, struct err *err)
{
    SCOPED(pg_result) PGresult *written = pg_query(pg, sql, params, err);
    return written != NULL || err_wrap(err, "cannot write the run table");
}

bool export_log_begin(struct pg *pg, int64_t run_id, const struct export_log_request *request,
                      struct err *err)
{
    char text[NUMBER_TEXT];
    return write_row(pg, SQL_EXPORT_BEGIN,
                     PG_PARAMS(number((uint64_t)run_id, text), request->name, request->body, request->reason),
                     err);
}

bool export_log_requested(struct pg *pg, int64_t run_id, const char *key, struct err *err)
{
    char text[NUMBER_TEXT];
    return write_row(pg, SQL_EXPORT_KEY, PG_PARAMS(number((uint64_t)run_id, text), key), err);
}

bool export_log_find(struct pg *pg, const struct run_log_search *search, struct export_left *left,
                     struct err *err)
{
    struct window_days days;
    plan_window_days(search->entry->window, &days);
    char text[NUMBER_TEXT];
    *left = (struct export_left){0};
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_EXPORT_FIND,
                               PG_PARAMS(search->entry->job, search->entry->contract, days.from, days.to,
                                         search->body, number((uint64_t)search->run_id, text)),
                               err);
    if (!found)
        return err_wrap(err, "cannot read the run table");
    if (PQntuples(found) == 0)
        return true;
    left->run_id = pg_int(found, 0, 0);
    left->name = mem_copy_text(pg_text(found, 0, 1));
    left->key = pg_is_null(found, 0, 2) ? NULL : mem_copy_text(pg_text(found, 0, 2));
    left->age_ms = pg_int(found, 0, 3);
    return true;
}

bool export_log_take_over(struct pg *pg, int64_t run_id, const struct export_left *left, struct err *err)
{
    char texts[2][NUMBER_TEXT];
    return write_row(pg, SQL_EXPORT_TAKE_OVER,
                     PG_PARAMS(number((uint64_t)run_id, texts[0]), number((uint64_t)left->run_id, texts[1])),
                     err);
}

bool export_log_forget(struct pg *pg, int64_t run_id, struct err *err)
{
    char text[NUMBER_TEXT];
    return write_row(pg, SQL_EXPORT_FORGET, PG_PARAMS(number((uint64_t)run_id, text)), err);
}

bool export_log_end(struct pg *pg, int64_t run_id, bool deleted, uint64_t requests, struct err *err)
{
    char texts[2][NUMBER_TEXT];
    return write_row(pg, deleted ? SQL_EXPORT_DELETED : SQL_EXPORT_UNDELETED,
                     PG_PARAMS(number((uint64_t)run_id, texts[0]), number(requests, texts[1])), err);
}

bool export_log_outstanding(struct pg *pg, unsigned *count, struct err *err)
{
    SCOPED(pg_result) PGresult *counted = pg_query(pg, SQL_EXPORT_OUTSTANDING, PG_NO_PARAMS, err);
    if (!counted)
        return err_wrap(err, "cannot read the run table");
    *count = (unsigned)pg_int(counted, 0, 0);
    return true;
}

bool export_log_history(struct pg *pg, const char *job, const char *contract, int64_t *ready_ms,
                        struct err *err)
{
    SCOPED(pg_result) PGresult *history = pg_query(pg, SQL_EXPORT_HISTORY, PG_PARAMS(job, contract), err);
    if (!history)
        return err_wrap(err, "cannot read the run table");
    *ready_ms = pg_int(history, 0, 0);
    return true;
}
