/*
 * What is needed to run a chunk.
 */
#ifndef RUN_CHUNK_CONTEXT_H
#define RUN_CHUNK_CONTEXT_H

#include "api/api.h"
#include "run/chunk.h"
#include "run/session.h"

/* Everything is borrowed. The caller holds the lock on table and contract (state/lock). */
struct chunk_context {
    const struct settings *settings;
    struct api *api;
    struct session *session; /* connected, holding the lock of the chunk's table and contract */
    const char *host;
    const char *invocation_id; /* as in struct run_options */
    bool accept;               /* as in struct run_options */
};

#endif
