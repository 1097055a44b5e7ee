/*
 * The unit of work: one window of one contract of one job. One query, one transaction, one row of the run
 * table.
 */
#ifndef RUN_CHUNK_H
#define RUN_CHUNK_H

#include "base/err.h"
#include "job/job.h"
#include "job/plan.h"
#include "load/merge.h"

#include <stdint.h>

struct chunk {
    const struct job *job;
    const char *contract;
    const char *table; /* loaded into: the job's own, or one that is to take its place */
    struct window window;
    uint64_t requests_before; /* spent to find out about the job's chunks, and counted to this one */
};

enum chunk_status {
    CHUNK_SKIPPED, /* never begun */
    CHUNK_SUCCEEDED,
    CHUNK_FAILED,
};

struct chunk_result {
    enum chunk_status status;
    int64_t run_id;     /* 0: it failed before the run table had a row of it */
    const char *source; /* query or export */
    uint64_t rows_read;
    struct merge_counts counts;
    uint64_t requests;
    int64_t elapsed_ms;
    struct err err; /* CHUNK_FAILED */
};

/* skipped, succeeded, failed: as the run table and the reports call it. */
const char *chunk_status_name(enum chunk_status status);

#endif
