#include "run/prefetch.h"

#include "base/clock.h"
#include "run/prefetch_inner.h"

#include <string.h>

/* A wait of this length for a page is a reason to request twice as many pages ahead. */
#define WORTH_MS 40

/* The most bytes of all prefetched pages together, if each is as large as the first. */
#define PREFETCH_BYTES ((size_t)12 << 20)

size_t prefetch_ceiling(size_t page_bytes, double requests_left, uint64_t pages_left, bool limited)
{
    if (limited && requests_left < (double)pages_left)
        return 1;
    size_t fitting = page_bytes > 0 ? PREFETCH_BYTES / page_bytes : PREFETCH_MAX;
    if (fitting == 0)
        return 1;
    return fitting < PREFETCH_MAX ? fitting : PREFETCH_MAX;
}

/* Whether the first page was requested with a page size. One that came with the submit has the service's
 * default size. */
static bool has_requested_size(const struct query *query, const struct page *first)
{
    return query->ready_ms >= 0 && first->answer.row_count > 0;
}

/* The number of rows expected in each page. */
static uint64_t page_rows_of(const struct query *query, const struct page *first)
{
    return has_requested_size(query, first) ? first->answer.row_count : query->page_size;
}

static uint64_t pages_of(uint64_t rows, uint64_t page_rows)
{
    return (rows + page_rows - 1) / page_rows;
}

uint64_t prefetch_pages_after(const struct query *query, const struct page *first)
{
    const struct answer *answer = &first->answer;
    return answer->row_count < answer->total
               ? pages_of(answer->total - answer->row_count, page_rows_of(query, first))
               : 0;
}

uint64_t prefetch_pages_for(const struct prefetch *prefetch, uint64_t rows)
{
    return pages_of(rows, prefetch->page_rows);
}

bool prefetch_begin(struct prefetch *prefetch, struct query *query, const struct page *first, struct err *err)
{
    struct budget budget = budget_of(query->api->settings);
    struct budget_level level = {0};
    *prefetch = (struct prefetch){
        .query = query,
        .total = first->answer.total,
        .page_rows = page_rows_of(query, first),
        .page_rows_are_confirmed = has_requested_size(query, first),
        .next = first->answer.row_count,
        .began_ms = clock_now_ms(),
        .most = 1,
        .ceiling = 1,
    };
    uint64_t pages_left = prefetch_pages_after(query, first);
    bool limited = budget.per_minute > 0;
    if (pages_left < 2)
        return true;
    if (limited && !budget_read(&budget, query->api->pg, 0, &level, err))
        return false;
    prefetch->ceiling = prefetch_ceiling(page_bytes(first), level.requests, pages_left, limited);
    return true;
}

bool prefetch_send(struct prefetch *prefetch, uint64_t offset, struct err *err)
{
    /* The previous page had another number of rows than expected: the pages requested ahead have the wrong
     * offsets. */
    if (prefetch->count == 0 || prefetch->pages[0].offset != offset) {
        prefetch_cancel(prefetch);
        prefetch->next = offset;
    }
    size_t most = prefetch->page_rows_are_confirmed ? prefetch->most : 1;
    while (prefetch->count < most && prefetch->next < prefetch->total) {
        struct api_call *call = query_start_page(prefetch->query, prefetch->next, err);
        if (!call)
            return false;
        prefetch->pages[prefetch->count].call = call;
        prefetch->pages[prefetch->count++].offset = prefetch->next;
        prefetch->next += prefetch->page_rows;
    }
    return true;
}

static struct api_call *take_first(struct prefetch *prefetch)
{
    struct api_call *call = prefetch->pages[0].call;
    prefetch->count--;
    memmove(prefetch->pages, prefetch->pages + 1, prefetch->count * sizeof prefetch->pages[0]);
    return call;
}

/* A single long wait is no reason to request more pages. The wait must be long, and waits must be at least a
 * quarter of the time since the first page. */
static void note_wait(struct prefetch *prefetch, int64_t asked_ms, int64_t came_ms)
{
    int64_t wait_ms = came_ms - asked_ms;
    prefetch->waited_ms += wait_ms;
    bool waits_much = prefetch->waited_ms * 4 >= came_ms - prefetch->began_ms;
    if (wait_ms >= WORTH_MS && waits_much)
        prefetch->most = prefetch->most * 2 < prefetch->ceiling ? prefetch->most * 2 : prefetch->ceiling;
}

bool prefetch_receive(struct prefetch *prefetch, uint64_t offset, struct page *page, struct err *err)
{
    if (prefetch->count == 0 && !prefetch_send(prefetch, offset, err))
        return false;
    int64_t asked_ms = clock_now_ms();
    if (!query_finish_page(prefetch->query, take_first(prefetch), offset, page, err))
        return false;
    note_wait(prefetch, asked_ms, clock_now_ms());
    uint64_t rows = page->answer.row_count;
    if (rows > 0 && rows < prefetch->page_rows)
        prefetch->page_rows = rows;
    prefetch->page_rows_are_confirmed = true;
    return true;
}

void prefetch_cancel(struct prefetch *prefetch)
{
    for (size_t i = 0; i < prefetch->count; i++)
        api_cancel(prefetch->pages[i].call);
    prefetch->count = 0;
}
