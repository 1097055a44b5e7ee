/*
 * How a run ended, for those who are told of it when it is over: report/metrics and report/ping.
 */
#ifndef REPORT_RUN_ENDING_H
#define REPORT_RUN_ENDING_H

#include "job/job.h"
#include "run/runner.h"

/* Everything is borrowed. */
struct run_ending {
    const struct jobs *defined;        /* every job definition that could be read */
    const struct job *const *selected; /* those that were to run */
    size_t selected_count;
    const struct run_outcome *outcome;
    const struct err *err; /* why nothing could be begun; kind ERR_NONE: it was */
    size_t broken;         /* job files that have errors */
    int exit_code;
    int64_t elapsed_ms;
    const char *version; /* of the program */
};

/*
 * After a stop the process is gone within five seconds. What it has to say last is over by then: so much
 * later than the stop.
 */
#define ENDING_AFTER_STOP_MS 4000

#endif
