/*
 * This process as a member of a round of shared work (run.share): it joins or opens the round, keeps its
 * leases while it works, and leaves. The decisions are run/share_rule's, the tables state/work's.
 */
#ifndef RUN_SHARE_H
#define RUN_SHARE_H

#include "run/session.h"
#include "state/work.h"

#include <pthread.h>

/* The chunks that a process can work on at once: run.parallel_jobs is at most as much. */
#define SHARE_MAX_CLAIMS 64

struct share {
    const struct settings *settings;
    struct work_round round;
    struct work_member member; /* id 0: not joined */

    /* A thread with a connection of its own renews the leases. */
    struct session session;
    pthread_t renewal_thread;
    bool is_renewing;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t end_requested;
    bool is_end_requested;
    struct work_claim claims[SHARE_MAX_CLAIMS];
    size_t claim_count;
};

/* What a process that starts brings with it. */
struct share_entry {
    const struct settings *settings;
    const char *task;  /* the options and jobs of the command line */
    const char *facts; /* that must be the same on all hosts: share_facts_differ() */
    const char *host;
    bool windows_move; /* as in struct share_start */
};

/*
 * Joins the round that is not over, or opens one, and begins to keep its leases. Texts live in arena.
 * ERR_CONFIG where hosts are at work on the round with other facts. Whatever it answers, share_leave() ends
 * it, after share_renewal_stop().
 */
MUST_CHECK bool share_join(struct share *share, const struct share_entry *entry, struct pg *pg,
                           struct arena *arena, struct err *err);

/* A claim's lease is renewed from now on, and no longer. */
void share_renewal_add(struct share *share, const struct work_claim *claim);
void share_renewal_remove(struct share *share, const struct work_claim *claim);

/* Ends the renewal. share->session is the caller's from now on. */
void share_renewal_stop(struct share *share);

/*
 * Says that the process is no longer there, unless the database cannot be reached: then its lease expires.
 * After share_renewal_stop().
 */
void share_leave(struct share *share);

#endif
