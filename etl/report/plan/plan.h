/*
 * The plan of a run: its chunks, and what each of them would do.
 */
#ifndef REPORT_PLAN_PLAN_H
#define REPORT_PLAN_PLAN_H

#include "report/plan/estimate.h"
#include "run/runner.h"
#include "state/work_view.h"

struct planned {
    const struct chunk *chunk;
    struct err refused;      /* why the run would not begin the chunk; kind ERR_NONE: it would */
    bool skipped;            /* a finished chunk of a backfill, or one whose usage has not changed */
    bool is_unchanged;       /* skipped: its usage has not changed, by the service's last answer */
    const char *source;      /* query, export or contract */
    const char *reason;      /* why this source, or why it is skipped */
    const char *not_skipped; /* why a chunk of a job with window.skip_unchanged is loaded; NULL: not known,
                              * skipped, or not such a job */
    struct estimate estimate;
    uint64_t requests;    /* the estimate, and those spent on finding the chunks of the job */
    struct text_list ddl; /* statements in order; only with the first chunk that needs them */
    int64_t done_ms;      /* from now, computed by report/plan/duration */
};

struct plan {
    struct planned *items; /* in the order of the run */
    size_t count;
    uint64_t requests;
    uint64_t summaries;       /* further requests, to compare the loaded data with the service's own totals */
    uint64_t change_requests; /* further requests, to ask the service what has changed */
    int64_t done_ms;          /* of the whole run, from now */
    struct budget budget;
    bool knows_level; /* `level` is read, or the tool has no schema yet and the budget is full */
    struct budget_level level;
    struct work_view share; /* the round that a run would join, and who works on what of it */
    struct text_list notes; /* what could not be known, a line each */
};

#endif
