/*
 * What is known from earlier runs of a job: whether its query finishes, how long that takes, how many rows
 * and requests it needs. Read before a chunk is fetched, and by `plan`.
 */
#ifndef STATE_JOB_HISTORY_H
#define STATE_JOB_HISTORY_H

#include "base/date.h"
#include "base/err.h"
#include "job/window.h"
#include "wire/pg/pg.h"

#include <stdint.h>

/* Which job, over which days. Everything is borrowed. */
struct job_history_key {
    const char *job;
    const char *contract;
    const char *query; /* the body of its query without the window */
    const struct window *window;
    unsigned page_size; /* rows that a page can have */
};

/* All zero but for query_overhead, which is -1: nothing is known. */
struct job_history {
    int64_t timed_out_days; /* the days of the shortest query that exceeded the service's time limit in the
                               last week, among queries no longer than the window; 0: there is none */
    char remembered_until[DATE_TEXT]; /* the day on which such a query is tried again; "": none is remembered
                                       */
    uint64_t rows; /* expected: those of the result whose number of days is closest (half to twice as many),
                      the newest of such, in proportion to the days; 0: not known */
    int64_t query_overhead;   /* the fewest requests, beside one per page, of the last five queries; -1: not
                                 known */
    uint64_t export_requests; /* the fewest of the last five exports; 0: not known */
    int64_t query_ready_ms;   /* from submit to result, the median; 0: not known */
    int64_t export_ready_ms;  /* from request to file, the median; 0: not known */
    uint64_t max_rows;        /* of the last ten results; 0: not known */
};

MUST_CHECK bool job_history_read(struct pg *pg, const struct job_history_key *key,
                                 struct job_history *history, struct err *err);

/* Records that a query of the run over this window exceeded the time limit. This counts for a week.
 * Committed. */
MUST_CHECK bool job_history_record_timeout(struct pg *pg, int64_t run_id, const struct window *window,
                                           struct err *err);

/* Records that the run fetches its rows by one query for each part of the window. reason: one line for
 * people. Committed. */
MUST_CHECK bool job_history_record_parts(struct pg *pg, int64_t run_id, const char *reason, struct err *err);

#endif
