/*
 * Query or export, as the run table tells it: what earlier runs found out about a job's query, and what this
 * one does.
 */
#ifndef STATE_JOB_HISTORY_H
#define STATE_JOB_HISTORY_H

#include "base/date.h"
#include "state/run_record.h"

/* What earlier runs tell of a job's query over a window. */
struct source_history {
    int64_t timed_out_days;           /* the shortest of its queries, no longer than the window, that ran past
                                         the service's time limit within a week; 0: none did */
    char remembered_until[DATE_TEXT]; /* "" : nothing is */
    uint64_t rows;            /* to expect, from the last result over about as many days; 0: nobody knows */
    int64_t query_overhead;   /* requests that a query lately took beside one a page; -1: nobody knows */
    uint64_t export_requests; /* that an export lately took; 0: nobody knows */
};

/* entry: job, contract, query and window; page_size: rows that a page can have. */
MUST_CHECK bool source_log_history(struct pg *pg, const struct run_record_entry *entry, unsigned page_size,
                                   struct source_history *history, struct err *err);

/* A query of the run over this window ran past the time limit: remembered for a week. Committed. */
MUST_CHECK bool source_log_timed_out(struct pg *pg, int64_t run_id, const struct window *window,
                                     struct err *err);

/* The rows come by a query for each part of the window; reason is a line for people. Committed. */
MUST_CHECK bool source_log_in_parts(struct pg *pg, int64_t run_id, const char *reason, struct err *err);

#endif
