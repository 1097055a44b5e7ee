#include "load/merge.h"

#include "base/log.h"
#include "base/text.h"
#include "load/stage.h"

#include <inttypes.h>
#include <stdio.h>

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

/*
 * Which rows are the same row. The leading date is named beside the key, so that the index serves the join
 * and only the days at hand are read; equality does not find a null date, which the second half does.
 */
static void put_same_row(struct buf *sql, const struct target *target)
{
    buf_put(sql, "t._row_key = s._row_key");
    if (target->lead == target->count)
        return;
    const char *lead = target->columns[target->lead].name;
    buf_put(sql, " and (t.");
    pg_put_identifier(sql, lead);
    buf_put(sql, " between (select min(");
    pg_put_identifier(sql, lead);
    buf_put(sql, ") from pg_temp." STAGE_TABLE ") and (select max(");
    pg_put_identifier(sql, lead);
    buf_put(sql, ") from pg_temp." STAGE_TABLE ") or t.");
    pg_put_identifier(sql, lead);
    buf_put(sql, " is null)");
}

static bool explain_duplicate(const struct target *target, struct pg *pg, const char *row_key,
                              const char *count, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf example = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "select ");
    for (size_t i = 0; i < target->key_count; i++) {
        buf_put(&sql, i ? ", " : "");
        pg_put_identifier(&sql, target->columns[target->key[i]].name);
    }
    buf_put(&sql, target->key_count ? "" : "1");
    buf_put(&sql, " from pg_temp." STAGE_TABLE " where _row_key = $1::uuid limit 1");
    SCOPED(pg_result) PGresult *row = pg_query(pg, buf_text(&sql), PG_PARAMS(row_key), err);
    if (!row)
        return false;
    for (size_t i = 0; i < target->key_count; i++) {
        char shown[60];
        const char *text = PQgetisnull(row, 0, (int)i) ? "null" : pg_text(row, 0, (int)i);
        size_t length = (size_t)snprintf(NULL, 0, "%s", text);
        buf_print(&example, "%s%s = %s", i ? ", " : "", target->columns[target->key[i]].api_name,
                  text_excerpt(text, length, shown, sizeof shown));
    }
    if (target->key_count == 0)
        return err_set(err, ERR_DATA, "a query without fields is one row, the result has %s", count);
    err_set(err, ERR_DATA, "the key (%s) comes %s times in the result", buf_text(&example), count);
    return err_hint(err, "a field that tells these rows apart is missing from target.key");
}

/* Counting is cheap; which key it is is looked for only when the count says that there is one. */
static bool refuse_duplicates(const struct merge *merge, struct pg *pg, struct err *err)
{
    SCOPED(pg_result)
    PGresult *keys =
        pg_query(pg, "select count(distinct _row_key) from pg_temp." STAGE_TABLE, PG_NO_PARAMS, err);
    if (!keys)
        return false;
    if ((uint64_t)pg_int(keys, 0, 0) == merge->rows)
        return true;
    SCOPED(pg_result)
    PGresult *twice = pg_query(pg,
                               "select _row_key, count(*) from pg_temp." STAGE_TABLE
                               " group by _row_key having count(*) > 1 limit 1",
                               PG_NO_PARAMS, err);
    if (!twice)
        return false;
    if (PQntuples(twice) == 0)
        return err_set(err, ERR_BUG, "the stage holds other rows than the %" PRIu64 " that were received",
                       merge->rows);
    return explain_duplicate(merge->target, pg, pg_text(twice, 0, 0), pg_text(twice, 0, 1), err);
}

static bool update_changed(const struct merge *merge, struct pg *pg, const char *run_id, uint64_t *updated,
                           struct err *err)
{
    const struct target *target = merge->target;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "update ");
    target_put_name(target, &sql);
    buf_put(&sql, " t set (");
    *updated = 0;
    if (put_columns(&sql, target, "", OTHER_THAN_KEY) == 0)
        return true;
    buf_put(&sql, ", _run_id, _synced_at) = row(");
    put_columns(&sql, target, "s.", OTHER_THAN_KEY);
    buf_put(&sql, ", $1::bigint, now()) from pg_temp." STAGE_TABLE " s where ");
    put_same_row(&sql, target);
    buf_put(&sql, " and (");
    put_columns(&sql, target, "t.", OTHER_THAN_KEY);
    buf_put(&sql, ") is distinct from (");
    put_columns(&sql, target, "s.", OTHER_THAN_KEY);
    buf_put(&sql, ")");
    SCOPED(pg_result) PGresult *result = pg_query(pg, buf_text(&sql), PG_PARAMS(run_id), err);
    if (!result)
        return err_wrap(err, "cannot update table %s.%s", target->schema, target->table);
    *updated = pg_rows_affected(result);
    return true;
}

static bool insert_new(const struct merge *merge, struct pg *pg, const char *run_id, uint64_t *inserted,
                       struct err *err)
{
    const struct target *target = merge->target;
    struct window_days days;
    plan_window_days(merge->window, &days);
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "insert into ");
    target_put_name(target, &sql);
    buf_print(&sql, " (contract_number, %s", target->windowed ? "window_start, window_end, " : "");
    put_columns(&sql, target, "", ALL_COLUMNS);
    buf_print(&sql, ", _row_key, _run_id, _synced_at) select $2, %s",
              target->windowed ? "$3::date, $4::date, " : "");
    put_columns(&sql, target, "s.", ALL_COLUMNS);
    buf_put(&sql, ", s._row_key, $1::bigint, now() from pg_temp." STAGE_TABLE " s");
    if (target->job->target.mode != JOB_APPEND) {
        buf_put(&sql, " where not exists (select from ");
        target_put_name(target, &sql);
        buf_put(&sql, " t where ");
        put_same_row(&sql, target);
        buf_put(&sql, ")");
    }
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
    if (merge->rows == 0 && !target->job->target.allow_empty) {
        log_warn("empty-result", "the result is empty: nothing is deleted (target.allow_empty)");
        return true;
    }
    plan_window_days(merge->window, &days);
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

bool merge_run(const struct merge *merge, struct pg *pg, struct merge_counts *counts, struct err *err)
{
    char run_id[24];
    enum job_mode mode = merge->target->job->target.mode;
    snprintf(run_id, sizeof run_id, "%" PRId64, merge->run_id);
    *counts = (struct merge_counts){0};
    if (!pg_exec(pg, "analyze pg_temp." STAGE_TABLE, err) || !refuse_duplicates(merge, pg, err))
        return false;
    if (mode != JOB_APPEND && !update_changed(merge, pg, run_id, &counts->updated, err))
        return false;
    if (!insert_new(merge, pg, run_id, &counts->inserted, err))
        return false;
    if (mode == JOB_REPLACE && !delete_gone(merge, pg, &counts->deleted, err))
        return false;
    counts->unchanged = merge->rows - counts->inserted - counts->updated;
    return true;
}
