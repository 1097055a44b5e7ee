/* merge.h, the half that writes rows. */
#include "base/log.h"
#include "base/readable.h"
#include "load/fill.h"
#include "load/lost_rows.h"
#include "load/merge_inner.h"

#include <inttypes.h>

bool merge_is_filled(const struct merging *merging)
{
    return stage_file(merging->merge->stage) != NULL;
}

/* Runs a statement that is to write so many rows. */
static bool write_rows(const struct merging *merging, const struct statement *statement, const char *what,
                       uint64_t expected, struct err *err)
{
    const struct target *target = merging->merge->target;
    SCOPED(pg_result) PGresult *written = statement_run(statement, merging->pg, err);
    if (!written)
        return err_wrap(err, "cannot %s table %s.%s", what, target->schema, target->table);
    if (pg_rows_affected(written) == expected)
        return true;
    return merging->history ? history_explain_lost_rows(merging->history, target, merging->pg, err)
                            : target_explain_lost_rows(target, merging->pg, err);
}

static void put_difference(const struct merging *merging, struct statement *statement)
{
    statement_put(statement, merging->scope.difference);
    statement_put(statement, " d");
}

static void put_insert(const struct merging *merging, struct statement *statement)
{
    const struct target *target = merging->merge->target;
    statement_put(statement, "insert into ");
    target_put_name(target, &statement->sql);
    statement_put(statement,
                  target->windowed ? " (contract_number, window_start, window_end, " : " (contract_number, ");
    scope_put_columns(&merging->scope, "", statement);
    statement_put(statement, ", _row_key, _run_id, _synced_at) select ");
    /* By a column of the stage each node knows that its rows are its own. */
    if (target_is_distributed_by_contract(target))
        statement_put(statement, "s.contract_number");
    else
        statement_put_value(statement, merging->scope.contract, "text");
    if (target->windowed) {
        statement_put(statement, ", ");
        statement_put_value(statement, merging->scope.days->from, "date");
        statement_put(statement, ", ");
        statement_put_value(statement, merging->scope.days->to, "date");
    }
    statement_put(statement, ", ");
    scope_put_columns(&merging->scope, "s.", statement);
    statement_put(statement, ", s._row_key, ");
    statement_put_value(statement, merging->run_id, "bigint");
    statement_put(statement, ", now() from ");
    statement_put(statement, merging->scope.stage);
    statement_put(statement, " s");
}

bool merge_insert_all(const struct merging *merging, struct row_counts *counts, struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    put_insert(merging, &statement);
    counts->inserted = stage_rows(merging->merge->stage);
    return write_rows(merging, &statement, "insert into", counts->inserted, err);
}

bool merge_insert_new(const struct merging *merging, uint64_t rows, struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    put_insert(merging, &statement);
    /* Where all of them are new there is nothing to look up. */
    if (rows < stage_rows(merging->merge->stage)) {
        statement_put(&statement, " join ");
        put_difference(merging, &statement);
        statement_put(&statement, " on ");
        scope_put_same_key(&merging->scope, "s", "d", &statement);
        statement_put(&statement, " where d.change = '" DIFFERENCE_NEW "'");
    }
    return rows == 0 || write_rows(merging, &statement, "insert into", rows, err);
}

/* Of rows that are about to be updated. */
static bool keep_old_versions(const struct merging *merging, const struct difference *difference,
                              struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    if (!merging->history || difference->rows_changed == 0)
        return true;
    history_put_insert(merging->history, merging->run_id, "update", &statement);
    statement_put(&statement, " from ");
    put_difference(merging, &statement);
    statement_put(&statement, " join ");
    scope_put_table(&merging->scope, &statement);
    statement_put(&statement, " on ");
    difference_put_same_row(&merging->scope, difference, &statement);
    statement_put(&statement, " where d.change = '" DIFFERENCE_CHANGED "'");
    return write_rows(merging, &statement, "keep old versions of", difference->rows_changed, err);
}

bool merge_update_changed(const struct merging *merging, const struct difference *difference, struct err *err)
{
    uint64_t rows = difference->rows_changed;
    SCOPED(statement) struct statement statement = statement_make();
    if (!keep_old_versions(merging, difference, err))
        return false;
    statement_put(&statement, "update ");
    scope_put_table(&merging->scope, &statement);
    statement_put(&statement, " set (");
    scope_put_columns(&merging->scope, "", &statement);
    statement_put(&statement, ", _run_id, _synced_at) = row(");
    difference_put_values(&merging->scope, &statement);
    statement_put(&statement, ", ");
    statement_put_value(&statement, merging->run_id, "bigint");
    statement_put(&statement, ", now()) from ");
    put_difference(merging, &statement);
    statement_put(&statement, " where d.change = '" DIFFERENCE_CHANGED "' and ");
    difference_put_same_row(&merging->scope, difference, &statement);
    return rows == 0 || write_rows(merging, &statement, "update", rows, err);
}

/* Appends ` from TABLE t where …` or ` using …`: the rows that the comparison has found to have vanished. */
static void put_vanished(const struct merging *merging, const char *beside, struct statement *statement)
{
    scope_put_table(&merging->scope, statement);
    statement_put(statement, beside);
    put_difference(merging, statement);
    statement_put(statement, " where d.change = '" DIFFERENCE_VANISHED "' and ");
    scope_put(&merging->scope, statement);
    statement_put(statement, " and ");
    scope_put_same_key(&merging->scope, "t", "d", statement);
}

/* Those of the windows that the load's takes the place of. */
static void put_replaced(const struct merging *merging, const char *beside UNUSED, struct statement *statement)
{
    struct load_scope scope = merging->scope;
    scope.replaced = &merging->replaced;
    scope_put_table(&scope, statement);
    statement_put(statement, " where ");
    scope_put_replaced(&scope, statement);
}

/* With history the rows go to the other table first. */
static bool delete_rows(const struct merging *merging,
                        void (*put)(const struct merging *merging, const char *beside,
                                    struct statement *statement),
                        uint64_t rows, struct err *err)
{
    SCOPED(statement) struct statement keeping = statement_make();
    SCOPED(statement) struct statement deletion = statement_make();
    if (merging->history) {
        history_put_insert(merging->history, merging->run_id, "delete", &keeping);
        statement_put(&keeping, " from ");
        put(merging, " cross join ", &keeping);
    }
    statement_put(&deletion, "delete from ");
    put(merging, " using ", &deletion);
    return (!merging->history || write_rows(merging, &keeping, "keep old versions of", rows, err)) &&
           write_rows(merging, &deletion, "delete from", rows, err);
}

bool merge_delete_vanished(const struct merging *merging, uint64_t rows, struct err *err)
{
    return rows == 0 || delete_rows(merging, put_vanished, rows, err);
}

bool merge_delete_replaced(const struct merging *merging, struct row_counts *counts, struct err *err)
{
    const struct snapshot_decision *decision = &merging->decision;
    char window[WINDOW_TEXT];
    SCOPED(buf) struct buf names = buf_make(BUF_OWN_TEXT);
    if (decision->replaced.count == 0)
        return true;
    snapshots_put_names(&decision->replaced, &names);
    log_info("windows-replaced", "the window %s takes the place of %s: %" PRIu64 " row%s",
             window_format(&decision->loaded.window, window), buf_text(&names), decision->rows_replaced,
             readable_plural(decision->rows_replaced));
    counts->deleted += decision->rows_replaced;
    counts->vanished += decision->rows_replaced;
    return delete_rows(merging, put_replaced, decision->rows_replaced, err);
}

static bool fill_apart(const struct merging *merging, struct fill *fill, uint64_t *rows, struct err *err)
{
    const struct merge *merge = merging->merge;
    fill->apart = merging->apart;
    return fill_run(fill, merging->pg, rows, err) &&
           partition_attach_apart(merge->target, *merge->apart, merging->apart, merging->pg, err);
}

bool merge_fill(const struct merging *merging, struct row_counts *counts, struct err *err)
{
    uint64_t rows;
    const struct merge *merge = merging->merge;
    struct fill fill = {.scope = &merging->scope, .stage = merge->stage, .run_id = merge->run_id};
    counts->inserted = stage_rows(merge->stage);
    if (!(merge->apart ? fill_apart(merging, &fill, &rows, err) : fill_run(&fill, merging->pg, &rows, err)))
        return false;
    if (rows != counts->inserted)
        return target_explain_lost_rows(merge->target, merging->pg, err);
    return fill_check_table(merge->target, merging->pg, err);
}

/* An index is made faster of rows that are all there than row by row. */
bool merge_fill_new_table(const struct merging *merging, struct row_counts *counts, struct err *err)
{
    const struct target *target = merging->merge->target;
    SCOPED(buf) struct buf index = buf_make(BUF_OWN_TEXT);
    target_put_index(target, &index);
    return (merge_is_filled(merging) ? merge_fill(merging, counts, err)
                                     : merge_insert_all(merging, counts, err)) &&
           (pg_exec(merging->pg, buf_text(&index), err) ||
            err_wrap(err, "cannot index table %s.%s", target->schema, target->table));
}
