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
    const struct jobs *defined; /* all jobs, selected or not */
    bool defined_is_complete;   /* no job file has errors; false: no metric is reported as unused */
    bool rebuild;               /* --rebuild: tables whose grain or filter has changed are replaced */
    bool again;                 /* --again: finished chunks of a backfill are loaded again */
    bool accept;      /* --accept: what checks.max_vanished or max_change refuses is loaded, with a warning */
    int64_t wait_ms;  /* --wait: how long to wait for a lock that another run holds; 0: not at all */
    const char *task; /* the options and jobs of the command line, which identify a round of a share */
    const char *host;
    const char *invocation_id; /* a UUID of this start of the program; NULL for a plan, which writes no run */
    const char *user_agent;
    const char *version; /* of the program, with its revision: hosts that share work have the same */
};

/* The outcome of a round (run/share). */
struct share_outcome {
    const char *name; /* of the share; NULL: hosts did not share the run */
    int64_t round;
    bool is_over;                  /* nothing of the round is left to do */
    struct work_failures failures; /* is_over: chunks that failed, on whichever host */
    struct err err; /* why this host did not go on to the end; kind ERR_NONE: it did, or was stopped */
};

struct run_outcome {
    struct run_item *items; /* in the order of the schedule; of a round: those that this host has begun */
    size_t count;
    size_t failed;            /* items that failed; of a round: its chunks that failed, on any host */
    uint64_t change_requests; /* of GET usage/:n/last, which belong to no item */
    int exit_code;
    bool has_reports; /* when the run began, the schema had views of `init --reports` */
    struct share_outcome share;
};

/* Whether hosts share the work of a run with these options (run.share): not with --rebuild, and not if
 * schedule.reload names the days. */
bool run_is_shared(const struct run_options *options);

/* Whether every chunk sends a request of its own: with --rebuild, --again, or schedule.reload. A query or
 * export that an earlier run left at the service is not resumed, because its rows may be older than those of
 * the table. */
bool run_wants_fresh(const struct run_options *options);

/*
 * The time in milliseconds to wait for a lock that another run holds: --wait. With --rebuild and run.share
 * it is at least the job's timeout: one host of the share rebuilds the table, and the others wait for it.
 */
int64_t run_wait_ms(const struct run_options *options, const struct job *job);

/* Whether a run with these options obeys window.skip_unchanged: not with --from, --again or --rebuild, and
 * not if schedule.reload names the days. */
bool run_may_skip_unchanged(const struct run_options *options);

#endif
