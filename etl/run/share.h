/*
 * The membership of this process in a round. A round is one run whose chunks several hosts share (run.share).
 * The process joins or opens the round, renews the leases of its chunks while it works, and leaves the round.
 * run/share_rule decides, state/work has the tables.
 */
#ifndef RUN_SHARE_H
#define RUN_SHARE_H

#include "run/session.h"
#include "state/work.h"

#include <pthread.h>

/* The maximum number of chunks that a process works on at a time: that of run.parallel_jobs. */
#define SHARE_MAX_CLAIMS 64

struct share {
    const struct settings *settings;
    struct work_round round;
    struct work_member member; /* id 0: not joined */

    /* The thread that renews the leases, and its connection. */
    struct session session;
    pthread_t renewal_thread;
    bool is_renewing;      /* the thread was started */
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t end_requested;
    bool is_end_requested;
    struct work_claim claims[SHARE_MAX_CLAIMS]; /* those whose leases are renewed */
    size_t claim_count;
};

/* For share_join(). Everything is borrowed. */
struct share_joining {
    const struct settings *settings;
    const char *task;  /* the options and jobs of the command line */
    const char *facts; /* what must be equal on all hosts: share_put_facts() */
    const char *host;
    bool windows_move; /* as in struct share_start */
};

/* Sets ERR_CONFIG: this host may not join the round, because its facts differ. name and more are those of
 * share_facts_differ(). Returns false. */
bool share_refuse(const struct work_found *found, const char *name, size_t more, struct err *err);

/*
 * Joins the current round, or opens one, and starts the thread that renews leases. Texts live in arena.
 * ERR_CONFIG if hosts with other facts work on the round. Afterwards, also after a failure, the caller calls
 * share_renewal_stop() and then share_leave().
 */
MUST_CHECK bool share_join(struct share *share, const struct share_joining *joining, struct pg *pg,
                           struct arena *arena, struct err *err);

/* Starts and ends the renewal of the lease of one claim. */
void share_renewal_add(struct share *share, const struct work_claim *claim);
void share_renewal_remove(struct share *share, const struct work_claim *claim);

/* Whether this process works on the chunk: the lease of its claim is being renewed. */
bool share_renewal_has(struct share *share, int64_t work_id);

/* Ends the thread. Afterwards the caller may use share->session. */
void share_renewal_stop(struct share *share);

/*
 * Leaves the round. If the database cannot be reached, the process counts as a member until its lease
 * expires. To be called after share_renewal_stop().
 */
void share_leave(struct share *share);

#endif
