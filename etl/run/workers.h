/*
 * The threads of a run, and what run/runner (this process does the whole run) and run/share_run (hosts share
 * it) have in common.
 */
#ifndef RUN_WORKERS_H
#define RUN_WORKERS_H

#include "run/chunk_context.h"
#include "run/rebuilds.h"
#include "run/run_options.h"
#include "run/service.h"
#include "run/session.h"
#include "run/source_changes.h"

#include <pthread.h>

struct runner {
    const struct run_options *options;
    struct service service;
    struct schedule schedule;
    struct rebuilds rebuilds;
    struct source_changes changes;
    int64_t *job_deadlines_ms; /* by the job's place in options; 0: not begun */
    pthread_mutex_t mutex; /* guards job_deadlines_ms, the states of work units and rebuilds, and `shared` */
    pthread_cond_t work_changed; /* a work unit is over */
    struct share_run *shared;    /* NULL: this process does the whole run */
    char session_name[SESSION_NAME];
    bool has_reports; /* as in struct run_outcome */
};

/* A thread. It keeps its connection from one work unit or chunk to the next. */
struct worker {
    struct runner *runner;
    pthread_t thread;
    struct session session;
    bool is_first; /* has a connection from the beginning, and never ends for lack of one */
};

/* The place of a job in the options. */
size_t runner_job_place(const struct runner *runner, const struct job *job);

/* The longest `timeout` of the jobs; of_listing: only of those with `contract: active` or `all`. */
int64_t runner_longest_timeout_ms(const struct schedule_options *schedule, bool of_listing);

/* Makes the runner's schedule, with the windows as of today (UTC). */
void runner_make_schedule(struct runner *runner, date_t today, struct pg *pg, struct arena *arena);
/* Asks the service what has changed (run/source_changes), for the jobs with window.skip_unchanged. */
void runner_fetch_source_changes(struct runner *runner, struct pg *pg, struct arena *arena);

/* Whether the chunk is not to be run: it is unchanged, or finished by an earlier run, or that could not be
 * found out. Then item has its result: skipped, or failed. */
bool runner_skip_chunk(const struct runner *runner, const struct chunk_context *context,
                       struct run_item *item);

/*
 * To be called at the beginning of a thread. True: the thread must end, because the server, the role or a
 * pooler allows no further connection; the other threads do its work. Connects every worker but the first,
 * which has a connection. After any other error it returns false: the work connects again, and reports the
 * error if that fails too.
 */
bool runner_lacks_connection(struct worker *worker);

/*
 * Runs `thread`, with a struct worker, in up to run.parallel_jobs threads, and returns when all have ended.
 * first: the connection that prepared the database; the first worker takes it over. Fails only if no thread
 * at all can be started.
 */
MUST_CHECK bool runner_work(struct runner *runner, struct pg *first, void *(*thread)(void *),
                            struct err *err);

#endif
