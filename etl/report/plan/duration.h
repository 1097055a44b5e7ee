/*
 * When a run will be done: its requests played through against the request budget. Pure.
 *
 * What is modelled is what takes a night its time: the bucket that refills, submits that wait until the
 * budget can pay for the pages too, results that take their time at the service, and so many jobs at once.
 * What the network and the database take is small beside it and counted flat.
 */
#ifndef REPORT_PLAN_DURATION_H
#define REPORT_PLAN_DURATION_H

#include "state/budget.h"

#include <stddef.h>
#include <stdint.h>

/* One chunk, in the order of the run. */
struct duration_chunk {
    size_t unit;       /* chunks of one number are run one after the other, by one worker */
    size_t target;     /* work units of one number never run at once */
    uint64_t requests; /* in all; 0: it is not run */
    uint64_t pages;    /* of them: that the submit waits for the budget to have within a result's lifetime */
    int64_t ready_ms;  /* from the first request to the result */
    int64_t load_ms;   /* from the last request to the end */
};

struct duration_question {
    struct budget budget;
    struct budget_level level; /* now */
    int64_t result_lifetime_ms;
    unsigned parallel;  /* work units at once */
    int64_t request_ms; /* from a request to its answer */
    const struct duration_chunk *chunks;
    size_t count;
};

/*
 * From now to the end of each chunk, into done_ms (count of them); to the end of them all as the result. What
 * is not run is done when it would begin.
 */
int64_t duration_play(const struct duration_question *question, int64_t *done_ms);

#endif
