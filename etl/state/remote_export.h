/*
 * Exports in the run table: what was asked for under which name, and which key the service gave it, so that a
 * run which starts after a crash takes the export up instead of asking for another.
 */
#ifndef STATE_REMOTE_EXPORT_H
#define STATE_REMOTE_EXPORT_H

#include "state/run_record.h"

struct export_log_request {
    const char *name; /* of the file, as the service is told it: no other export of the contract has it */
    const char *body;
    const char *reason; /* why by export: a line for people */
};

/* Before the request: makes the run one by export, and stores what to look for. Committed. */
MUST_CHECK bool export_log_begin(struct pg *pg, int64_t run_id, const struct export_log_request *request,
                                 struct err *err);

/* After it: the key. Committed, before the export is polled for the first time. */
MUST_CHECK bool export_log_requested(struct pg *pg, int64_t run_id, const char *key, struct err *err);

/* An export that the run table remembers. Cleaned up by export_left_cleanup(). */
struct export_left {
    int64_t run_id; /* of the run that left it; 0: there is none */
    char *name;
    char *key; /* NULL: the run ended before it knew, the service may have it all the same */
    int64_t age_ms;
};
void export_left_cleanup(struct export_left *left);

/*
 * Looks for the export with this body that the last run of the same chunk left behind, or this run itself
 * before its connection broke. search: without deadline_ms and lifetime_ms.
 */
MUST_CHECK bool export_log_find(struct pg *pg, const struct run_log_search *search, struct export_left *left,
                                struct err *err);

/* The run goes on with what another, or itself, has left. Committed. */
MUST_CHECK bool export_log_take_over(struct pg *pg, int64_t run_id, const struct export_left *left,
                                     struct err *err);

/* The export is of no more use: gone, in error, or its file cannot be loaded. */
MUST_CHECK bool export_log_forget(struct pg *pg, int64_t run_id, struct err *err);

/* After the load: whether the export was deleted at the service, and the run's requests, those for it too. */
MUST_CHECK bool export_log_end(struct pg *pg, int64_t run_id, bool deleted, uint64_t requests,
                               struct err *err);

/*
 * Looks for one export of the contract that is still at the service though nobody will load it any more: an
 * earlier run has, and ended before it could delete it; or nobody has taken it up for a week. run_id: the
 * run that asks. left->run_id is 0 where there is none.
 */
MUST_CHECK bool export_log_leftover(struct pg *pg, const char *contract, int64_t run_id,
                                    struct export_left *left, struct err *err);

/* Exports of ours that the service may still be making. */
MUST_CHECK bool export_log_outstanding(struct pg *pg, unsigned *count, struct err *err);

/* From request to file, the median of the job's last exports; 0 where they tell nothing. */
MUST_CHECK bool export_log_history(struct pg *pg, const char *job, const char *contract, int64_t *ready_ms,
                                   struct err *err);

#endif
