#include "run/load_chunk.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/readable.h"
#include "base/text.h"
#include "load/checks.h"
#include "load/fill.h"
#include "load/grain.h"
#include "load/merge.h"
#include "load/partitions.h"
#include "state/lock.h"

#include <inttypes.h>

/* How often a load that collided with another transaction is tried. */
#define MAX_ATTEMPTS 3

/* From this many rows on, the log says at level info that loading has begun, because it takes long. */
#define MANY_ROWS 200000

static struct pg *pg_of(const struct chunk_load *load)
{
    return load->context->session->pg;
}

/* What the run row records of a load beside its counts. */
struct load_notes {
    struct buf accepted; /* failed checks that were accepted, one per line */
    struct buf figures;  /* figures of the rows that the table now has, one per line */
};

static void load_notes_cleanup(struct load_notes *notes)
{
    buf_release(&notes->accepted);
    buf_release(&notes->figures);
}

/* Where the rows go. */
struct load_place {
    bool fills;                               /* straight into the table, without a staging table */
    struct partition_ranges missing;          /* partitions that the load adds to a table that it makes */
    const struct partition_range *standalone; /* the partition that is filled and attached; NULL: none */
};

/* The day on which the data was requested, or today if that is earlier or the former is not known. A resumed
 * query or export was requested earlier, and lacks the usage since. */
static bool find_today(const struct chunk_load *load, date_t *today, struct err *err)
{
    bool known;
    date_t day;
    if (!run_record_requested_day(pg_of(load), load->run_id, &known, &day, err))
        return false;
    *today = known && day < load->chunk->today ? day : load->chunk->today;
    return true;
}

/* *current: the table is as it was when it was inspected. */
static bool merge(const struct chunk_load *load, const struct load_place *place, struct row_counts *counts,
                  struct load_notes *notes, bool *current, struct err *err)
{
    struct pg *pg = pg_of(load);
    struct target *target = &load->fetched->target;
    date_t today;
    if (!find_today(load, &today, err))
        return false;
    struct merge merge = {
        .target = target,
        .contract = load->chunk->contract,
        .window = &load->chunk->window,
        .moving = &load->chunk->moving,
        .today = today,
        .run_id = load->run_id,
        .stage = load->fetched->stage,
        .missing = &place->missing,
        .standalone = place->standalone,
        .accept = load->context->accept,
        .accepted = &notes->accepted,
        .figures = &notes->figures,
    };
    if (!target_apply(target, pg, err) || !grain_lock(target, pg, err) ||
        !target_is_current(target, pg, current, err))
        return false;
    *current = *current && (!stage_file(merge.stage) || stage_fits(merge.stage));
    if (!*current)
        return err_set(err, ERR_LATER, "table %s.%s was changed by another load", target->schema,
                       target->table);
    const struct checks checks = {target, merge.contract, merge.window, merge.stage};
    return stage_change_types(load->fetched->stage, err) && checks_run(&checks, pg, err) &&
           merge_run(&merge, pg, counts, err);
}

/* Locks the claim, if there is one: until the transaction ends no other host can take the chunk over.
 * *overtaken: days of the window were loaded from an answer that was requested later. Never set for `mode:
 * append`, which replaces no rows. */
static bool lock_chunk(const struct chunk_load *load, bool *overtaken, struct err *err)
{
    const char *by;
    SCOPED(arena) struct arena *arena = arena_make();
    const struct target *target = &load->fetched->target;
    struct run_record_table run = {load->run_id, target->schema, target->table};
    if (load->context->claim && !work_lock_claim(pg_of(load), load->context->claim, err))
        return false;
    if (load->chunk->job->target.mode == JOB_APPEND)
        return true;
    if (!run_record_find_newer(pg_of(load), &run, arena, &by, err))
        return false;
    if (by)
        log_info(
            "answer-overtaken",
            "%s has loaded days of the window from an answer that was requested later: requesting it again",
            by);
    *overtaken = by != NULL;
    return true;
}

static bool end_claim(const struct chunk_load *load, struct err *err)
{
    struct work_end end = {.state = WORK_SUCCEEDED, .run_id = load->run_id};
    return !load->context->claim || work_end(pg_of(load), load->context->claim, &end, err);
}

/* *current and *overtaken say why nothing was loaded. */
struct load_state {
    bool current; /* false: the table is not as it was when it was inspected */
    bool overtaken;
};

static bool load_in_transaction(const struct chunk_load *load, const struct load_place *place,
                                struct row_counts *counts, struct load_state *state, struct err *err)
{
    struct pg *pg = pg_of(load);
    const struct fetched *fetched = load->fetched;
    /* An empty result does not show the type of a column that neither job nor catalogue define: no table is
     * created from a guess. */
    bool shapeless = fetched->rows == 0 && !fetched->target.exists && !target_is_typed(&fetched->target);
    SCOPED(load_notes)
    struct load_notes notes = {.accepted = buf_make(BUF_OWN_TEXT), .figures = buf_make(BUF_OWN_TEXT)};
    struct run_record_success success = {
        .run_id = load->run_id,
        .schema = fetched->target.schema,
        .table = fetched->target.table,
        .rows_read = fetched->rows,
        .counts = counts,
        .requests = load->requests,
    };
    if (!lock_chunk(load, &state->overtaken, err))
        return false;
    if (state->overtaken)
        return true;
    if (!pg_pooler_check(pg, err) || !checks_count_rows(load->chunk->job, fetched->rows, err) ||
        (!shapeless && !merge(load, place, counts, &notes, &state->current, err)))
        return false;
    success.schema_changes = fetched->target.changes;
    success.accepted = notes.accepted.length > 0 ? buf_text(&notes.accepted) : NULL;
    success.figures = notes.figures.length > 0 ? buf_text(&notes.figures) : NULL;
    return run_record_succeed(pg, &success, err) && end_claim(load, err) &&
           queue_check(load->context->api->queue, pg, err) && pg_pooler_check(pg, err) && pg_commit(pg, err);
}

static bool is_conflict(const struct err *err)
{
    return text_equal(err->sqlstate, "40001") || text_equal(err->sqlstate, "40P01");
}

static void log_loading(const struct fetched *fetched)
{
    enum log_level level = fetched->rows < MANY_ROWS ? LOG_DEBUG : LOG_INFO;
    progress_phase("loading");
    progress_rows(fetched->rows, 0);
    log_write(level, "loading", "loading %" PRIu64 " row%s into %s.%s", fetched->rows,
              readable_plural(fetched->rows), fetched->target.schema, fetched->target.table);
}

/* Rows in a file stay there if they can go straight into the table; else they go to a staging table. */
static bool choose_way(const struct chunk_load *load, bool *fills, struct err *err)
{
    const struct chunk *chunk = load->chunk;
    struct stage *stage = load->fetched->stage;
    *fills = false;
    if (!stage_file(stage))
        return true;
    if (!fill_is_possible(&load->fetched->target, chunk->contract, &chunk->window, pg_of(load), fills, err))
        return false;
    *fills = *fills && stage_fits(stage);
    return *fills || stage_move_to_table(stage, err);
}

/*
 * Finds the partitions that the rows need. If the rows come from a file and one new partition takes all of
 * them, it is filled before it is attached, unless there is a default partition: its readers would then wait
 * for the end of the load. Otherwise missing partitions are added before the load begins, or are made with
 * their table.
 */
static bool choose_place(const struct chunk_load *load, struct arena *arena, struct load_place *place,
                         struct err *err)
{
    const struct target *target = &load->fetched->target;
    const struct day_set *days = stage_days(load->fetched->stage);
    struct partition_ranges missing;
    *place = (struct load_place){0};
    if (!choose_way(load, &place->fills, err) || !stage_change_placement(load->fetched->stage, err) ||
        !partitions_find(target, days, arena, pg_of(load), &missing, err))
        return false;
    if (place->fills && missing.count == 1 && partition_range_holds_all(missing.items[0], days) &&
        !target->placement.default_partition)
        place->standalone = &missing.items[0];
    else if (!target->exists)
        place->missing = missing;
    else
        return partitions_add_ahead(target, &missing, pg_of(load), err);
    return true;
}

/* To be called after the rollback of a failed load: completes the error. */
static void explain(const struct chunk_load *load, struct err *err)
{
    struct pg *pg = pg_of(load);
    const struct target *target = &load->fetched->target;
    (void)partitions_explain(target, err);
    if (text_equal(err->sqlstate, "55P03"))
        lock_explain_wait(pg, target->schema, target->table, err);
}

/* Prepares another attempt: inspects the table as it is now. refilled: rows in the file were refused, and go
 * to the staging table. */
static bool inspect_again(const struct chunk_load *load, bool refilled, struct err *err)
{
    const struct text_list *readers = &load->context->settings->database.grant_select_to;
    log_write(refilled ? LOG_DEBUG : LOG_WARN, "load-again", "%s; loading again", err->text);
    return (!refilled || stage_move_to_table(load->fetched->stage, err)) &&
           target_inspect(&load->fetched->target, readers, pg_of(load), err);
}

/* Loads, while the lock on table and contract is held. */
static bool load_locked(const struct chunk_load *load, struct row_counts *counts, bool *overtaken,
                        struct err *err)
{
    struct pg *pg = pg_of(load);
    struct target *target = &load->fetched->target;
    log_loading(load->fetched);
    for (unsigned attempt = 1;; attempt++) {
        struct load_state state = {.current = true};
        struct load_place place;
        SCOPED(arena) struct arena *arena = arena_make();
        if (!choose_place(load, arena, &place, err)) {
            if (!is_conflict(err) || attempt >= MAX_ATTEMPTS || !inspect_again(load, false, err))
                return false;
            continue;
        }
        if (!pg_begin(pg, err))
            return false;
        if (load_in_transaction(load, &place, counts, &state, err)) {
            *overtaken = state.overtaken;
            if (state.overtaken)
                pg_rollback(pg);
            else
                target_log_changes(target);
            return true;
        }
        bool refilled = place.fills && (err->kind == ERR_DATA || text_equal(err->sqlstate, "0A000"));
        bool is_partition_lost = partitions_lack_row(err) && partitions_have_days(target);
        bool again =
            refilled || ((!state.current || is_conflict(err) || is_partition_lost) && attempt < MAX_ATTEMPTS);
        pg_rollback(pg);
        if (!again)
            explain(load, err);
        if (!again || !inspect_again(load, refilled, err))
            return false;
    }
}

/* Hosts that share the work fetch chunks of one table and contract at once, and load one after the other.
 * The table may have changed during the wait. */
static bool lock_and_inspect(const struct chunk_load *load, struct err *err)
{
    struct target *target = &load->fetched->target;
    struct session_lock_of of = {load->chunk->job->target.table, load->chunk->contract};
    return session_lock_within(load->context->session, &of, CLOCK_NEVER, err) &&
           target_inspect(target, &load->context->settings->database.grant_select_to, pg_of(load), err);
}

bool load_chunk(const struct chunk_load *load, struct row_counts *counts, bool *overtaken, struct err *err)
{
    *overtaken = false;
    if (!load->context->claim)
        return load_locked(load, counts, overtaken, err);
    bool loaded = lock_and_inspect(load, err) && load_locked(load, counts, overtaken, err);
    session_unlock(load->context->session);
    return loaded;
}
