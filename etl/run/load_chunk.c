#include "run/load_chunk.h"

#include "base/log.h"
#include "base/progress.h"
#include "base/readable.h"
#include "base/text.h"
#include "load/checks.h"
#include "load/fill.h"
#include "load/grain.h"
#include "load/merge.h"
#include "state/lock.h"

#include <inttypes.h>

/* How often a load that collided with another transaction is tried. */
#define MOST_ATTEMPTS 3

/* The time, even past the job's timeout, to find out who holds the lock that the load waited for. */
#define EXPLAIN_MS 1000

/* From this many rows on, the log says at level info that loading has begun, because it takes long. */
#define MANY_ROWS 200000

static struct pg *pg_of(const struct chunk_load *load)
{
    return load->context->session->pg;
}

/* What the run row records of a load beside its counts. */
struct load_notes {
    struct buf accepted; /* failed checks that were accepted, one a line */
    struct buf figures;  /* figures of the rows that the table now has, one a line */
};

static void load_notes_cleanup(struct load_notes *notes)
{
    buf_release(&notes->accepted);
    buf_release(&notes->figures);
}

/* *current: the table has not changed since it was inspected. */
static bool merge(const struct chunk_load *load, struct row_counts *counts, struct load_notes *notes,
                  bool *current, struct err *err)
{
    struct pg *pg = pg_of(load);
    struct target *target = &load->fetched->target;
    struct merge merge = {
        .target = target,
        .contract = load->chunk->contract,
        .window = &load->chunk->window,
        .moving = &load->chunk->moving,
        .today = load->chunk->today,
        .run_id = load->run_id,
        .stage = load->fetched->stage,
        .accept = load->context->accept,
        .accepted = &notes->accepted,
        .figures = &notes->figures,
    };
    if (!target_apply(target, pg, err) || !grain_hold(target, pg, err) ||
        !target_is_current(target, pg, current, err))
        return false;
    *current = *current && (!stage_file(merge.stage) || stage_fits(merge.stage));
    if (!*current)
        return err_set(err, ERR_LATER, "table %s.%s was changed by another load", target->schema,
                       target->table);
    const struct checks checks = {target, merge.contract, merge.window, merge.stage};
    return stage_follow_types(load->fetched->stage, err) && checks_run(&checks, pg, err) &&
           merge_run(&merge, pg, counts, err);
}

static bool load_in_transaction(const struct chunk_load *load, struct row_counts *counts, bool *current,
                                struct err *err)
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
    if (!pg_pooler_check(pg, err) || !checks_count_rows(load->chunk->job, fetched->rows, err) ||
        (!shapeless && !merge(load, counts, &notes, current, err)))
        return false;
    success.schema_changes = fetched->target.changes;
    success.accepted = notes.accepted.length > 0 ? buf_text(&notes.accepted) : NULL;
    success.figures = notes.figures.length > 0 ? buf_text(&notes.figures) : NULL;
    return run_record_succeed(pg, &success, err) && pg_pooler_check(pg, err) && pg_commit(pg, err);
}

static bool collided(const struct err *err)
{
    return text_equal(err->sqlstate, "40001") || text_equal(err->sqlstate, "40P01");
}

static void tell_loading(const struct fetched *fetched)
{
    enum log_level level = fetched->rows < MANY_ROWS ? LOG_DEBUG : LOG_INFO;
    progress_phase("loading");
    progress_rows(PROGRESS_UNKNOWN, fetched->rows);
    log_write(level, "loading", "loading %" PRIu64 " row%s into %s.%s", fetched->rows,
              readable_plural(fetched->rows), fetched->target.schema, fetched->target.table);
}

/* *fills: the rows can be copied from a file straight into the table. If not, rows in a file are moved to the
 * staging table. */
static bool choose_place(const struct chunk_load *load, bool *fills, struct err *err)
{
    const struct chunk *chunk = load->chunk;
    struct stage *stage = load->fetched->stage;
    *fills = false;
    if (!stage_file(stage))
        return true;
    if (!fill_is_possible(&load->fetched->target, chunk->contract, &chunk->window, pg_of(load), fills, err))
        return false;
    *fills = *fills && stage_fits(stage);
    return *fills || stage_settle(stage, err);
}

bool load_chunk(const struct chunk_load *load, struct row_counts *counts, struct err *err)
{
    struct pg *pg = pg_of(load);
    struct target *target = &load->fetched->target;
    const struct text_list *readers = &load->context->settings->database.grant_select_to;
    tell_loading(load->fetched);
    for (unsigned attempt = 1;; attempt++) {
        bool current = true;
        bool fills;
        if (!choose_place(load, &fills, err) || !pg_begin(pg, err))
            return false;
        if (load_in_transaction(load, counts, &current, err)) {
            target_tell_changes(target);
            return true;
        }
        bool refilled = fills && (err->kind == ERR_DATA || text_equal(err->sqlstate, "0A000"));
        bool again = refilled || ((!current || collided(err)) && attempt < MOST_ATTEMPTS);
        bool lock_timed_out = text_equal(err->sqlstate, "55P03");
        pg_rollback(pg);
        if (lock_timed_out) {
            pg_extend_deadline(pg, EXPLAIN_MS);
            lock_explain_wait(pg, target->schema, target->table, err);
        }
        if (!again)
            return false;
        log_write(refilled ? LOG_DEBUG : LOG_WARN, "load-again", "%s; loading again", err->text);
        if ((refilled && !stage_settle(load->fetched->stage, err)) ||
            !target_inspect(target, readers, pg, err))
            return false;
    }
}
