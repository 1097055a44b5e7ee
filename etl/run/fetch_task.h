/*
 * Shared by all sources of a chunk's rows: the chunk, and what is known of it before the first request.
 */
#ifndef RUN_FETCH_TASK_H
#define RUN_FETCH_TASK_H

#include "run/chunk_context.h"
#include "run/source_facts.h"

struct fetch_task {
    const struct chunk_context *context; /* borrowed, like chunk */
    const struct chunk *chunk;
    int64_t run_id;
    struct source_facts facts;
    uint64_t export_requests; /* how many of the context's requests the export has taken */
};

#endif
