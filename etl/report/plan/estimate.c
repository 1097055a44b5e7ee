#include "report/plan/estimate.h"

#include "run/parts.h"

/* The request, one look that finds the file, and the delete. */
#define LEAST_EXPORT_REQUESTS 3

/* The submit: the poll that finds the result brings its first page. */
#define LEAST_QUERY_OVERHEAD 1

/* Into how many parts a window falls whose queries must be shorter than so many days. */
static uint64_t count_parts(const struct fetch_task *task)
{
    uint64_t count = 0;
    struct window part;
    struct parts parts = parts_of(&task->chunk->window);
    while (parts_take(&parts, &part)) {
        bool too_long = window_count_days(&part) >= task->history.timed_out_days;
        if (too_long && parts_can_split(task->chunk->job, &part))
            parts_split(&parts, task->chunk->job, &part);
        else
            count++;
    }
    return count;
}

struct estimate estimate_chunk(const struct fetch_task *task)
{
    const struct source_history *history = &task->history;
    if (task->choice.way == SOURCE_CONTRACT)
        return (struct estimate){.requests = 1};
    if (task->choice.way == SOURCE_EXPORT)
        return (struct estimate){
            .requests = history->export_requests ? history->export_requests : LEAST_EXPORT_REQUESTS,
            .is_guess = history->export_requests == 0,
        };
    uint64_t parts = task->choice.way == SOURCE_PARTS ? count_parts(task) : 1;
    uint64_t overhead =
        history->query_overhead >= 0 ? (uint64_t)history->query_overhead : LEAST_QUERY_OVERHEAD;
    uint64_t pages = (history->rows + task->page_size - 1) / task->page_size;
    if (pages < parts)
        pages = parts;
    return (struct estimate){
        .requests = overhead * parts + pages,
        .pages = pages,
        .is_guess = history->query_overhead < 0,
    };
}
