/* merge.h, the part that writes rows. */
#include "base/log.h"
#include "base/readable.h"
#include "load/fill.h"
#include "load/lost_rows.h"
#include "load/merge_inner.h"
#include "load/merge_text.h"
#include "load/misplaced_rows.h"

#include <inttypes.h>

bool merge_is_filled(const struct merging *merging)
{
    return stage_file(merging->merge->stage) != NULL;
}

/* Runs a statement that has to write exactly `expected` rows. */
static bool write_rows(const struct merging *merging, const struct statement *statement, const char *what,
                       uint64_t expected, struct err *err)
{
    const struct target *target = merging->merge->target;
    SCOPED(pg_result) PGresult *written = statement_run(statement, merging->pg, err);
    if (!written)
        return err_wrap(err, "cannot %s table %s.%s", what, target->schema, target->table);
    if (pg_rows_affected(written) == expected)
        return true;
    bool explained = merging->history ? history_explain_lost_rows(merging->history, target, merging->pg, err)
                                      : target_explain_lost_rows(target, merging->pg, err);
    if (!explained && err->kind == ERR_LATER && target->job->target.mode == JOB_UPSERT)
        misplaced_rows_explain_twice(&merging->scope, merging->pg, err);
    return false;
}

static struct merge_text text_of(const struct merging *merging)
{
    return (struct merge_text){&merging->scope, &merging->replaced, merging->history, merging->run_id};
}

static bool insert_rows(const struct merging *merging, bool only_new, uint64_t rows, struct err *err)
{
    const struct merge_text text = text_of(merging);
    SCOPED(statement) struct statement statement = statement_make();
    merge_text_put_insert(&text, only_new, &statement);
    return write_rows(merging, &statement, "insert into", rows, err);
}

bool merge_insert_all(const struct merging *merging, struct row_counts *counts, struct err *err)
{
    counts->inserted = stage_rows(merging->merge->stage);
    return insert_rows(merging, false, counts->inserted, err);
}

bool merge_insert_new(const struct merging *merging, uint64_t rows, struct err *err)
{
    /* If all rows of the stage are new, the statement need not join the comparison. */
    bool only_new = rows < stage_rows(merging->merge->stage);
    return rows == 0 || insert_rows(merging, only_new, rows, err);
}

bool merge_update_changed(const struct merging *merging, const struct difference *difference, struct err *err)
{
    uint64_t rows = difference->rows_changed;
    const struct merge_text text = text_of(merging);
    SCOPED(statement) struct statement keeping = statement_make();
    SCOPED(statement) struct statement update = statement_make();
    if (rows == 0)
        return true;
    if (text.history)
        merge_text_put_keep_changed(&text, difference, &keeping);
    merge_text_put_update(&text, difference, &update);
    return (!text.history || write_rows(merging, &keeping, "keep old versions of", rows, err)) &&
           write_rows(merging, &update, "update", rows, err);
}

bool merge_delete_vanished(const struct merging *merging, uint64_t rows, struct err *err)
{
    const struct merge_text text = text_of(merging);
    SCOPED(statement) struct statement keeping = statement_make();
    SCOPED(statement) struct statement deletion = statement_make();
    if (rows == 0)
        return true;
    if (text.history)
        merge_text_put_keep_vanished(&text, &keeping);
    merge_text_put_delete_vanished(&text, &deletion);
    return (!text.history || write_rows(merging, &keeping, "keep old versions of", rows, err)) &&
           write_rows(merging, &deletion, "delete from", rows, err);
}

static void log_replaced(const struct snapshot_decision *decision)
{
    char window[WINDOW_TEXT];
    SCOPED(buf) struct buf names = buf_make(BUF_OWN_TEXT);
    snapshots_put_names(&decision->replaced, &names);
    log_info("windows-replaced", "the window %s takes the place of %s: %" PRIu64 " row%s",
             window_format(&decision->loaded.window, window), buf_text(&names), decision->rows_replaced,
             readable_plural(decision->rows_replaced));
}

bool merge_delete_replaced(const struct merging *merging, struct row_counts *counts, struct err *err)
{
    const struct merge_text text = text_of(merging);
    uint64_t rows = merging->decision.rows_replaced;
    SCOPED(statement) struct statement keeping = statement_make();
    SCOPED(statement) struct statement deletion = statement_make();
    if (merging->decision.replaced.count == 0)
        return true;
    log_replaced(&merging->decision);
    if (text.history)
        merge_text_put_keep_replaced(&text, &keeping);
    merge_text_put_delete_replaced(&text, &deletion);
    counts->deleted += rows;
    counts->vanished += rows;
    return (!text.history || write_rows(merging, &keeping, "keep old versions of", rows, err)) &&
           write_rows(merging, &deletion, "delete from", rows, err);
}

static bool fill_standalone(const struct merging *merging, struct fill *fill, uint64_t *rows, struct err *err)
{
    const struct merge *merge = merging->merge;
    fill->standalone = merging->standalone;
    return fill_run(fill, merging->pg, rows, err) &&
           partition_attach_standalone(merge->target, *merge->standalone, merging->standalone, merging->pg,
                                       err);
}

bool merge_fill(const struct merging *merging, struct row_counts *counts, struct err *err)
{
    uint64_t rows;
    const struct merge *merge = merging->merge;
    struct fill fill = {.scope = &merging->scope, .stage = merge->stage, .run_id = merge->run_id};
    counts->inserted = stage_rows(merge->stage);
    if (!(merge->standalone ? fill_standalone(merging, &fill, &rows, err)
                            : fill_run(&fill, merging->pg, &rows, err)))
        return false;
    if (rows != counts->inserted)
        return target_explain_lost_rows(merge->target, merging->pg, err);
    return fill_check_table(merge->target, merging->pg, err);
}

/* Creating the index after all rows are written is faster than updating it with each row. */
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
