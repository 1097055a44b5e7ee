/*
 * The entry of the run table that is written when a chunk begins.
 */
#ifndef RUN_CHUNK_RECORD_H
#define RUN_CHUNK_RECORD_H

#include "run/chunk_context.h"
#include "state/run_record.h"

/* Owns what its entry borrows: chunk_record_cleanup(). */
struct chunk_record {
    struct run_record_entry entry;
    struct buf request;
    struct buf query;
};

/* source: query, export or contract (source_of_job()). Everything else comes from the chunk and the
 * context. */
void chunk_record_make(struct chunk_record *record, const struct chunk_context *context,
                       const struct chunk *chunk, const char *source);
void chunk_record_cleanup(struct chunk_record *record);

#endif
