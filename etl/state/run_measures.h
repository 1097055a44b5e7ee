/*
 * What the run table tells of each job and contract in numbers: its last run, its last success. A run here is
 * all chunks that one runner loaded in one go; it has succeeded when every one of them has.
 */
#ifndef STATE_RUN_MEASURES_H
#define STATE_RUN_MEASURES_H

#include "base/arena.h"
#include "base/err.h"
#include "wire/pg/pg.h"

#include <stddef.h>
#include <stdint.h>

/* Moments are milliseconds since 1970-01-01T00:00:00Z. */
struct run_measure {
    const char *job;
    const char *contract;
    int64_t success_ms; /* when the last run that succeeded ended; 0: none has */
    int64_t failures;   /* runs that have failed since */

    /* Of the last run. */
    int64_t ended_ms;
    int64_t elapsed_ms;
    int64_t succeeded; /* 1, else 0 */
    int64_t requests;
    int64_t rows_read;
    int64_t rows_inserted;
    int64_t rows_updated;
    int64_t rows_unchanged;
    int64_t rows_deleted;
};

/* All of them, ordered by job and contract; in arena. Leaves planner settings of its own in the session. */
MUST_CHECK bool run_measures_read(struct pg *pg, struct arena *arena, struct run_measure **measures,
                                  size_t *count, struct err *err);

#endif
