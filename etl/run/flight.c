#include "run/flight.h"

#include "base/clock.h"

#include <string.h>

/* A wait for a page that is worth sending for twice as many ahead. */
#define WORTH_MS 40

/* What all pages in flight may hold together. */
#define FLIGHT_BYTES ((size_t)12 << 20)

size_t flight_ceiling(size_t page_bytes, double requests_left, uint64_t pages_left, bool limited)
{
    if (limited && requests_left < (double)pages_left)
        return 1;
    size_t fitting = page_bytes > 0 ? FLIGHT_BYTES / page_bytes : FLIGHT_MOST;
    if (fitting == 0)
        return 1;
    return fitting < FLIGHT_MOST ? fitting : FLIGHT_MOST;
}

/* A result that came with the submit is cut to the service's own default, not to what we ask for. */
static bool was_asked_for(const struct query *query, const struct page *first)
{
    return query->ready_ms >= 0 && first->answer.row_count > 0;
}

/* The rows that a page is expected to bring. */
static uint64_t stride_of(const struct query *query, const struct page *first)
{
    return was_asked_for(query, first) ? first->answer.row_count : query->page_size;
}

uint64_t flight_pages_after(const struct query *query, const struct page *first)
{
    uint64_t stride = stride_of(query, first);
    return (first->answer.total - first->answer.row_count + stride - 1) / stride;
}

bool flight_begin(struct flight *flight, struct query *query, const struct page *first, struct err *err)
{
    struct budget budget = budget_of(query->api->settings);
    struct budget_level level = {0};
    *flight = (struct flight){
        .query = query,
        .total = first->answer.total,
        .stride = stride_of(query, first),
        .settled = was_asked_for(query, first),
        .next = first->answer.row_count,
        .began_ms = clock_now_ms(),
        .most = 1,
        .ceiling = 1,
    };
    uint64_t pages_left = flight_pages_after(query, first);
    bool limited = budget.per_minute > 0;
    if (pages_left < 2)
        return true;
    if (limited && !budget_look(&budget, query->api->pg, &level, err))
        return false;
    flight->ceiling = flight_ceiling(first->response.body.length, level.requests, pages_left, limited);
    return true;
}

bool flight_send(struct flight *flight, uint64_t offset, struct err *err)
{
    /* The page before brought other rows than expected: what comes next is not what was counted on. */
    if (flight->count == 0 || flight->pages[0].offset != offset) {
        flight_cancel(flight);
        flight->next = offset;
    }
    size_t most = flight->settled ? flight->most : 1;
    while (flight->count < most && flight->next < flight->total) {
        struct api_call *call = query_start_page(flight->query, flight->next, err);
        if (!call)
            return false;
        flight->pages[flight->count].call = call;
        flight->pages[flight->count++].offset = flight->next;
        flight->next += flight->stride;
    }
    return true;
}

static struct api_call *take_first(struct flight *flight)
{
    struct api_call *call = flight->pages[0].call;
    flight->count--;
    memmove(flight->pages, flight->pages + 1, flight->count * sizeof flight->pages[0]);
    return call;
}

/* A hiccup is no latency: what counts is a wait that is long, where waiting is a good part of all that is
 * done. */
static void note_wait(struct flight *flight, int64_t asked_ms, int64_t came_ms)
{
    int64_t wait_ms = came_ms - asked_ms;
    flight->waited_ms += wait_ms;
    bool waits_much = flight->waited_ms * 4 >= came_ms - flight->began_ms;
    if (wait_ms >= WORTH_MS && waits_much)
        flight->most = flight->most * 2 < flight->ceiling ? flight->most * 2 : flight->ceiling;
}

bool flight_receive(struct flight *flight, uint64_t offset, struct page *page, struct err *err)
{
    if (flight->count == 0 && !flight_send(flight, offset, err))
        return false;
    int64_t asked_ms = clock_now_ms();
    if (!query_finish_page(flight->query, take_first(flight), offset, page, err))
        return false;
    note_wait(flight, asked_ms, clock_now_ms());
    uint64_t rows = page->answer.row_count;
    if (rows > 0 && rows < flight->stride)
        flight->stride = rows;
    flight->settled = true;
    return true;
}

void flight_cancel(struct flight *flight)
{
    for (size_t i = 0; i < flight->count; i++)
        api_cancel(flight->pages[i].call);
    flight->count = 0;
}
