/*
 * One chunk from query to table:
 *
 *     query   submit  → poll → page, page, … ┐
 *     export  request → poll → download      ┴→ decode → stage → merge → run row
 *
 * The next page is on its way while the last one is decoded and copied; memory is bounded by the pages in
 * flight. Rows, table changes and run row become visible in one transaction, or not at all.
 */
#ifndef RUN_PIPELINE_H
#define RUN_PIPELINE_H

#include "api/api.h"
#include "run/chunk.h"
#include "run/session.h"
#include "state/run_record.h"

/* What a chunk runs with; everything is borrowed. The lock on table and contract is the caller's (load/lock).
 */
struct pipeline {
    const struct settings *settings;
    struct api *api;
    struct session *session; /* connected, holding the lock of the chunk's table and contract */
    const char *host;
    const char *invocation_id;
};

/* What the run table says of a chunk from the start. texts keeps what the entry borrows. */
struct pipeline_texts {
    struct buf question;
    struct buf query;
};
void pipeline_texts_cleanup(struct pipeline_texts *texts);
struct run_record_entry pipeline_entry(const struct pipeline *pipeline, const struct chunk *chunk,
                                       const char *source, struct pipeline_texts *texts);

/* Runs a chunk to its end. result says how it went; an error is in the run table and in the log by then. */
void pipeline_run(const struct pipeline *pipeline, const struct chunk *chunk, struct chunk_result *result);

#endif
