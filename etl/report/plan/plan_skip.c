#include "report/plan/plan_skip.h"

#include "base/text.h"
#include "run/backfill.h"
#include "run/chunk_record.h"
#include "run/skip_unchanged.h"
#include "run/source_changes.h"

static bool skip_finished(const struct plan_skip *skip, struct plan_skipped *skipped, struct err *err)
{
    if (skip->options->again)
        return true;
    SCOPED(chunk_record) struct chunk_record record;
    chunk_record_make(&record, skip->context, skip->chunk, skip->source);
    skipped->reason = backfill_skip_reason;
    return backfill_is_finished(skip->context, skip->chunk, &record.entry, &skipped->skipped, err);
}

/* An error is only noted: a role that may not read the tables can still plan. */
static void skip_unchanged_chunks(const struct plan_skip *skip, struct plan_skipped *skipped)
{
    struct err err;
    struct unchanged unchanged;
    SCOPED(buf) struct buf reason = buf_make(BUF_OWN_TEXT);
    if (!skip->chunk->job->window.skip_unchanged || !run_may_skip_unchanged(skip->options))
        return;
    if (!skip_unchanged_judge(skip->context, skip->chunk, skip->arena, &unchanged, &err)) {
        skipped->not_skipped = arena_copy_text(skip->arena, err.text);
        return;
    }
    unchanged_explain(&unchanged, &reason);
    const char *words = arena_copy_text(skip->arena, buf_text(&reason));
    bool is_unchanged = unchanged.verdict == UNCHANGED_SKIP;
    *skipped = (struct plan_skipped){
        .skipped = is_unchanged,
        .is_unchanged = is_unchanged,
        .reason = words,
        .not_skipped = is_unchanged ? NULL : words,
    };
}

bool plan_skip(const struct plan_skip *skip, struct plan_skipped *skipped, struct err *err)
{
    *skipped = (struct plan_skipped){0};
    if (skip->options->schedule.window.given)
        return skip_finished(skip, skipped, err);
    skip_unchanged_chunks(skip, skipped);
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
