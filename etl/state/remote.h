/*
 * Work that a run has left at the service, as the run table remembers it: the query's address, the export's
 * name and key. A run that starts after a crash resumes it instead of requesting it a second time.
 *
 * Every function commits immediately, before the service is asked again: the address of a query
 * before its first poll, the name of an export before it is requested, its key before its first poll.
 */
#ifndef STATE_REMOTE_H
#define STATE_REMOTE_H

#include "base/arena.h"
#include "base/err.h"
#include "job/window.h"
#include "wire/pg/pg.h"

#include <stdint.h>

/* Whose work is looked for. Everything is borrowed. */
struct remote_search {
    const char *job;
    const char *contract;
    const struct window *window;
    int64_t run_id;      /* the run that asks: its own work, from before its connection broke, is found too */
    const char *body;    /* of the request: only work with the same body can be resumed */
    int64_t deadline_ms; /* how long a query may take, from its submit: a duration */
    int64_t lifetime_ms; /* how long the service promises to keep its result */
    const char *invocation_id; /* only work of this invocation, or of its round; NULL: of any */
};

/* Owned by the caller: remote_work_cleanup(). */
struct remote_work {
    int64_t run_id;    /* that left it; 0: there is none */
    char *query_url;   /* NULL: no query whose result may still be there */
    char *export_name; /* NULL: no export */
    char *export_key;  /* NULL: the run ended before it knew the key; the service may have the export all the
                          same */
    int64_t age_ms;    /* since its submit */
};
void remote_work_cleanup(struct remote_work *work);

/* Finds the work left by the newest run of the same chunk, if that run did not succeed. */
MUST_CHECK bool remote_find(struct pg *pg, const struct remote_search *search, struct remote_work *work,
                            struct err *err);

/* Records that the result of the run's query or export is there, ready_ms after the submit; -1: later runs
 * are not to expect this time. */
MUST_CHECK bool remote_ready(struct pg *pg, int64_t run_id, int64_t ready_ms, struct err *err);

/* Queries. */

struct remote_query {
    const char *url; /* NULL: the service has sent none */
    const char *body;
    int64_t age_ms;       /* since its submit: above 0 for one that is resumed */
    int64_t answer_ms;    /* from sending the submit to its answer; 0 for one that is resumed */
    int64_t resumed_from; /* the run that has submitted it; 0: this one */
    bool was_cached;      /* the service had its result at once: the age of its data is not known */
};
MUST_CHECK bool remote_query_submitted(struct pg *pg, int64_t run_id, const struct remote_query *query,
                                       struct err *err);

/* Records that the query cannot be used any more: it has expired, failed, or its result cannot be loaded. */
MUST_CHECK bool remote_query_forget(struct pg *pg, int64_t run_id, struct err *err);

/* Exports. */

struct remote_export {
    const char *name; /* of the file, as sent to the service: no other export of the contract has it */
    const char *body;
    const char *reason; /* why an export is used: a line for people */
};

/* Before the export is requested: from now on the run fetches its rows by this export. */
MUST_CHECK bool remote_export_begin(struct pg *pg, int64_t run_id, const struct remote_export *export,
                                    struct err *err);

/* After the request: stores the export's key. */
MUST_CHECK bool remote_export_requested(struct pg *pg, int64_t run_id, const char *key, struct err *err);

/* Records that the run resumes the export that another run, or this run itself, has left. */
MUST_CHECK bool remote_export_resume(struct pg *pg, int64_t run_id, const struct remote_work *work,
                                     struct err *err);

/* Records that the export cannot be used any more: it is gone, in error, or its file cannot be loaded. */
MUST_CHECK bool remote_export_forget(struct pg *pg, int64_t run_id, struct err *err);

/* The same for an export that is still at the service: a later run deletes it (remote_export_leftover()). */
MUST_CHECK bool remote_export_reject(struct pg *pg, int64_t run_id, struct err *err);

/* After the load: stores whether the export was deleted at the service, and the number of all requests of the
 * run, including those that deleted the export or tried to. */
MUST_CHECK bool remote_export_end(struct pg *pg, int64_t run_id, bool deleted, uint64_t requests,
                                  struct err *err);

/*
 * Finds one export of the contract that is still at the service and that no run will load any more: an
 * earlier run has loaded it and ended before it could delete it; or it cannot be loaded; or it was
 * requested more than twelve hours ago. run_id: the run that asks. If there is no such export, work->run_id
 * is 0; otherwise work has the key.
 */
MUST_CHECK bool remote_export_leftover(struct pg *pg, const char *contract, int64_t run_id,
                                       struct remote_work *work, struct err *err);

/* An export that no run will load any more, and that is still at the service: it could not be deleted, or its
 * run has not tried yet (it may have been killed). */
struct undeleted_export {
    const char *job;
    const char *contract;
    int64_t run_id;
    const char *key;
};

/* All of them; texts and *exports live in arena. */
MUST_CHECK bool remote_exports_kept(struct pg *pg, struct arena *arena, struct undeleted_export **exports,
                                    size_t *count, struct err *err);

/* Exports of ours that the service may still be making. */
MUST_CHECK bool remote_export_outstanding(struct pg *pg, unsigned *count, struct err *err);

#endif
