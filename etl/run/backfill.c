#include "run/backfill.h"

#include "base/log.h"
#include "base/text.h"
#include "run/chunk_record.h"
#include "state/run_record.h"

bool backfill_skip(const struct chunk_context *context, const struct chunk *chunk,
                   struct chunk_result *result, bool *skipped, struct err *err)
{
    struct pg *pg = context->session->pg;
    SCOPED(chunk_record) struct chunk_record record;
    chunk_record_make(&record, context, chunk, result->source);
    *skipped = false;
    /* A table that is made anew has nothing yet. */
    if (!text_equal(chunk->table, record.entry.table))
        return true;
    if (!run_record_is_finished(pg, &record.entry, skipped, err))
        return false;
    if (!*skipped)
        return true;
    if (!run_record_skip(pg, &record.entry, chunk->requests_before, &result->run_id, err))
        return false;
    result->status = CHUNK_SKIPPED;
    result->requests = chunk->requests_before;
    return true;
}

static size_t count_skipped(const struct schedule *schedule, const struct job *job)
{
    size_t skipped = 0;
    for (size_t i = 0; i < schedule->item_count; i++)
        skipped += schedule->items[i].chunk.job == job && schedule->items[i].result.status == CHUNK_SKIPPED;
    return skipped;
}

void backfill_tell_skipped(const struct schedule *schedule)
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
