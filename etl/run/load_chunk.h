/*
 * Loads staged rows into the table in one transaction, in which rows, table changes and run row become
 * visible together.
 */
#ifndef RUN_LOAD_CHUNK_H
#define RUN_LOAD_CHUNK_H

#include "run/fetched.h"
#include "state/run_record.h"

/* What to load, and for which run. Everything is borrowed. */
struct chunk_load {
    const struct chunk_context *context;
    const struct chunk *chunk;
    int64_t run_id;
    struct fetched *fetched;
    struct request_counts requests; /* made by the run so far */
};

/*
 * Loads the rows, and marks the run row, and with a claim the shared chunk, as succeeded. *overtaken: nothing
 * was loaded, since another run has loaded days of the window from an answer that was requested later. A load
 * that collides with another transaction is tried again, a few times.
 *
 * ERR_DATA if a check of the job fails (load/checks), or as from merge_run(): a key occurs twice, or the
 * table would not hold what was received. ERR_CONFIG and ERR_CREATE as from target_apply(), grain_lock() and
 * partitions_find(). ERR_LATER if another session keeps the table locked, or changes it meanwhile, if the
 * run's row was deleted, or if another host has taken the chunk over. ERR_UNAVAILABLE if the connection is
 * lost: then the load may have succeeded nevertheless (run_record_outcome()).
 */
MUST_CHECK bool load_chunk(const struct chunk_load *load, struct row_counts *counts, bool *overtaken,
                           struct err *err);

#endif
