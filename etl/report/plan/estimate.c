#include "report/plan/estimate.h"

#include "run/window_parts.h"

/* The export request, a poll that comes too early, one that finds the file, and the deletion. */
#define USUAL_EXPORT_REQUESTS 4

/* The submit. The poll that finds the result also returns its first page; a cached answer needs no poll. */
#define USUAL_QUERY_OVERHEAD 1

/* Counts the parts of a window that is split until each covers fewer than timed_out_days or cannot be
 * split. */
static uint64_t count_parts(const struct chunk *chunk, int64_t timed_out_days)
{
    uint64_t count = 0;
    struct window part;
    struct window_parts parts = window_parts_of(&chunk->window);
    while (window_parts_take(&parts, &part)) {
        bool too_long = window_count_days(&part) >= timed_out_days;
        if (too_long && window_parts_can_split(chunk->job, &part))
            window_parts_split(&parts, chunk->job, &part);
        else
            count++;
    }
    return count;
}

static struct estimate estimate_query(const struct source_facts *facts, uint64_t parts)
{
    const struct job_history *history = &facts->history;
    uint64_t overhead =
        history->query_overhead >= 0 ? (uint64_t)history->query_overhead : USUAL_QUERY_OVERHEAD;
    uint64_t pages = (history->rows + facts->page_size - 1) / facts->page_size;
    if (pages < parts)
        pages = parts;
    return (struct estimate){
        .requests = overhead * parts + pages,
        .pages = pages,
        .is_guess = history->query_overhead < 0,
    };
}

struct estimate estimate_chunk(const struct chunk *chunk, const struct source_facts *facts,
                               enum fallback_step step)
{
    uint64_t export_requests = facts->history.export_requests;
    switch (step) {
    case FALLBACK_CONTRACT:
        return (struct estimate){.requests = 1};
    case FALLBACK_EXPORT:
        return (struct estimate){
            .requests = export_requests ? export_requests : USUAL_EXPORT_REQUESTS,
            .is_guess = export_requests == 0,
        };
    case FALLBACK_SPLIT:
        return estimate_query(facts, count_parts(chunk, facts->history.timed_out_days));
    case FALLBACK_QUERY:
    case FALLBACK_QUERY_AGAIN:
    case FALLBACK_DONE:
    case FALLBACK_FAIL:
        break;
    }
    return estimate_query(facts, 1);
}
