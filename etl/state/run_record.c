#include "state/run_record.h"

#include "base/log.h"
#include "base/mem.h"
#include "sql/statements.h"
#include "state/run_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool name_session(struct pg *pg, const char *job, int64_t run_id, struct err *err)
{
    /* The server keeps 63 bytes; lock_holder.sql reads the run's number from the end. */
    char name[64];
    snprintf(name, sizeof name, "tokenflex-etl %.24s run %" PRId64, job, run_id);
    SCOPED(pg_result) PGresult *named = pg_query(pg, SQL_APPLICATION_NAME, PG_PARAMS(name), err);
    return named != NULL;
}

/* What the run's target and its lock are called. */
#define TARGET_TEXT 160
static const char *target_name(const struct run_record_entry *entry, char *out)
{
    snprintf(out, TARGET_TEXT, "%s.%s", entry->schema, entry->table);
    return out;
}

bool run_record_start(struct pg *pg, const struct run_record_entry *entry, int64_t *run_id, struct err *err)
{
    struct window_days days;
    window_put_days(entry->window, &days);
    char texts[4][PG_NUMBER];
    char target[TARGET_TEXT];
    SCOPED(pg_result)
    PGresult *started = pg_query(
        pg, SQL_RUN_START,
        PG_PARAMS(entry->job, entry->contract, days.from, days.to, entry->source, entry->host,
                  pg_number(entry->pid, texts[0]), target_name(entry, target), entry->invocation_id,
                  pg_number((int64_t)entry->chunk, texts[1]), pg_number((int64_t)entry->chunks, texts[2]),
                  entry->question, entry->query, pg_number((int64_t)entry->requests_before, texts[3])),
        err);
    if (!started)
        return err_wrap(err, "cannot write the run table");
    *run_id = pg_integer(started, 0, "run_id");
    return name_session(pg, entry->job, *run_id, err);
}

bool run_record_is_finished(struct pg *pg, const struct run_record_entry *entry, bool *finished,
                            struct err *err)
{
    struct window_days days;
    window_put_days(entry->window, &days);
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_RUN_FINISHED,
                               PG_PARAMS(entry->job, entry->contract, days.from, days.to, entry->question,
                                         entry->schema, entry->table),
                               err);
    if (!found)
        return err_wrap(err, "cannot read the run table");
    *finished = strcmp(pg_text(found, 0, 0), "t") == 0;
    return true;
}

bool run_record_skip(struct pg *pg, const struct run_record_entry *entry, uint64_t requests, int64_t *run_id,
                     struct err *err)
{
    struct window_days days;
    window_put_days(entry->window, &days);
    char texts[4][PG_NUMBER];
    char target[TARGET_TEXT];
    SCOPED(pg_result)
    PGresult *skipped = pg_query(
        pg, SQL_RUN_SKIP,
        PG_PARAMS(entry->job, entry->contract, days.from, days.to, entry->source, entry->host,
                  pg_number(entry->pid, texts[0]), target_name(entry, target), entry->invocation_id,
                  pg_number((int64_t)entry->chunk, texts[1]), pg_number((int64_t)entry->chunks, texts[2]),
                  entry->question, pg_number((int64_t)requests, texts[3])),
        err);
    if (!skipped)
        return err_wrap(err, "cannot write the run table");
    *run_id = pg_integer(skipped, 0, "run_id");
    return true;
}

bool run_log_submitted(struct pg *pg, int64_t run_id, const struct run_log_query *query, struct err *err)
{
    char texts[2][PG_NUMBER];
    return run_write(
        pg, SQL_RUN_SUBMITTED,
        PG_PARAMS(pg_number(run_id, texts[0]), query->url, pg_number(query->age_ms, texts[1]), query->body),
        err);
}

bool run_log_ready(struct pg *pg, int64_t run_id, int64_t ready_ms, struct err *err)
{
    char texts[2][PG_NUMBER];
    return run_write(
        pg, SQL_RUN_READY,
        PG_PARAMS(pg_number(run_id, texts[0]), ready_ms < 0 ? NULL : pg_number(ready_ms, texts[1])), err);
}

bool run_log_forget_query(struct pg *pg, int64_t run_id, struct err *err)
{
    char text[PG_NUMBER];
    return run_write(pg, SQL_RUN_FORGET_REMOTE, PG_PARAMS(pg_number(run_id, text)), err);
}

bool run_log_find_query(struct pg *pg, const struct run_log_search *search, char **url, int64_t *age_ms,
                        struct err *err)
{
    struct window_days days;
    window_put_days(search->entry->window, &days);
    char texts[3][PG_NUMBER];
    *url = NULL;
    SCOPED(pg_result)
    PGresult *found =
        pg_query(pg, SQL_RUN_RESUME,
                 PG_PARAMS(search->entry->job, search->entry->contract, days.from, days.to, search->body,
                           pg_number(search->deadline_ms, texts[0]), pg_number(search->lifetime_ms, texts[1]),
                           pg_number(search->run_id, texts[2])),
                 err);
    if (!found)
        return err_wrap(err, "cannot read the run table");
    if (PQntuples(found) == 0)
        return true;
    *url = mem_copy_text(pg_text(found, 0, 0));
    *age_ms = pg_int(found, 0, 1);
    return true;
}

bool run_log_history(struct pg *pg, const char *job, const char *contract, int64_t *ready_ms, uint64_t *rows,
                     struct err *err)
{
    SCOPED(pg_result) PGresult *history = pg_query(pg, SQL_RUN_HISTORY, PG_PARAMS(job, contract), err);
    if (!history)
        return err_wrap(err, "cannot read the run table");
    *ready_ms = pg_int(history, 0, 0);
    *rows = (uint64_t)pg_int(history, 0, 1);
    return true;
}

bool run_record_reap(struct pg *pg, struct err *err)
{
    SCOPED(pg_result) PGresult *reaped = pg_query(pg, SQL_RUN_REAP, PG_NO_PARAMS, err);
    if (!reaped)
        return err_wrap(err, "cannot write the run table");
    for (int row = 0; row < PQntuples(reaped); row++)
        log_warn("run-died", "run %s ended without finishing; marked failed", pg_text(reaped, row, 0));
    return true;
}

bool run_record_outcome(struct pg *pg, int64_t run_id, bool *succeeded, struct row_counts *counts,
                        struct err *err)
{
    char text[PG_NUMBER];
    SCOPED(pg_result)
    PGresult *row = pg_query(pg, SQL_RUN_OUTCOME, PG_PARAMS(pg_number(run_id, text)), err);
    if (!row)
        return err_wrap(err, "cannot read the run table");
    *succeeded = PQntuples(row) > 0 && strcmp(pg_text(row, 0, 0), "succeeded") == 0;
    if (*succeeded)
        *counts = (struct row_counts){
            .inserted = (uint64_t)pg_int(row, 0, 1),
            .updated = (uint64_t)pg_int(row, 0, 2),
            .unchanged = (uint64_t)pg_int(row, 0, 3),
            .deleted = (uint64_t)pg_int(row, 0, 4),
        };
    return PQntuples(row) == 0 || name_session(pg, pg_text(row, 0, 5), run_id, err);
}

bool run_record_succeed(struct pg *pg, const struct run_record_success *success, struct err *err)
{
    char texts[7][PG_NUMBER];
    const struct row_counts *counts = success->counts;
    SCOPED(pg_result)
    PGresult *ended = pg_query(
        pg, SQL_RUN_SUCCEED,
        PG_PARAMS(
            pg_number(success->run_id, texts[0]), pg_number((int64_t)success->rows_read, texts[1]),
            pg_number((int64_t)counts->inserted, texts[2]), pg_number((int64_t)counts->updated, texts[3]),
            pg_number((int64_t)counts->unchanged, texts[4]), pg_number((int64_t)counts->deleted, texts[5]),
            pg_number((int64_t)success->requests, texts[6]), success->schema, success->table),
        err);
    return ended != NULL || err_wrap(err, "cannot write the run table");
}

bool run_record_fail(struct pg *pg, int64_t run_id, uint64_t requests, const struct err *reason,
                     struct err *err)
{
    char texts[2][PG_NUMBER];
    SCOPED(pg_result)
    PGresult *ended = pg_query(pg, SQL_RUN_FAIL,
                               PG_PARAMS(pg_number(run_id, texts[0]), pg_number((int64_t)requests, texts[1]),
                                         reason->text, err_kind_info(reason->kind)->name, reason->hint),
                               err);
    return ended != NULL || err_wrap(err, "cannot write the run table");
}
