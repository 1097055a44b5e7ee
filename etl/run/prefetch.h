/*
 * Requests pages ahead and hands them out in order.
 *
 * One page is always being fetched while another is staged. While the loader still has to wait for pages, the
 * number of pages requested ahead is doubled: pages in flight together wait for a distant service only once.
 * The number is limited by the bytes that the pages hold, and by the request budget: if it does not have all
 * the requests that the result still needs, pages are requested one at a time.
 */
#ifndef RUN_PREFETCH_H
#define RUN_PREFETCH_H

#include "api/query.h"

#include <stdint.h>

#define PREFETCH_MAX 12

struct prefetch {
    struct query *query;          /* borrowed */
    uint64_t total;               /* rows of the result */
    uint64_t page_rows;           /* rows expected in a page */
    bool page_rows_are_confirmed; /* a page requested with page_size has confirmed page_rows; until then, one
                                 at a time */
    size_t most;                  /* pages to have in flight, increased when that helps */
    size_t ceiling;               /* the limit for `most` */
    int64_t began_ms;             /* monotonic */
    int64_t waited_ms;            /* time spent waiting for pages, since then */
    uint64_t next;                /* offset of the next page to request */
    struct {
        struct api_call *call;
        uint64_t offset;
    } pages[PREFETCH_MAX]; /* in flight, in order */
    size_t count;
};

/* How many more pages the result has, judging by its first page. 0 also if that page has more rows than the
 * total of the result: the reader of the page refuses it. Pure. */
uint64_t prefetch_pages_after(const struct query *query, const struct page *first);

/* How many pages this number of rows takes, as pages have come so far: a service may grant fewer rows than
 * are requested. Pure. */
uint64_t prefetch_pages_for(const struct prefetch *prefetch, uint64_t rows);

/* To be called after the first page: prepares fetching the others. Reads the level of the budget. */
MUST_CHECK bool prefetch_begin(struct prefetch *prefetch, struct query *query, const struct page *first,
                               struct err *err);

/*
 * Requests pages as far ahead as allowed. offset is that of the first one: the end of the pages received. If
 * these had fewer rows than expected, pages requested with wrong offsets are cancelled.
 */
MUST_CHECK bool prefetch_send(struct prefetch *prefetch, uint64_t offset, struct err *err);

/* Receives the page at this offset; requests it now if prefetch_send() has not. */
MUST_CHECK bool prefetch_receive(struct prefetch *prefetch, uint64_t offset, struct page *page,
                                 struct err *err);

/* Cancels all pages in flight. */
void prefetch_cancel(struct prefetch *prefetch);

#endif
