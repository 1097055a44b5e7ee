/*
 * A run's threads, and what they do whether this process does the whole run or hosts share it: run/runner and
 * run/share_run.
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
    pthread_mutex_t mutex;     /* guards the states of work units and rebuilds, and job_deadlines_ms */
    pthread_cond_t work_changed;
    struct share_run *shared; /* NULL: this process does all of it */
    char session_name[SESSION_NAME];
};

/* One thread with its own connection, kept from work unit to work unit. */
struct worker {
    struct runner *runner;
    pthread_t thread;
    struct session session;
};

/* The place of a job in the options. */
size_t runner_job_place(const struct runner *runner, const struct job *job);

/* Of all jobs, or of those that the list of contracts is for. */
int64_t runner_longest_timeout_ms(const struct schedule_options *schedule, bool of_listing);

/* Makes the schedule, by the windows of `today`, and asks what has moved where jobs want to know. */
void runner_make_schedule(struct runner *runner, date_t today, struct pg *pg, struct arena *arena);
void runner_fetch_source_changes(struct runner *runner, struct pg *pg, struct arena *arena);

/* Whether a chunk is over without being begun. */
bool runner_skip_chunk(const struct runner *runner, const struct chunk_context *context,
                       struct run_item *item);

/*
 * The first worker has a connection from the beginning, and does all work that is left in the end. Another
 * that gets none, since the server, role or pooler allows no more, leaves its work to those that have one.
 * Any other error is left to the work units.
 */
bool runner_can_do_without(struct worker *worker);

/* The first worker has the connection that prepared the database; a thread that cannot be started is done
 * without. `thread` is called with a struct worker. */
MUST_CHECK bool runner_work(struct runner *runner, struct pg *first, void *(*thread)(void *),
                            struct err *err);

#endif
