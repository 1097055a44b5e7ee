/*
 * Pages on their way: sent for ahead of their turn, handed out in order.
 *
 * One page is always on its way while another is staged. Where the loader has to wait for it all the same,
 * twice as many are sent for ahead, until the pages come as fast as they are staged: so the latency of a far
 * service is spent once for all that are on their way together. How many may be is bounded by the bytes that
 * they hold, and by the request budget: where that does not have all the requests that the result still
 * needs, there is one at a time.
 */
#ifndef RUN_PREFETCH_H
#define RUN_PREFETCH_H

#include "api/query.h"

#include <stdint.h>

#define PREFETCH_MOST 12

struct prefetch {
    struct query *query; /* borrowed */
    uint64_t total;      /* rows of the result */
    uint64_t stride;     /* rows that a page is expected to bring */
    bool settled; /* a page that was asked for by its size has shown the stride: before, one goes at a time */
    size_t most;  /* pages at once, as far as it has shown to be worth it */
    size_t ceiling;    /* pages at once at most */
    int64_t began_ms;  /* monotonic */
    int64_t waited_ms; /* for pages, since then */
    uint64_t next;     /* offset of the next page to send for */
    struct {
        struct api_call *call;
        uint64_t offset;
    } pages[PREFETCH_MOST]; /* in order, the first one first */
    size_t count;
};

/* How many more pages a result takes, as far as its first page tells. Pure. */
uint64_t prefetch_pages_after(const struct query *query, const struct page *first);

/*
 * After the first page: how the others are fetched. Asks the budget for what it has.
 */
MUST_CHECK bool prefetch_begin(struct prefetch *prefetch, struct query *query, const struct page *first,
                               struct err *err);

/*
 * Sends for pages as far ahead as may be, the first of them at an offset: where the pages so far have ended.
 * Where they brought fewer rows than expected, what was sent for in vain is given up.
 */
MUST_CHECK bool prefetch_send(struct prefetch *prefetch, uint64_t offset, struct err *err);

/* Receives the page that prefetch_send() has sent for at this offset, or sends for it now. */
MUST_CHECK bool prefetch_receive(struct prefetch *prefetch, uint64_t offset, struct page *page,
                                 struct err *err);

/* Gives up what is on its way. */
void prefetch_cancel(struct prefetch *prefetch);

/* How many pages of so many bytes may be in prefetch: pure. */
size_t prefetch_ceiling(size_t page_bytes, double requests_left, uint64_t pages_left, bool limited);

#endif
