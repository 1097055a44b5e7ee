#include "load/merge.h"

#include "load/difference.h"
#include "load/duplicate_key.h"
#include "load/lost_rows.h"
#include "load/proof.h"
#include "load/vanished.h"

#include <inttypes.h>

/* One merge under way. */
struct merging {
    const struct merge *merge;
    struct load_scope scope;
    struct pg *pg;
    char run_id[PG_NUMBER];
};

/* Runs a statement that is to write so many rows. */
static bool write_rows(const struct merging *merging, const struct statement *statement, const char *what,
                       uint64_t expected, struct err *err)
{
    const struct target *target = merging->merge->target;
    SCOPED(pg_result) PGresult *written = statement_run(statement, merging->pg, err);
    if (!written)
        return err_wrap(err, "cannot %s table %s.%s", what, target->schema, target->table);
    return pg_rows_affected(written) == expected || target_explain_lost_rows(target, merging->pg, err);
}

static void put_insert(const struct merging *merging, struct statement *statement)
{
    const struct target *target = merging->merge->target;
    statement_put(statement, "insert into ");
    target_put_name(target, &statement->sql);
    statement_put(statement,
                  target->windowed ? " (contract_number, window_start, window_end, " : " (contract_number, ");
    scope_put_columns(&merging->scope, "", SCOPE_ALL_COLUMNS, statement);
    statement_put(statement, ", _row_key, _run_id, _synced_at) select ");
    statement_put_value(statement, merging->scope.contract, "text");
    if (target->windowed) {
        statement_put(statement, ", ");
        statement_put_value(statement, merging->scope.days->from, "date");
        statement_put(statement, ", ");
        statement_put_value(statement, merging->scope.days->to, "date");
    }
    statement_put(statement, ", ");
    scope_put_columns(&merging->scope, "s.", SCOPE_ALL_COLUMNS, statement);
    statement_put(statement, ", s._row_key, ");
    statement_put_value(statement, merging->run_id, "bigint");
    statement_put(statement, ", now() from ");
    statement_put(statement, merging->scope.stage);
    statement_put(statement, " s");
}

static bool insert_all(const struct merging *merging, struct row_counts *counts, struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    put_insert(merging, &statement);
    counts->inserted = stage_rows(merging->merge->stage);
    return write_rows(merging, &statement, "insert into", counts->inserted, err);
}

static bool insert_new(const struct merging *merging, uint64_t rows, struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    put_insert(merging, &statement);
    /* Where all of them are new there is nothing to look up. */
    if (rows < stage_rows(merging->merge->stage))
        statement_put(&statement, " join pg_temp." DIFFERENCE_TABLE
                                  " d on s._row_key = d._row_key where d.change = '" DIFFERENCE_NEW "'");
    return rows == 0 || write_rows(merging, &statement, "insert into", rows, err);
}

static bool update_changed(const struct merging *merging, uint64_t rows, struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    statement_put(&statement, "update ");
    scope_put_table(&merging->scope, &statement);
    statement_put(&statement, " set (");
    scope_put_columns(&merging->scope, "", SCOPE_OTHER_THAN_KEY, &statement);
    statement_put(&statement, ", _run_id, _synced_at) = row(");
    scope_put_columns(&merging->scope, "s.", SCOPE_OTHER_THAN_KEY, &statement);
    statement_put(&statement, ", ");
    statement_put_value(&statement, merging->run_id, "bigint");
    statement_put(&statement, ", now()) from pg_temp." DIFFERENCE_TABLE " d join ");
    statement_put(&statement, merging->scope.stage);
    statement_put(&statement, " s on s._row_key = d._row_key where d.change = '" DIFFERENCE_CHANGED "' and ");
    difference_put_same_row(&merging->scope, merging->merge->stage, &statement);
    return rows == 0 || write_rows(merging, &statement, "update", rows, err);
}

static bool delete_vanished(const struct merging *merging, uint64_t rows, struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    statement_put(&statement, "delete from ");
    scope_put_table(&merging->scope, &statement);
    statement_put(&statement,
                  " using pg_temp." DIFFERENCE_TABLE " d where d.change = '" DIFFERENCE_VANISHED "' and ");
    scope_put(&merging->scope, &statement);
    statement_put(&statement, " and t._row_key = d._row_key");
    return rows == 0 || write_rows(merging, &statement, "delete from", rows, err);
}

static bool check_vanished(const struct merging *merging, const struct row_counts *counts, struct err *err)
{
    const struct target *target = merging->merge->target;
    const struct vanished vanished = {
        .schema = target->schema,
        .table = target->table,
        .rows_before = counts->unchanged + counts->updated + counts->vanished,
        .rows_vanished = counts->vanished,
        .rows_new = counts->inserted,
        .max_percent = target->job->checks.max_vanished_percent,
        .accept = merging->merge->accept,
    };
    return vanished_check(&vanished, err);
}

/* Whether the comparison accounts for every row of the stage. */
static bool count_up(const struct merging *merging, const struct difference *difference,
                     struct row_counts *counts, struct err *err)
{
    uint64_t staged = stage_rows(merging->merge->stage);
    uint64_t differ = difference->rows_new + difference->rows_changed;
    if (differ > staged)
        return err_set(err, ERR_BUG, "%" PRIu64 " rows differ, of %" PRIu64 " that are staged", differ,
                       staged);
    *counts = (struct row_counts){
        .inserted = difference->rows_new,
        .updated = difference->rows_changed,
        .unchanged = staged - differ,
        .vanished = difference->rows_vanished,
    };
    return true;
}

static bool merge_into_rows(const struct merging *merging, struct row_counts *counts, struct err *err)
{
    struct pg *pg = merging->pg;
    struct difference difference;
    bool deletes = merging->merge->target->job->target.vanished == JOB_VANISHED_DELETE;
    if (!difference_choose_plan(1, 0, pg, err) || !difference_find(&merging->scope, pg, &difference, err) ||
        !count_up(merging, &difference, counts, err) || (deletes && !check_vanished(merging, counts, err)))
        return false;
    uint64_t scope_rows = counts->unchanged + counts->updated + counts->vanished;
    uint64_t looked_up = counts->updated + (deletes ? counts->vanished : 0);
    counts->deleted = deletes ? counts->vanished : 0;
    return difference_choose_plan(looked_up, scope_rows, pg, err) &&
           delete_vanished(merging, counts->deleted, err) && update_changed(merging, counts->updated, err) &&
           difference_choose_plan(1, 0, pg, err) && insert_new(merging, counts->inserted, err);
}

/* An index is made faster of rows that are all there than row by row. */
static bool fill_new_table(const struct merging *merging, struct row_counts *counts, struct err *err)
{
    const struct target *target = merging->merge->target;
    SCOPED(buf) struct buf index = buf_make(BUF_OWN_TEXT);
    target_put_index(target, &index);
    return insert_all(merging, counts, err) &&
           (pg_exec(merging->pg, buf_text(&index), err) ||
            err_wrap(err, "cannot index table %s.%s", target->schema, target->table));
}

static bool write_all(const struct merging *merging, struct row_counts *counts, struct err *err)
{
    const struct target *target = merging->merge->target;
    if (!target->exists)
        return fill_new_table(merging, counts, err);
    if (target->job->target.mode == JOB_APPEND)
        return insert_all(merging, counts, err);
    return merge_into_rows(merging, counts, err);
}

static bool prove(const struct merging *merging, const struct row_counts *counts, struct err *err)
{
    const struct job_target *how = &merging->merge->target->job->target;
    bool keeps = how->mode == JOB_UPSERT && how->vanished == JOB_VANISHED_KEEP && counts->vanished > 0;
    struct proof_claim claim = {
        .scope = &merging->scope,
        .rows = how->mode == JOB_APPEND ? PROOF_RUN
                : keeps                 ? PROOF_STAGED
                                        : PROOF_SCOPE,
        .run_id = merging->run_id,
        .beside = keeps ? counts->vanished : 0,
    };
    return proof_check(stage_proof(merging->merge->stage), &claim, merging->pg, err);
}

bool merge_run(const struct merge *merge, struct pg *pg, struct row_counts *counts, struct err *err)
{
    struct window_days days;
    struct merging merging = {
        .merge = merge,
        .scope = {.target = merge->target,
                  .contract = merge->contract,
                  .days = &days,
                  .stage = stage_name(merge->stage)},
        .pg = pg,
    };
    window_put_days(merge->window, &days);
    pg_number(merge->run_id, merging.run_id);
    *counts = (struct row_counts){0};
    return duplicate_key_refuse(merge->target, merge->stage, pg, err) &&
           proof_refuse_totals_line(stage_proof(merge->stage), err) && write_all(&merging, counts, err) &&
           prove(&merging, counts, err);
}
