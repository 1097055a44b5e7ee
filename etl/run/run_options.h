/*
 * The options of a run, and its outcome.
 */
#ifndef RUN_RUN_OPTIONS_H
#define RUN_RUN_OPTIONS_H

#include "job/settings.h"
#include "run/schedule.h"
#include "state/work.h"

struct run_options {
    const struct settings *settings;
    struct schedule_options schedule;
    const struct jobs *defined; /* every job there is, selected or not */
    bool rebuild;               /* tables that hold the answer to another question are loaded again */
    bool again;                 /* finished chunks of a backfill are repeated */
    bool accept;                /* what checks.max_vanished refuses is loaded, with a warning */
    int64_t wait_ms;            /* so long a lock that another runner holds is waited for; 0: not at all */
    const char *task; /* the options and jobs of the command line, which identify a round of a share */
    const char *host;
    const char *invocation_id; /* a UUID of this start of the program; NULL for a plan, which writes no run */
    const char *user_agent;
};

/* Of a run whose work hosts share (run.share). */
struct run_share {
    const char *name; /* NULL: none */
    int64_t round;
    bool is_over;                  /* nothing of the round is left to do */
    struct work_failures failures; /* is_over: chunks that failed, on whichever host */
    struct err err;                /* why this host could not go on to the end; kind ERR_NONE: it did */
};

struct run_outcome {
    struct run_item *items; /* in the order of the plan; of a share: those that this host has begun */
    size_t count;
    size_t failed;            /* of a share: of the round */
    uint64_t change_requests; /* to learn what has moved: counted to no item */
    int exit_code;
    struct run_share share;
};

/* Whether hosts share the work of a run with these options: not with --rebuild, and not to load days again.
 */
bool run_is_shared(const struct run_options *options);

/*
 * How long such a run, of a job that it does not share, waits for a lock that another runner holds: as --wait
 * says. Hosts of a share that are all told to rebuild tables wait for each other, as long as the job may
 * take.
 */
int64_t run_wait_ms(const struct run_options *options, const struct job *job);

/* Whether a run with these options skips what has not moved: not with --from, --again or --rebuild, and not
 * to load days again. */
bool run_may_skip_unchanged(const struct run_options *options);

#endif
