/*
 * Asks the service what has moved (GET usage/:n/last), once a contract and run, for all jobs whose windows
 * have skip_unchanged.
 */
#ifndef RUN_SOURCE_CHANGES_H
#define RUN_SOURCE_CHANGES_H

#include "api/api.h"
#include "run/schedule.h"

struct source_changes {
    struct text_list contracts; /* whose answer was understood, and is kept: their chunks may be skipped */
    uint64_t requests;
};

/* Whether a run asks for the work unit's contract: its job skips what has not moved, and it may begin. */
bool source_changes_concern(const struct work_unit *unit);

/*
 * Asks for every contract of such work units, and keeps the answers (state/source_change). What fails, or
 * is not understood as a whole, is a warning: then every chunk of the contract is loaded. No request is
 * waited for longer than five minutes, nor longer than a job's timeout. Everything lives in arena.
 */
void source_changes_ask(struct api *api, const struct schedule *schedule, struct arena *arena,
                        struct source_changes *changes);

#endif
