/*
 * Estimates when a run will be done, by simulating its requests against the request budget. Pure.
 *
 * The model has what makes a run long: the budget that refills, submits that wait until the budget can also
 * pay for the pages, results that take time at the service, and the limit of parallel jobs. The time of
 * network and database is short in comparison and is a flat figure.
 */
#ifndef REPORT_PLAN_DURATION_H
#define REPORT_PLAN_DURATION_H

#include "state/budget.h"

#include <stddef.h>
#include <stdint.h>

/* One chunk, in the order of the run. */
struct duration_chunk {
    size_t unit;       /* chunks with the same number are run one after the other, by one worker */
    size_t target;     /* work units with the same number never run at once */
    uint64_t requests; /* all of them; 0: the chunk is not run */
    uint64_t pages;    /* how many of them are pages, which the budget must afford in a result's lifetime */
    int64_t ready_ms;  /* from the first request to the result */
    int64_t load_ms;   /* from the last request to the end */
};

struct duration_facts {
    struct budget budget;
    struct budget_level level; /* now */
    int64_t result_lifetime_ms;
    unsigned parallel;  /* how many work units run at once */
    int64_t request_ms; /* from a request to its answer */
    const struct duration_chunk *chunks;
    size_t count;
};

/*
 * Writes the time from now to the end of each chunk into done_ms (count of them) and returns the time to the
 * end of the last. A chunk that is not run ends when it would begin.
 */
int64_t duration_simulate(const struct duration_facts *facts, int64_t *done_ms);

#endif
