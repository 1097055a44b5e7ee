#include "report/plan/plan_skip.h"

#include "base/text.h"
#include "run/backfill.h"
#include "run/chunk_record.h"
#include "run/skip_unchanged.h"
#include "run/source_changes.h"

static bool skip_finished(const struct plan_skip *skip, struct planned *planned, struct err *err)
{
    SCOPED(chunk_record) struct chunk_record record;
    if (skip->options->again)
        return true;
    chunk_record_make(&record, skip->context, planned->chunk, planned->source);
    if (!backfill_is_finished(skip->context, planned->chunk, &record.entry, &planned->skipped, err))
        return false;
    if (planned->skipped)
        planned->reason = backfill_skip_reason;
    return true;
}

static bool skip_unmoved(const struct plan_skip *skip, struct planned *planned, struct err *err)
{
    struct unchanged unchanged;
    SCOPED(buf) struct buf reason = buf_make(BUF_OWN_TEXT);
    if (!planned->chunk->job->window.skip_unchanged || !run_may_skip_unchanged(skip->options))
        return true;
    if (!skip_unchanged_judge(skip->context, planned->chunk, skip->arena, &unchanged, err))
        return false;
    unchanged_explain(&unchanged, &reason);
    const char *words = arena_copy_text(skip->arena, buf_text(&reason));
    planned->skipped = planned->is_unchanged = unchanged.verdict == UNCHANGED_SKIP;
    if (planned->skipped)
        planned->reason = words;
    else
        planned->not_skipped = words;
    return true;
}

bool plan_skip(const struct plan_skip *skip, struct planned *planned, struct err *err)
{
    bool is_backfill = skip->options->schedule.window.given;
    if (!(is_backfill ? skip_finished(skip, planned, err) : skip_unmoved(skip, planned, err)))
        return false;
    if (planned->skipped)
        planned->requests = planned->chunk->requests_before;
    return true;
}

uint64_t plan_skip_requests(const struct run_options *options, const struct schedule *schedule)
{
    uint64_t requests = 0;
    if (!run_may_skip_unchanged(options))
        return 0;
    for (size_t i = 0; i < schedule->unit_count; i++) {
        const struct work_unit *unit = &schedule->units[i];
        bool is_first = source_changes_concern(unit);
        for (size_t k = 0; k < i && is_first; k++)
            is_first = !source_changes_concern(&schedule->units[k]) ||
                       !text_equal(schedule->units[k].contract, unit->contract);
        requests += is_first;
    }
    return requests;
}
