/*
 * Fetches the rows of a chunk by query (Token Flex API, "Query: submit, poll, page"): submits it, or resumes
 * one that an earlier run has left; waits; stages its pages. Makes one attempt at a time; run/fallback
 * decides whether another follows.
 *
 * The URL of a query is written to the run table before the first poll. So if a run dies, the next run of the
 * same chunk can resume the query until its result expires.
 */
#ifndef RUN_FETCH_QUERY_H
#define RUN_FETCH_QUERY_H

#include "api/query.h"
#include "run/fallback.h"
#include "run/fetch_task.h"
#include "run/fetched.h"

/* The queries of one chunk: one for each part of its window. */
struct fetch_query {
    const struct fetch_task *task; /* borrowed, like fetched */
    struct fetched *fetched;
    struct query query;
    struct page page; /* the last answer; for a part that failed it holds the reason */
    bool resumed;     /* the query of the last attempt was an earlier run's */

    /* About the current part. */
    struct window part;
    uint64_t rows_before; /* staged rows of earlier parts */
    uint64_t total;       /* rows of the last result; 0: there has been none */
    struct buf body;
};

struct fetch_query fetch_query_make(const struct fetch_task *task, struct fetched *fetched);
void fetch_query_cleanup(struct fetch_query *fetch);

/* Begins a part of the window, for which this many rows are expected; 0: not known. */
void fetch_query_begin_part(struct fetch_query *fetch, const struct window *part, uint64_t expected_rows);

struct fetch_query_attempt {
    bool may_resume;    /* a query that an earlier run has left may be used */
    bool has_other_way; /* FETCH_TOO_LARGE instead of paging, if the budget cannot pay in time */
};

/*
 * Makes one attempt at the current part. Rows of earlier parts stay staged whatever the outcome; the rows of
 * this part stay only after FETCH_COMPLETE. *outcome is one of those of a query.
 *
 * ERR_DATA if rows are missing, too many, too wide or of the wrong type: then the query is not resumed later.
 * ERR_LATER past the job's timeout; others as from api/query. After an error the chunk cannot be continued:
 * the rows of earlier parts may be gone too.
 */
MUST_CHECK bool fetch_query_try(struct fetch_query *fetch, const struct fetch_query_attempt *attempt,
                                enum fetch_outcome *outcome, struct err *err);

/* Forgets a query whose result cannot be loaded, so that the next run submits a new one. A failure is only
 * logged. */
void fetch_query_forget(const struct fetch_task *task);

#endif
