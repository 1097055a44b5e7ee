/*
 * How a run ended: the input of report/metrics and report/ping.
 */
#ifndef REPORT_RUN_END_H
#define REPORT_RUN_END_H

#include "job/job.h"
#include "run/runner.h"

/* Everything is borrowed. */
struct run_end {
    const struct jobs *defined;        /* every job definition that could be read */
    const struct job *const *selected; /* the jobs that the run was to execute */
    size_t selected_count;
    const struct run_outcome *outcome;
    const struct err *err; /* why the run could not begin; kind ERR_NONE: it began */
    size_t broken;         /* job files that have errors */
    int exit_code;
    int64_t elapsed_ms;
    const char *version; /* of the program */
};

/*
 * The process exits within five seconds of a stop request. Metrics and the last ping must be finished this
 * long after the request.
 */
#define END_AFTER_STOP_MS 4000

#endif
