#include "state/job_history.h"

#include "sql/statements.h"
#include "state/run_write.h"

#include <stdio.h>

bool job_history_read(struct pg *pg, const struct job_history_key *key, struct job_history *history,
                      struct err *err)
{
    char texts[2][PG_NUMBER];
    *history = (struct job_history){.query_overhead = -1};
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_JOB_HISTORY,
                               PG_PARAMS(key->job, key->contract, key->query,
                                         pg_number(window_count_days(key->window), texts[0]),
                                         pg_number(key->page_size, texts[1])),
                               err);
    if (!found)
        return err_wrap(err, "cannot read the run table");
    *history = (struct job_history){
        .timed_out_days = pg_integer(found, 0, "timed_out_days"),
        .rows = pg_count(found, 0, "rows"),
        .query_overhead = pg_null(found, 0, "query_overhead") ? -1 : pg_integer(found, 0, "query_overhead"),
        .export_requests = pg_count(found, 0, "export_requests"),
        .query_ready_ms = pg_integer(found, 0, "query_ready_ms"),
        .export_ready_ms = pg_integer(found, 0, "export_ready_ms"),
        .max_rows = pg_count(found, 0, "max_rows"),
    };
    snprintf(history->remembered_until, sizeof history->remembered_until, "%s",
             pg_value(found, 0, "remembered_until"));
    return true;
}

bool job_history_record_timeout(struct pg *pg, int64_t run_id, const struct window *window, struct err *err)
{
    char texts[2][PG_NUMBER];
    return run_write(pg, SQL_RUN_TIMED_OUT,
                     PG_PARAMS(pg_number(run_id, texts[0]), pg_number(window_count_days(window), texts[1])),
                     err);
}

bool job_history_record_parts(struct pg *pg, int64_t run_id, const char *reason, struct err *err)
{
    char text[PG_NUMBER];
    return run_write(pg, SQL_RUN_IN_PARTS, PG_PARAMS(pg_number(run_id, text), reason), err);
}
