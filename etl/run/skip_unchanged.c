#include "run/skip_unchanged.h"

#include "base/log.h"
#include "base/readable.h"
#include "base/text.h"
#include "run/chunk_record.h"
#include "run/finish.h"
#include "run/table_figures.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)

struct judging {
    const struct chunk_context *context;
    const struct chunk *chunk;
    struct arena *arena;
    struct source_state state;
    struct source_loads loads;
};

static int64_t full_every_ms(const struct chunk *chunk)
{
    const struct job_window *window = &chunk->job->window;
    return DAY_MS * window_span_days(chunk->today, window->full_every, window->full_every_unit);
}

static bool read_past(struct judging *judging, struct err *err)
{
    const struct chunk *chunk = judging->chunk;
    struct pg *pg = judging->context->session->pg;
    SCOPED(buf) struct buf query = buf_make(BUF_OWN_TEXT);
    chunk_put_query(chunk, &query);
    struct source_loads_of of = {
        .schema = judging->context->settings->database.schema,
        .table = chunk->table,
        .contract = chunk->contract,
        .within_ms = full_every_ms(chunk),
        .query = buf_text(&query),
        .invocation_id = judging->context->invocation_id,
    };
    return source_change_read(pg, chunk->contract, judging->arena, &judging->state, err) &&
           source_change_loads(pg, &of, judging->arena, &judging->loads, err);
}

static bool read_figures(const struct judging *judging, const struct window *window, const char **figures,
                         struct err *err)
{
    SCOPED(buf) struct buf lines = buf_make(BUF_OWN_TEXT);
    struct table_figures of = {.chunk = judging->chunk, .window = window};
    if (!table_figures_read(judging->context, &of, &lines, err))
        return false;
    *figures = arena_copy_text(judging->arena, buf_text(&lines));
    return true;
}

/* Reads the figures of what the table holds now in the windows of the proofs, and whether `uncovered` has
 * rows. */
static bool read_table(const struct judging *judging, const struct unchanged *unchanged,
                       struct unchanged_facts *facts, struct err *err)
{
    const char *uncovered = NULL;
    for (size_t i = 0; i < unchanged->proof_count; i++) {
        struct source_load *load = unchanged->proofs[i];
        if (!read_figures(judging, &load->window, &load->figures_now, err))
            return false;
    }
    if (unchanged->uncovered.bounded && !read_figures(judging, &unchanged->uncovered, &uncovered, err))
        return false;
    facts->has_figures = true;
    facts->has_uncovered_rows = uncovered && !finish_is_empty(uncovered);
    return true;
}

bool skip_unchanged_judge(const struct chunk_context *context, const struct chunk *chunk, struct arena *arena,
                          struct unchanged *unchanged, struct err *err)
{
    struct judging judging = {.context = context, .chunk = chunk, .arena = arena};
    struct unchanged_facts facts = {
        .window = &chunk->window,
        .rows_are_dated = job_rows_are_dated(chunk->job),
        .deletes_vanished = chunk->job->target.vanished == JOB_VANISHED_DELETE,
        .job_categories = &chunk->job->query.usage_categories,
        .state = &judging.state,
        .loads = &judging.loads,
        .full_every_ms = full_every_ms(chunk),
    };
    if (!read_past(&judging, err))
        return false;
    unchanged_judge(&facts, arena, unchanged);
    if (unchanged->verdict != UNCHANGED_READ_FIGURES)
        return true;
    if (!read_table(&judging, unchanged, &facts, err))
        return false;
    unchanged_judge(&facts, arena, unchanged);
    return true;
}

static bool record(const struct chunk_context *context, const struct chunk *chunk,
                   struct chunk_result *result, struct err *err)
{
    SCOPED(chunk_record) struct chunk_record record;
    chunk_record_make(&record, context, chunk, result->source);
    return run_record_skip(context->session->pg, &record.entry, result->skip_reason, &result->run_id, err);
}

bool skip_unchanged(const struct chunk_context *context, const struct chunk *chunk,
                    struct chunk_result *result)
{
    struct err err;
    struct unchanged unchanged;
    char window[WINDOW_TEXT];
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(buf) struct buf reason = buf_make(BUF_OWN_TEXT);
    struct log_context log_context = {.job = chunk->job->name,
                                      .contract = chunk->contract,
                                      .window = window_format(&chunk->window, window)};
    SCOPED(log_scope) struct log_scope scope = log_enter(&log_context);
    if (!skip_unchanged_judge(context, chunk, arena, &unchanged, &err)) {
        log_warn("not-skipped", "loading the chunk: cannot find out if its usage has changed: %s", err.text);
        return false;
    }
    unchanged_explain(&unchanged, &reason);
    if (unchanged.verdict != UNCHANGED_SKIP) {
        log_info("not-skipped", "not skipped: %s", buf_text(&reason));
        return false;
    }
    snprintf(result->skip_reason, sizeof result->skip_reason, "%s", buf_text(&reason));
    if (!record(context, chunk, result, &err)) {
        log_warn("not-skipped", "%s", err.text);
        return false;
    }
    log_debug("chunk-unchanged", "skipped: %s", result->skip_reason);
    result->status = CHUNK_SKIPPED;
    result->is_unchanged = true;
    result->requests = chunk->requests_before;
    return true;
}

/* How many chunks of a work unit were skipped as unchanged, and the reason for the last one. */
static size_t count_skipped(const struct work_unit *unit, const char **reason)
{
    size_t skipped = 0;
    for (size_t i = 0; i < unit->count; i++) {
        const struct chunk_result *result = &unit->items[i].result;
        if (result->status != CHUNK_SKIPPED || !result->is_unchanged)
            continue;
        skipped++;
        *reason = result->skip_reason;
    }
    return skipped;
}

void skip_unchanged_log(const struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->unit_count; i++) {
        const struct work_unit *unit = &schedule->units[i];
        const char *reason = NULL;
        size_t skipped = count_skipped(unit, &reason);
        if (skipped == 0)
            continue;
        SCOPED(log_scope)
        struct log_scope scope =
            log_enter(&(struct log_context){.job = unit->job->name, .contract = unit->contract});
        log_info("chunks-unchanged", "%zu of %zu chunk%s skipped: %s", skipped, unit->count,
                 unit->count == 1 ? "" : "s", reason);
    }
}
