/*
 * A query at the service: submit, poll, page. Token Flex API, "Query: submit, poll, page".
 *
 * A poll asks with the job's page size, so that the answer DONE includes the first page: a small result takes
 * two requests, a cached one takes one. Where a past run says how long the query takes, the first poll waits
 * that long.
 */
#ifndef API_QUERY_H
#define API_QUERY_H

#include "api/answer.h"
#include "api/api.h"

#include <stdint.h>

/* One answer with its bytes. Owns all of it: page_release(). */
struct page {
    uint64_t offset; /* that was requested */
    struct http_response response;
    struct arena *arena;
    struct answer answer;
};

void page_release(struct page *page);

/* The memory that its rows take, without the spare room of its buffers. */
size_t page_bytes(const struct page *page);

struct query {
    struct api *api;      /* borrowed */
    const char *contract; /* borrowed */
    unsigned page_size;   /* what is requested; lowered when the service grants less */

    /* From past runs; 0: not known. */
    int64_t expected_ms;    /* from submit to result */
    uint64_t expected_rows; /* of the result */

    /* Of the requests for its result. The owner ends it with queue_release_reservation(). */
    struct reservation reservation;
    struct buf url;          /* of the query, without offset and limit; empty before the submit */
    int64_t submitted_at_ms; /* monotonic */
    int64_t poll_due_ms;     /* monotonic: when the last poll was due */
    int64_t poll_sent_ms;    /* monotonic: when the last poll was sent */
    int64_t unobserved_ms;   /* how late the polls before it were sent, in sum: struct poll_found */
    int64_t ready_ms;        /* poll_schedule_ready_ms(); -1: the result was there at once */
    int64_t expires_at_ms;   /* monotonic: from then on the service may have deleted the result */
    unsigned polls;          /* answered QUEUED or PROCESSING so far */
};

struct query query_make(struct api *api, const char *contract, unsigned page_size);

/* Reserves the number of requests that the finished result still needs, so that other submits do not use
 * them. api->pg is in no failed transaction.
 */
MUST_CHECK bool query_reserve(struct query *query, uint64_t requests, struct err *err);
void query_cleanup(struct query *query);

/*
 * Submits a body. page is the service's answer: mostly QUEUED; DONE, with rows, if the result was cached. The
 * caller releases the page, also after an error.
 */
MUST_CHECK bool query_submit(struct query *query, const char *body, struct page *page, struct err *err);

/*
 * Resumes a query that was submitted age_ms ago, by its address: the url that the query had after its submit.
 * page is set as if the service had just answered QUEUED. False, without an error, for an address of another
 * server.
 */
MUST_CHECK bool query_resume(struct query *query, const char *url, int64_t age_ms, struct page *page);

/*
 * Polls until the query is over. page, which holds the last answer, is replaced. True with any final status;
 * a query that is not done by api.query_deadline counts as QUERY_TIMEOUT, one that the service no longer
 * knows (404, 410) as QUERY_EXPIRED. DONE always comes with a result.
 */
MUST_CHECK bool query_await(struct query *query, struct page *page, struct err *err);

/*
 * Sends the request for the page at an offset. The caller ends the call by query_finish_page() or
 * api_cancel(). NULL on error.
 *
 * If the service refuses the page size (400), query_finish_page() requests the page again with the next
 * smaller size, down to QUERY_MIN_PAGE (query_page_size_below()), and stores the size that is granted for
 * the account.
 */
struct api_call *query_start_page(struct query *query, uint64_t offset, struct err *err);
MUST_CHECK bool query_finish_page(struct query *query, struct api_call *call, uint64_t offset,
                                  struct page *page, struct err *err);

/* The ceiling of one page's bytes. */
#define QUERY_MAX_PAGE_BYTES ((size_t)256 << 20)

/* The service's own default: a page size that it cannot refuse. */
#define QUERY_MIN_PAGE 100

#endif
