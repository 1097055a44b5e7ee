/* merge.h, the part that decides and proves. */
#include "base/text.h"
#include "load/duplicate_key.h"
#include "load/lost_rows.h"
#include "load/max_change.h"
#include "load/merge_inner.h"
#include "load/misplaced_rows.h"
#include "load/proof_check.h"
#include "load/same_rows.h"
#include "load/vanished.h"
#include "load/written.h"

#include <inttypes.h>

/* Of the rows that the scope had before the load, counts those whose days can be compared. */
static bool count_comparable(const struct merging *merging, uint64_t rows_before, uint64_t *comparable,
                             struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    *comparable = rows_before;
    if (!merging->comparable.by_day)
        return true;
    statement_put(&statement, "select count(*) as rows from ");
    scope_put_table(&merging->scope, &statement);
    statement_put(&statement, " where ");
    scope_put(&merging->scope, &statement);
    comparable_put_rows(&merging->comparable, merging->merge->target, false, &statement);
    SCOPED(pg_result) PGresult *others = statement_run(&statement, merging->pg, err);
    if (!others)
        return err_wrap(err, "cannot evaluate checks.max_vanished");
    *comparable -= pg_count(others, 0, "rows");
    return true;
}

/* Called before anything is written. Rows that are kept do not vanish from the table. */
static bool check_vanished(const struct merging *merging, const struct difference *difference,
                           const struct row_counts *counts, struct err *err)
{
    const struct target *target = merging->merge->target;
    const struct snapshots *replaced = &merging->decision.replaced;
    uint64_t rows_replaced = merging->decision.rows_replaced;
    bool deletes = target->job->target.vanished == JOB_VANISHED_DELETE;
    SCOPED(buf) struct buf names = buf_make(BUF_OWN_TEXT);
    if (!deletes && rows_replaced == 0)
        return true;
    snapshots_put_names(replaced, &names);
    uint64_t rows_before = counts->unchanged + counts->updated + counts->vanished;
    uint64_t comparable_before;
    if (!count_comparable(merging, rows_before, &comparable_before, err))
        return false;
    const struct vanished vanished = {
        .schema = target->schema,
        .table = target->table,
        .replaced = replaced->count > 0 ? buf_text(&names) : NULL,
        .rows_before = rows_replaced + (deletes ? rows_before : 0),
        .rows_vanished = rows_replaced + (deletes ? counts->vanished : 0),
        .rows_new = counts->inserted,
        .rows_received = stage_rows(merging->merge->stage),
        .comparable_before = rows_replaced + (deletes ? comparable_before : 0),
        .comparable_vanished = rows_replaced + (deletes ? difference->comparable_vanished : 0),
        .comparable_new = difference->comparable_new,
        .max_percent = target->job->checks.max_vanished_percent,
        .accept = merging->merge->accept,
        .accepted = merging->merge->accepted,
    };
    return vanished_check(&vanished, err);
}

/* Derives the counts from the comparison, whose new and changed rows cannot be more than the stage has. */
static bool derive_counts(const struct merging *merging, const struct difference *difference,
                          struct row_counts *counts, struct err *err)
{
    uint64_t staged = stage_rows(merging->merge->stage);
    uint64_t differ = difference->rows_new + difference->rows_changed;
    if (differ > staged) {
        err_set(err, ERR_BUG, "%" PRIu64 " rows differ, of %" PRIu64 " that are staged", differ, staged);
        misplaced_rows_explain_twice(&merging->scope, merging->pg, err);
        return false;
    }
    *counts = (struct row_counts){
        .inserted = difference->rows_new,
        .updated = difference->rows_changed,
        .unchanged = staged - differ,
        .vanished = difference->rows_vanished,
    };
    return true;
}

/* To be called after ERR_DATA, which may be due to a change by another session: if there was such a change,
 * the error becomes ERR_LATER. */
static bool check_again(const struct merging *merging, struct err *err)
{
    bool changed;
    struct err look = {0};
    bool looked = difference_has_changed(&merging->scope, merging->pg, &changed, &look);
    if (!looked)
        *err = look;
    else if (changed)
        return target_refuse_concurrent_change(merging->merge->target, err);
    return false;
}

static bool write_difference(const struct merging *merging, const struct difference *difference,
                             struct row_counts *counts, struct err *err)
{
    bool written =
        merge_delete_vanished(merging, counts->deleted, err) &&
        merge_update_changed(merging, difference, err) && difference_choose_plan(1, 0, merging->pg, err) &&
        merge_delete_replaced(merging, counts, err) && merge_insert_new(merging, counts->inserted, err);
    /* Another session may have inserted a row that the comparison found to be new. */
    bool is_duplicate = text_equal(err->sqlstate, "23505");
    if (is_duplicate)
        (void)check_again(merging, err);
    return written || (is_duplicate && err->kind == ERR_DATA &&
                       misplaced_rows_explain(&merging->scope, merging->pg, err));
}

static bool find_difference(const struct merging *merging, struct difference *difference, struct err *err)
{
    bool are_same;
    struct pg *pg = merging->pg;
    const struct figures *received = proof_figures(stage_proof(merging->merge->stage));
    return difference_choose_plan(1, 0, pg, err) &&
           same_rows_find(&merging->scope, received, merging->run_id, pg, &are_same, err) &&
           difference_find(&merging->scope, &merging->comparable, &merging->restatement, are_same, pg,
                           difference, err);
}

static bool merge_into_rows(struct merging *merging, struct row_counts *counts, struct err *err)
{
    struct pg *pg = merging->pg;
    struct difference difference;
    bool deletes = merging->merge->target->job->target.vanished == JOB_VANISHED_DELETE;
    if (!find_difference(merging, &difference, err) ||
        !misplaced_rows_refuse_keyless(&merging->scope, difference.rows_without_key, err) ||
        !misplaced_rows_refuse_dateless(&merging->scope, pg, err) ||
        !derive_counts(merging, &difference, counts, err) ||
        !check_vanished(merging, &difference, counts, err))
        return false;
    uint64_t scope_rows = counts->unchanged + counts->updated + counts->vanished;
    uint64_t looked_up = counts->updated + (deletes ? counts->vanished : 0);
    counts->deleted = deletes ? counts->vanished : 0;
    merging->rows_restated = difference.rows_restated;
    return difference_choose_plan(looked_up, scope_rows, pg, err) &&
           (!difference_wants_index(looked_up, scope_rows) ||
            difference_make_index(&merging->scope, pg, err)) &&
           write_difference(merging, &difference, counts, err);
}

/* Whether the rows are compared with those that the table has. */
static bool is_compared(const struct target *target)
{
    return target->exists && target->job->target.mode == JOB_UPSERT;
}

static bool write_all(struct merging *merging, struct row_counts *counts, struct err *err)
{
    const struct target *target = merging->merge->target;
    if (!target->exists)
        return merge_fill_new_table(merging, counts, err);
    if (merge_is_filled(merging))
        return merge_fill(merging, counts, err);
    return is_compared(target) ? merge_into_rows(merging, counts, err)
                               : merge_insert_all(merging, counts, err);
}

/* Appends the figures for later runs, which include rows that are kept although the answer lacks them. */
static bool put_figures(const struct merging *merging, const struct load_scope *scope, bool keeps,
                        struct err *err)
{
    const struct merge *merge = merging->merge;
    const struct proof_claim all = {.scope = scope, .rows = PROOF_SCOPE};
    if (keeps)
        return proof_read_table(&all, merging->pg, merge->figures, err);
    figures_put_lines(proof_figures(stage_proof(merge->stage)), merge->target, merge->figures);
    return true;
}

/* Explains a failed proof: another session, a trigger, or rows of one key may have caused it. Always returns
 * false. */
static bool explain_failed_proof(const struct merging *merging, struct err *err)
{
    const struct target *target = merging->merge->target;
    bool looks = err->kind == ERR_DATA && is_compared(target) && !merge_is_filled(merging);
    if (looks && misplaced_rows_explain_twice(&merging->scope, merging->pg, err))
        return false;
    return (looks && check_again(merging, err)) ||
           (err->kind == ERR_DATA && target_explain_triggers(target, merging->pg, err));
}

/* Runs deferred triggers and constraints of the owner now, before the proof, instead of at the COMMIT. */
static bool check_deferred_constraints(struct pg *pg, struct err *err)
{
    return pg_exec(pg, "set constraints all immediate", err) ||
           err_wrap(err, "a deferred constraint or trigger fails");
}

/* Whether figures have changed that were loaded before. */
static bool restates(const struct merging *merging)
{
    return merging->restatement.is_possible && (merge_is_filled(merging) || merging->rows_restated > 0);
}

/* Proves the load. The scope includes the replaced windows, of which no row may be left. */
static bool prove(struct merging *merging, const struct row_counts *counts, struct err *err)
{
    const struct job_target *how = &merging->merge->target->job->target;
    const struct snapshot_decision *decision = &merging->decision;
    struct load_scope scope = merging->scope;
    uint64_t rows_kept = counts->vanished - counts->deleted;
    bool keeps = how->mode == JOB_UPSERT && rows_kept > 0;
    merging->has_days = restates(merging) && !keeps && restatement_takes_days(&merging->scope);
    struct proof_claim claim = {
        .scope = &scope,
        .rows = how->mode == JOB_APPEND ? PROOF_RUN
                : keeps                 ? PROOF_STAGED
                                        : PROOF_SCOPE,
        .run_id = merging->run_id,
        .rows_not_staged = keeps ? rows_kept : 0,
        .is_whole_table = !merging->merge->target->exists,
        .by_day = merging->has_days,
    };
    if (decision->replaced.count > 0)
        scope.replaced = &merging->replaced;
    if (!check_deferred_constraints(merging->pg, err))
        return false;
    if (!proof_check(stage_proof(merging->merge->stage), &claim, merging->pg, err) ||
        (scope.stage && !written_check(&scope, merging->run_id, merging->pg, err)))
        return explain_failed_proof(merging, err);
    return put_figures(merging, &merging->scope, keeps, err);
}

static const char *array_of(const struct snapshots *windows, bool of_ends, struct arena *arena)
{
    char day[DATE_TEXT];
    SCOPED(buf) struct buf array = buf_make(BUF_OWN_TEXT);
    for (size_t i = 0; i < windows->count; i++) {
        const struct window *window = &windows->items[i].window;
        buf_print(&array, "%s%s", i ? "," : "{", date_format(of_ends ? window->to : window->from, day));
    }
    buf_put(&array, "}");
    return arena_copy_text(arena, buf_text(&array));
}

static struct snapshot_load snapshot_load_of(const struct merge *merge)
{
    static const struct windows none;
    return (struct snapshot_load){
        .target = merge->target,
        .contract = merge->contract,
        .chunk = {.window = merge->window,
                  .moving = merge->moving ? merge->moving : &none,
                  .today = merge->today},
    };
}

static bool decide(struct merging *merging, struct err *err)
{
    struct snapshot_decision *decision = &merging->decision;
    struct snapshot_load load = snapshot_load_of(merging->merge);
    if (!snapshots_decide(&load, merging->pg, merging->arena, decision, err))
        return false;
    if (decision->replaced.count > 0)
        merging->replaced = (struct scope_windows){array_of(&decision->replaced, false, merging->arena),
                                                   array_of(&decision->replaced, true, merging->arena)};
    return true;
}

static struct comparable_load comparable_load_of(const struct merging *merging)
{
    return (struct comparable_load){&merging->scope, merging->merge->window, merging->merge->today};
}

/* Writes the rows, with the sums of checks.max_change read before and after. */
static bool write_checked(struct merging *merging, struct row_counts *counts, struct err *err)
{
    struct max_change_sums before;
    struct comparable_load load = comparable_load_of(merging);
    const struct max_change_request request = {&merging->scope, &merging->comparable, merging->merge->accept,
                                               merging->merge->accepted};
    if (!is_compared(merging->merge->target))
        return write_all(merging, counts, err);
    return comparable_find(&load, merging->pg, merging->arena, &merging->comparable, err) &&
           restatement_find(&merging->scope, merging->pg, merging->arena, &merging->restatement, err) &&
           max_change_measure(&request, merging->pg, merging->arena, &before, err) &&
           write_all(merging, counts, err) && max_change_check(&request, &before, merging->pg, err);
}

/* Records changes of figures that were loaded before, and that old versions of changed rows are missing. */
static bool record_changes(const struct merging *merging, const struct row_counts *counts, struct err *err)
{
    const struct target *target = merging->merge->target;
    const struct restatement_record record = {
        .restatement = &merging->restatement,
        .scope = &merging->scope,
        .run_id = merging->run_id,
        .is_filled = merge_is_filled(merging),
        .has_days = merging->has_days,
    };
    bool loses = is_compared(target) && !merging->history && counts->updated + counts->deleted > 0;
    return (!restates(merging) || restatement_write(&record, merging->pg, err)) &&
           (!loses || history_interrupt(target, merging->pg, err));
}

static bool remember(const struct merging *merging, struct err *err)
{
    struct snapshot_load windows = snapshot_load_of(merging->merge);
    struct comparable_load days = comparable_load_of(merging);
    return snapshots_remember(&windows, &merging->decision, merging->pg, err) &&
           comparable_remember(&days, merging->pg, err);
}

/* To be called before anything is compared: adding a partition deletes the record that earlier loads have
 * covered its days. */
static bool make_partitions(struct merging *merging, struct err *err)
{
    const struct merge *merge = merging->merge;
    if (merge->missing && !partitions_add(merge->target, merge->missing, merging->pg, err))
        return false;
    if (!merge->standalone)
        return true;
    partition_standalone_name(merging->pg, merging->standalone);
    return partition_make_standalone(merge->target, *merge->standalone, merging->standalone, merging->pg,
                                     err);
}

bool merge_run(const struct merge *merge, struct pg *pg, struct row_counts *counts, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct window_days days;
    struct merging merging = {
        .merge = merge,
        .scope = {.target = merge->target,
                  .contract = merge->contract,
                  .days = &days,
                  .stage = stage_file(merge->stage) ? NULL : stage_name(merge->stage),
                  .difference = stage_difference_name(merge->stage)},
        .pg = pg,
        .arena = arena,
    };
    window_put_days(merge->window, &days);
    pg_number(merge->run_id, merging.run_id);
    *counts = (struct row_counts){0};
    return stage_check_nodes(merge->stage, err) &&
           history_prepare(merge->target, pg, arena, &merging.history, err) && decide(&merging, err) &&
           (merge_is_filled(&merging) || duplicate_key_refuse(merge->target, merge->stage, pg, err)) &&
           proof_refuse_totals_line(stage_proof(merge->stage), err) && make_partitions(&merging, err) &&
           write_checked(&merging, counts, err) && prove(&merging, counts, err) &&
           record_changes(&merging, counts, err) && remember(&merging, err) &&
           (merge_is_filled(&merging) || difference_drop(&merging.scope, pg, err));
}
