#include "state/remote_export.h"

#include "base/mem.h"
#include "sql/statements.h"
#include "state/run_write.h"

#include <stdlib.h>

void export_left_cleanup(struct export_left *left)
{
    free(left->name);
    free(left->key);
    *left = (struct export_left){0};
}

bool export_log_begin(struct pg *pg, int64_t run_id, const struct export_log_request *request,
                      struct err *err)
{
    char text[PG_NUMBER];
    return run_write(pg, SQL_EXPORT_BEGIN,
                     PG_PARAMS(pg_number(run_id, text), request->name, request->body, request->reason), err);
}

bool export_log_requested(struct pg *pg, int64_t run_id, const char *key, struct err *err)
{
    char text[PG_NUMBER];
    return run_write(pg, SQL_EXPORT_KEY, PG_PARAMS(pg_number(run_id, text), key), err);
}

bool export_log_find(struct pg *pg, const struct run_log_search *search, struct export_left *left,
                     struct err *err)
{
    struct window_days days;
    window_put_days(search->entry->window, &days);
    char text[PG_NUMBER];
    *left = (struct export_left){0};
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_EXPORT_FIND,
                               PG_PARAMS(search->entry->job, search->entry->contract, days.from, days.to,
                                         search->body, pg_number(search->run_id, text)),
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
    char texts[2][PG_NUMBER];
    return run_write(pg, SQL_EXPORT_TAKE_OVER,
                     PG_PARAMS(pg_number(run_id, texts[0]), pg_number(left->run_id, texts[1])), err);
}

bool export_log_forget(struct pg *pg, int64_t run_id, struct err *err)
{
    char text[PG_NUMBER];
    return run_write(pg, SQL_EXPORT_FORGET, PG_PARAMS(pg_number(run_id, text)), err);
}

bool export_log_end(struct pg *pg, int64_t run_id, bool deleted, uint64_t requests, struct err *err)
{
    char texts[2][PG_NUMBER];
    return run_write(pg, deleted ? SQL_EXPORT_DELETED : SQL_EXPORT_UNDELETED,
                     PG_PARAMS(pg_number(run_id, texts[0]), pg_number((int64_t)requests, texts[1])), err);
}

bool export_log_leftover(struct pg *pg, const char *contract, int64_t run_id, struct export_left *left,
                         struct err *err)
{
    char text[PG_NUMBER];
    *left = (struct export_left){0};
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_EXPORT_LEFTOVER, PG_PARAMS(contract, pg_number(run_id, text)), err);
    if (!found)
        return err_wrap(err, "cannot read the run table");
    if (PQntuples(found) == 0)
        return true;
    left->run_id = pg_int(found, 0, 0);
    left->key = mem_copy_text(pg_text(found, 0, 1));
    return true;
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
