#include "load/merge.h"

#include "load/duplicate_key.h"
#include "load/stage.h"
#include "load/vanished.h"

/* `s."a", s."b", ` for the result's columns that pass. */
enum which { ALL_COLUMNS, OTHER_THAN_KEY };

static size_t put_columns(struct buf *sql, const struct target *target, const char *prefix, enum which which)
{
    size_t count = 0;
    for (size_t i = 0; i < target->count; i++) {
        if (which == OTHER_THAN_KEY && target->columns[i].in_key)
            continue;
        buf_print(sql, "%s%s", count++ ? ", " : "", prefix);
        pg_put_identifier(sql, target->columns[i].name);
    }
    return count;
}

static void put_day(struct buf *sql, date_t day)
{
    char text[DATE_TEXT];
    pg_put_literal(sql, date_format(day, text));
}

/*
 * Which rows are the same row. Contract and leading date are named beside the key, so that the index serves
 * the join and only rows are read that may be at hand.
 */
static void put_same_row(struct buf *sql, const struct merge *merge)
{
    const struct target *target = merge->target;
    struct stage_days days = stage_days(merge->stage);
    buf_put(sql, "t._row_key = s._row_key and t.contract_number = $1");
    if (!days.any || target->lead == target->count)
        return;
    const char *lead = target->columns[target->lead].name;
    buf_put(sql, " and (t.");
    pg_put_identifier(sql, lead);
    buf_put(sql, " >= ");
    put_day(sql, days.first);
    buf_put(sql, " and t.");
    pg_put_identifier(sql, lead);
    buf_put(sql, " < ");
    put_day(sql, days.last + 1);
    if (days.some_null) {
        buf_put(sql, " or t.");
        pg_put_identifier(sql, lead);
        buf_put(sql, " is null");
    }
    buf_put(sql, ")");
}

/* Where the stage's rows that differ from the table's are, and the table's where there is one. */
#define DIFFERENCE_TABLE "tokenflex_difference"

static bool find_difference(const struct merge *merge, struct pg *pg, uint64_t *different, uint64_t *present,
                            struct err *err)
{
    const struct target *target = merge->target;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "create temporary table " DIFFERENCE_TABLE " on commit drop as select s.ctid as staged, "
                  "t.ctid as present from pg_temp." STAGE_TABLE " s left join ");
    target_put_name(target, &sql);
    buf_put(&sql, " t on ");
    put_same_row(&sql, merge);
    buf_put(&sql, " where t._row_key is null");
    if (target->key_count < target->count) {
        buf_put(&sql, " or (");
        put_columns(&sql, target, "t.", OTHER_THAN_KEY);
        buf_put(&sql, ") is distinct from (");
        put_columns(&sql, target, "s.", OTHER_THAN_KEY);
        buf_put(&sql, ")");
    }
    SCOPED(pg_result) PGresult *result = pg_query(pg, buf_text(&sql), PG_PARAMS(merge->contract), err);
    if (!result)
        return err_wrap(err, "cannot compare with table %s.%s", target->schema, target->table);
    SCOPED(pg_result)
    PGresult *counts =
        pg_query(pg, "select count(*) as different, count(present) as present from pg_temp." DIFFERENCE_TABLE,
                 PG_NO_PARAMS, err);
    if (!counts)
        return false;
    *different = pg_count(counts, 0, "different");
    *present = pg_count(counts, 0, "present");
    return true;
}

static bool update_changed(const struct merge *merge, struct pg *pg, const char *run_id, uint64_t *updated,
                           struct err *err)
{
    const struct target *target = merge->target;
    if (target->key_count == target->count)
        return true;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "update ");
    target_put_name(target, &sql);
    buf_put(&sql, " t set (");
    put_columns(&sql, target, "", OTHER_THAN_KEY);
    buf_put(&sql, ", _run_id, _synced_at) = row(");
    put_columns(&sql, target, "s.", OTHER_THAN_KEY);
    buf_put(&sql, ", $1::bigint, now()) from pg_temp." DIFFERENCE_TABLE " d join pg_temp." STAGE_TABLE
                  " s on s.ctid = d.staged where t.ctid = d.present");
    SCOPED(pg_result) PGresult *result = pg_query(pg, buf_text(&sql), PG_PARAMS(run_id), err);
    if (!result)
        return err_wrap(err, "cannot update table %s.%s", target->schema, target->table);
    *updated = pg_rows_affected(result);
    return true;
}

enum source { WHOLE_STAGE, NEW_IN_STAGE };

static bool insert_rows(const struct merge *merge, struct pg *pg, const char *run_id, enum source source,
                        uint64_t *inserted, struct err *err)
{
    const struct target *target = merge->target;
    struct window_days days;
    window_put_days(merge->window, &days);
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "insert into ");
    target_put_name(target, &sql);
    buf_print(&sql, " (contract_number, %s", target->windowed ? "window_start, window_end, " : "");
    put_columns(&sql, target, "", ALL_COLUMNS);
    buf_print(&sql, ", _row_key, _run_id, _synced_at) select $2, %s",
              target->windowed ? "$3::date, $4::date, " : "");
    put_columns(&sql, target, "s.", ALL_COLUMNS);
    buf_put(&sql, ", s._row_key, $1::bigint, now() from pg_temp." STAGE_TABLE " s");
    if (source == NEW_IN_STAGE)
        buf_put(&sql, " join pg_temp." DIFFERENCE_TABLE " d on s.ctid = d.staged where d.present is null");
    struct pg_params params = PG_PARAMS(run_id, merge->contract, days.from, days.to);
    if (!target->windowed)
        params.count = 2;
    SCOPED(pg_result) PGresult *result = pg_query(pg, buf_text(&sql), params, err);
    if (!result)
        return err_wrap(err, "cannot insert into table %s.%s", target->schema, target->table);
    *inserted = pg_rows_affected(result);
    return true;
}

/* The rows that a result of this contract and window stands for. */
static void put_scope(struct buf *sql, const struct merge *merge)
{
    char column[JOB_COLUMN_NAME];
    const struct job *job = merge->target->job;
    buf_put(sql, "t.contract_number = $1");
    if (!merge->window->bounded)
        return;
    if (merge->target->windowed) {
        buf_put(sql, " and t.window_start = $2::date and t.window_end = $3::date");
        return;
    }
    const char *day = job_column_name(job, job->window.field, column);
    buf_put(sql, " and t.");
    pg_put_identifier(sql, day);
    buf_put(sql, " >= $2::date and t.");
    pg_put_identifier(sql, day);
    buf_put(sql, " < $3::date");
}

static bool delete_gone(const struct merge *merge, struct pg *pg, uint64_t *deleted, struct err *err)
{
    const struct target *target = merge->target;
    struct window_days days;
    window_put_days(merge->window, &days);
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "delete from ");
    target_put_name(target, &sql);
    buf_put(&sql, " t where ");
    put_scope(&sql, merge);
    buf_put(&sql, " and not exists (select from pg_temp." STAGE_TABLE " s where s._row_key = t._row_key)");
    struct pg_params params = PG_PARAMS(merge->contract, days.from, days.to);
    if (!merge->window->bounded)
        params.count = 1;
    SCOPED(pg_result) PGresult *result = pg_query(pg, buf_text(&sql), params, err);
    if (!result)
        return err_wrap(err, "cannot delete from table %s.%s", target->schema, target->table);
    *deleted = pg_rows_affected(result);
    return true;
}

/* An index is made faster of rows that are all there than row by row. */
static bool fill_new_table(const struct merge *merge, struct pg *pg, const char *run_id,
                           struct row_counts *counts, struct err *err)
{
    SCOPED(buf) struct buf index = buf_make(BUF_OWN_TEXT);
    target_put_index(merge->target, &index);
    return insert_rows(merge, pg, run_id, WHOLE_STAGE, &counts->inserted, err) &&
           (pg_exec(pg, buf_text(&index), err) ||
            err_wrap(err, "cannot index table %s.%s", merge->target->schema, merge->target->table));
}

/* Rows may be written by nobody else while they are compared: the lock of state/lock keeps other runners
 * away, and what people change by hand meanwhile shows in the counts. */
static bool refuse_interference(const struct target *target, struct err *err)
{
    err_set(err, ERR_LATER, "rows of table %s.%s were changed by somebody else while they were being loaded",
            target->schema, target->table);
    return err_hint(err, "run the job again");
}

static bool check_vanished(const struct merge *merge, const struct row_counts *counts, struct err *err)
{
    const struct target *target = merge->target;
    const struct vanished vanished = {
        .schema = target->schema,
        .table = target->table,
        .rows_before = counts->unchanged + counts->updated + counts->deleted,
        .rows_vanished = counts->deleted,
        .rows_new = counts->inserted,
        .max_percent = target->job->checks.max_vanished_percent,
        .accept = merge->accept,
    };
    return vanished_check(&vanished, err);
}

static bool merge_into_rows(const struct merge *merge, struct pg *pg, const char *run_id,
                            struct row_counts *counts, struct err *err)
{
    uint64_t different = 0;
    uint64_t present = 0;
    if (!pg_exec(pg, "analyze pg_temp." STAGE_TABLE " (_row_key)", err) ||
        !find_difference(merge, pg, &different, &present, err) ||
        (present > 0 && !update_changed(merge, pg, run_id, &counts->updated, err)) ||
        !insert_rows(merge, pg, run_id, NEW_IN_STAGE, &counts->inserted, err))
        return false;
    if (counts->updated + counts->inserted != different)
        return refuse_interference(merge->target, err);
    counts->unchanged = stage_rows(merge->stage) - different;
    const struct job_target *how = &merge->target->job->target;
    return how->mode != JOB_UPSERT || how->vanished != JOB_VANISHED_DELETE ||
           (delete_gone(merge, pg, &counts->deleted, err) && check_vanished(merge, counts, err));
}

bool merge_run(const struct merge *merge, struct pg *pg, struct row_counts *counts, struct err *err)
{
    char run_id[PG_NUMBER];
    const struct target *target = merge->target;
    pg_number(merge->run_id, run_id);
    *counts = (struct row_counts){0};
    if (!duplicate_key_refuse(target, merge->stage, pg, err))
        return false;
    if (!target->exists)
        return fill_new_table(merge, pg, run_id, counts, err);
    if (target->job->target.mode == JOB_APPEND)
        return insert_rows(merge, pg, run_id, WHOLE_STAGE, &counts->inserted, err);
    return merge_into_rows(merge, pg, run_id, counts, err);
}
