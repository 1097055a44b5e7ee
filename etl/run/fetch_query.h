/*
 * A chunk's rows by query: submit it, or resume the one that an earlier run has left; wait; and stage its
 * pages. One attempt at a time; whether another follows, and what else, is run/fallback's to say.
 *
 * The address of a query is in the run table before it is polled. So whenever a run dies, the next one of the
 * same chunk resumes it while its result lives.
 */
#ifndef RUN_FETCH_QUERY_H
#define RUN_FETCH_QUERY_H

#include "api/query.h"
#include "run/fallback.h"
#include "run/fetch_task.h"
#include "run/fetched.h"

/* The queries of one chunk, one for each part of its window. */
struct fetch_query {
    const struct fetch_task *task; /* borrowed, like fetched */
    struct fetched *fetched;
    struct query query;
    struct page page; /* the last answer; of a part that failed it tells why */
    bool resumed;     /* the last attempt's query was an earlier run's */

    /* Of the part at hand. */
    struct window part;
    uint64_t rows_before; /* of earlier parts, in the stage */
    struct buf body;
};

struct fetch_query fetch_query_make(const struct fetch_task *task, struct fetched *fetched);
void fetch_query_cleanup(struct fetch_query *fetch);

/* Turns to a part of the window, of which so many rows are expected; 0: not known. */
void fetch_query_begin_part(struct fetch_query *fetch, const struct window *part, uint64_t expected_rows);

struct fetch_query_attempt {
    bool may_resume;    /* a query that an earlier run has left will do */
    bool has_other_way; /* a result that cannot be paid for in time is given up, FETCH_TOO_LARGE, instead of
                           paged */
};

/*
 * One attempt at the part. Whatever the outcome, rows of earlier parts stay staged; the part's own do after
 * FETCH_COMPLETE alone. Outcomes are those of queries.
 *
 * ERR_DATA when rows are missing, too many, too wide or of the wrong type: the query is forgotten then.
 * ERR_LATER past the job's timeout; others as api/query has them. After an error nothing is staged.
 */
MUST_CHECK bool fetch_query_try(struct fetch_query *fetch, const struct fetch_query_attempt *attempt,
                                enum fetch_outcome *outcome, struct err *err);

/* The result cannot be loaded: the next run asks for it from the start. A failure is told to the log alone.
 */
void fetch_query_forget(const struct fetch_task *task);

#endif
