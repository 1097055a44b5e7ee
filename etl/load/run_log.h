/*
 * The run table: one row a chunk, `running` from its first moment and ended with the outcome.
 */
#ifndef LOAD_RUN_LOG_H
#define LOAD_RUN_LOG_H

#include "base/err.h"
#include "job/plan.h"
#include "load/merge.h"
#include "wire/pg.h"

#include <stdint.h>

struct run_log_entry {
    const char *job;
    const char *contract;
    const struct window *window;
    const char *source; /* query or export */
    const char *host;
    int pid;
};

/* Writes the row `running`, committed, and tells the server what this session works on (application_name). */
MUST_CHECK bool run_log_start(struct pg *pg, const struct run_log_entry *entry, int64_t *run_id,
                              struct err *err);

/* Ends the row as succeeded: within the transaction of the load. */
MUST_CHECK bool run_log_succeed(struct pg *pg, int64_t run_id, uint64_t rows_read,
                                const struct merge_counts *counts, uint64_t requests, struct err *err);

/* Ends the row as failed, on its own. */
MUST_CHECK bool run_log_fail(struct pg *pg, int64_t run_id, uint64_t requests, const struct err *reason,
                             struct err *err);

#endif
