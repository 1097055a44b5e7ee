#include "state/job_history.h"

#include "sql/statements.h"
#include "state/run_write.h"

#include <stdio.h>

bool source_log_history(struct pg *pg, const struct run_record_entry *entry, unsigned page_size,
                        struct source_history *history, struct err *err)
{
    char texts[2][PG_NUMBER];
    *history = (struct source_history){0};
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_SOURCE_HISTORY,
                               PG_PARAMS(entry->job, entry->contract, entry->query,
                                         pg_number(window_count_days(entry->window), texts[0]),
                                         pg_number(page_size, texts[1])),
                               err);
    if (!found)
        return err_wrap(err, "cannot read the run table");
    history->timed_out_days = pg_int(found, 0, 0);
    snprintf(history->remembered_until, sizeof history->remembered_until, "%s", pg_text(found, 0, 1));
    history->rows = (uint64_t)pg_int(found, 0, 2);
    history->query_overhead = pg_is_null(found, 0, 3) ? -1 : pg_int(found, 0, 3);
    history->export_requests = (uint64_t)pg_int(found, 0, 4);
    return true;
}

bool source_log_timed_out(struct pg *pg, int64_t run_id, const struct window *window, struct err *err)
{
    char texts[2][PG_NUMBER];
    return run_write(pg, SQL_RUN_TIMED_OUT,
                     PG_PARAMS(pg_number(run_id, texts[0]), pg_number(window_count_days(window), texts[1])),
                     err);
}

bool source_log_in_parts(struct pg *pg, int64_t run_id, const char *reason, struct err *err)
{
    char text[PG_NUMBER];
    return run_write(pg, SQL_RUN_IN_PARTS, PG_PARAMS(pg_number(run_id, text), reason), err);
}
