/*
 * What is needed to run a chunk.
 */
#ifndef RUN_CHUNK_CONTEXT_H
#define RUN_CHUNK_CONTEXT_H

#include "api/api.h"
#include "run/chunk.h"
#include "run/session.h"
#include "state/work.h"

/* Everything is borrowed. The caller holds the lock on table and contract (state/lock); with a claim it does
 * not, and the load takes the lock. */
struct chunk_context {
    const struct settings *settings;
    struct api *api;
    struct session *session;  /* connected */
    struct work_claim *claim; /* of a chunk that hosts share (run.share); NULL: they do not */
    const char *host;
    const char *invocation_id; /* as in struct run_options */
    bool accept;               /* as in struct run_options */
    bool is_fresh;             /* run_wants_fresh(): no work of an earlier start of the program is resumed */
    bool window_given;         /* the days are not those of the job's own window */
};

/* The invocation to whose work the chunk is limited when it resumes work at the service; NULL: no limit. See
 * struct remote_search. */
static inline const char *chunk_resumes_only(const struct chunk_context *context)
{
    return context->is_fresh ? context->invocation_id : NULL;
}

#endif
