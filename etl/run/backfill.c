#include "run/backfill.h"

#include "base/log.h"
#include "base/text.h"
#include "run/chunk_record.h"
#include "run/finish.h"
#include "run/table_figures.h"
#include "state/run_record.h"

#include <stdio.h>

const char backfill_skip_reason[] = "finished already; --again repeats it";

bool backfill_is_finished(const struct chunk_context *context, const struct chunk *chunk,
                          const struct run_record_entry *entry, bool *finished, struct err *err)
{
    struct run_record_load load;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(buf) struct buf figures = buf_make(BUF_OWN_TEXT);
    if (!run_record_find_load(context->session->pg, entry, arena, &load, err))
        return false;
    enum job_vanished vanished = chunk->job->target.vanished;
    enum finish finish = finish_judge(&load, vanished, NULL);
    if (finish == FINISH_READ_FIGURES) {
        struct table_figures of = {chunk, &chunk->window, load.run_id};
        if (!table_figures_read(context, &of, &figures, err))
            return false;
        finish = finish_judge(&load, vanished, buf_text(&figures));
    }
    if (finish == FINISH_CHANGED)
        log_info("backfill-again",
                 "run %s has loaded this chunk, and the table has changed since: loading it again",
                 load.run_id);
    *finished = finish == FINISH_DONE;
    return true;
}

bool backfill_skip(const struct chunk_context *context, const struct chunk *chunk,
                   struct chunk_result *result, bool *skipped, struct err *err)
{
    struct pg *pg = context->session->pg;
    SCOPED(chunk_record) struct chunk_record record;
    chunk_record_make(&record, context, chunk, result->source);
    *skipped = false;
    /* A table that is being rebuilt is still empty. */
    if (!text_equal(chunk->table, record.entry.table))
        return true;
    if (!backfill_is_finished(context, chunk, &record.entry, skipped, err))
        return false;
    if (!*skipped)
        return true;
    if (!run_record_skip(pg, &record.entry, NULL, &result->run_id, err))
        return false;
    result->status = CHUNK_SKIPPED;
    snprintf(result->skip_reason, sizeof result->skip_reason, "%s", backfill_skip_reason);
    result->requests = chunk->requests_before;
    return true;
}

static size_t count_skipped(const struct schedule *schedule, const struct job *job)
{
    size_t skipped = 0;
    for (size_t i = 0; i < schedule->item_count; i++)
        skipped += schedule->items[i].chunk.job == job && schedule->items[i].result.status == CHUNK_SKIPPED &&
                   !schedule->items[i].result.is_unchanged;
    return skipped;
}

void backfill_log_skipped(const struct schedule *schedule)
{
    const struct job *last = NULL;
    for (size_t i = 0; i < schedule->unit_count; i++) {
        const struct job *job = schedule->units[i].job;
        size_t skipped = job == last ? 0 : count_skipped(schedule, job);
        last = job;
        if (skipped == 0)
            continue;
        SCOPED(log_scope) struct log_scope scope = log_enter(&(struct log_context){.job = job->name});
        log_info("backfill-skipped", "%zu %s finished already and skipped; --again repeats %s", skipped,
                 skipped == 1 ? "chunk was" : "chunks were", skipped == 1 ? "it" : "them");
    }
}
