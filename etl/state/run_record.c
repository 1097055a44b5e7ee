#include "state/run_record.h"

#include "base/log.h"
#include "base/text.h"
#include "sql/statements.h"
#include "state/run_write.h"
#include "state/sequences.h"

#include <inttypes.h>
#include <stdio.h>

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
                  entry->request, entry->query, pg_number((int64_t)entry->requests_before, texts[3]),
                  entry->window_given ? "true" : "false"),
        err);
    if (!started)
        return sequences_explain(err);
    *run_id = pg_integer(started, 0, "run_id");
    return name_session(pg, entry->job, *run_id, err);
}

bool run_record_find_load(struct pg *pg, const struct run_record_entry *entry, struct arena *arena,
                          struct run_record_load *load, struct err *err)
{
    struct window_days days;
    window_put_days(entry->window, &days);
    *load = (struct run_record_load){0};
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_RUN_FIND_LOAD,
                               PG_PARAMS(entry->job, entry->contract, days.from, days.to, entry->request,
                                         entry->schema, entry->table),
                               err);
    if (!found)
        return err_wrap(err, "cannot read the run table");
    if (PQntuples(found) == 0)
        return true;
    *load = (struct run_record_load){
        .exists = true,
        .has_same_request = pg_flag(found, 0, "has_same_request"),
        .is_of_this_table = pg_flag(found, 0, "is_of_this_table"),
        .days_were_over = pg_flag(found, 0, "days_were_over"),
        .keeps_vanished = pg_flag(found, 0, "keeps_vanished"),
        .figures = pg_copy(found, 0, "figures", arena),
    };
    snprintf(load->run_id, sizeof load->run_id, "%s", pg_value(found, 0, "run_id"));
    return true;
}

bool run_record_requested_day(struct pg *pg, int64_t run_id, bool *known, date_t *day, struct err *err)
{
    char id[PG_NUMBER];
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_RUN_REQUESTED_DAY, PG_PARAMS(pg_number(run_id, id)), err);
    if (!found)
        return err_wrap(err, "cannot read the run table");
    *known = PQntuples(found) > 0 && pg_day(found, 0, "day", day);
    return true;
}

bool run_record_skip(struct pg *pg, const struct run_record_entry *entry, const char *reason, int64_t *run_id,
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
                  entry->request, pg_number((int64_t)entry->requests_before, texts[3]), reason, entry->schema,
                  entry->table, entry->window_given ? "true" : "false"),
        err);
    if (!skipped)
        return err_wrap(err, "cannot write the run table");
    *run_id = pg_integer(skipped, 0, "run_id");
    return true;
}

bool run_record_mark_lost(struct pg *pg, struct err *err)
{
    SCOPED(pg_result) PGresult *reaped = pg_query(pg, SQL_RUN_MARK_LOST, PG_NO_PARAMS, err);
    if (!reaped)
        return err_wrap(err, "cannot write the run table");
    for (int row = 0; row < PQntuples(reaped); row++)
        log_warn("run-died", "run %s ended without finishing; marked failed",
                 pg_value(reaped, row, "run_id"));
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
    *succeeded = PQntuples(row) > 0 && text_equal(pg_value(row, 0, "status"), "succeeded");
    if (*succeeded)
        *counts = (struct row_counts){
            .inserted = pg_count(row, 0, "rows_inserted"),
            .updated = pg_count(row, 0, "rows_updated"),
            .unchanged = pg_count(row, 0, "rows_unchanged"),
            .deleted = pg_count(row, 0, "rows_deleted"),
            .vanished = pg_count(row, 0, "rows_vanished"),
        };
    return PQntuples(row) == 0 || name_session(pg, pg_value(row, 0, "job"), run_id, err);
}

bool run_record_succeed(struct pg *pg, const struct run_record_success *success, struct err *err)
{
    char texts[9][PG_NUMBER];
    const struct row_counts *counts = success->counts;
    SCOPED(pg_result)
    PGresult *ended = pg_query(
        pg, SQL_RUN_SUCCEED,
        PG_PARAMS(
            pg_number(success->run_id, texts[0]), pg_number((int64_t)success->rows_read, texts[1]),
            pg_number((int64_t)counts->inserted, texts[2]), pg_number((int64_t)counts->updated, texts[3]),
            pg_number((int64_t)counts->unchanged, texts[4]), pg_number((int64_t)counts->deleted, texts[5]),
            pg_number((int64_t)success->requests.total, texts[6]), success->schema, success->table,
            pg_number((int64_t)success->requests.export, texts[7]),
            pg_number((int64_t)counts->vanished, texts[8]), success->schema_changes, success->accepted,
            success->figures),
        err);
    if (!ended)
        return err_wrap(err, "cannot write the run table");
    return pg_rows_affected(ended) == 1 || run_write_refuse_deleted(texts[0], err);
}

bool run_record_fail(struct pg *pg, int64_t run_id, struct request_counts requests, const struct err *reason,
                     struct err *err)
{
    char texts[3][PG_NUMBER];
    SCOPED(pg_result)
    PGresult *ended =
        pg_query(pg, SQL_RUN_FAIL,
                 PG_PARAMS(pg_number(run_id, texts[0]), pg_number((int64_t)requests.total, texts[1]),
                           reason->text, err_kind_info(reason->kind)->name, reason->hint,
                           pg_number((int64_t)requests.export, texts[2])),
                 err);
    return ended != NULL || err_wrap(err, "cannot write the run table");
}

bool run_record_find_newer(struct pg *pg, const struct run_record_table *run, struct arena *arena,
                           const char **by, struct err *err)
{
    char text[PG_NUMBER];
    *by = NULL;
    SCOPED(pg_result)
    PGresult *newer = pg_query(pg, SQL_RUN_FIND_NEWER,
                               PG_PARAMS(pg_number(run->run_id, text), run->schema, run->table), err);
    if (!newer)
        return err_wrap(err, "cannot read the run table");
    if (PQntuples(newer) > 0)
        *by =
            arena_print(arena, "run %s of host %s", pg_value(newer, 0, "run_id"), pg_value(newer, 0, "host"));
    return true;
}

bool run_record_restart(struct pg *pg, int64_t run_id, struct err *err)
{
    char text[PG_NUMBER];
    return run_write(pg, SQL_RUN_RESTART, PG_PARAMS(pg_number(run_id, text)), err);
}
