/*
 * Asks the service what has changed (GET usage/:n/last), once per contract and run, for all jobs with
 * window.skip_unchanged.
 */
#ifndef RUN_SOURCE_CHANGES_H
#define RUN_SOURCE_CHANGES_H

#include "api/api.h"
#include "run/schedule.h"

struct source_changes {
    struct text_list contracts; /* those whose answer is understood and stored: their chunks may be skipped */
    uint64_t requests;
};

/* Whether a run requests the changes of this work unit's contract: the job has window.skip_unchanged, and the
 * unit may begin. */
bool source_changes_concern(const struct work_unit *unit);

/*
 * Requests the changes of every contract of such work units, and stores the answers (state/source_change). An
 * error, or an answer that is not understood completely, is a warning: then every chunk of the contract is
 * loaded. Where the service cannot be reached or asks to wait, no further contract is asked for. Waits for
 * each answer at most five minutes, and at most a job's timeout. Everything lives in arena.
 */
void source_changes_ask(struct api *api, const struct schedule *schedule, struct arena *arena,
                        struct source_changes *changes);

#endif
