/*
 * What a run is to do, in order: every chunk of every contract of every job.
 */
#ifndef RUN_SCHEDULE_H
#define RUN_SCHEDULE_H

#include "api/contract.h"
#include "base/arena.h"
#include "run/chunk.h"

/* One chunk and how it went. */
struct run_item {
    struct chunk chunk;
    struct chunk_result result;
};

/* The chunks of one contract of one job, oldest first: what a worker takes at a time. */
struct turn {
    const struct job *job;
    const char *contract;
    struct run_item *items;
    size_t count;
    struct err refused; /* kind ERR_NONE: it may run */
    struct table_rebuild
        *rebuild; /* run/rebuilds: loads into a new table; NULL: into the one that is there */
    enum { TURN_WAITS, TURN_RUNS, TURN_IS_OVER } state;
};

struct schedule {
    struct turn *turns;
    size_t turn_count;
    struct run_item *items; /* of all turns, in their order */
    size_t item_count;
};

struct schedule_options {
    const struct job *const *jobs;
    size_t job_count;
    struct window_override window; /* --from, --to */
    date_t today;                  /* UTC */
};

/*
 * The contracts that the service lists, for jobs with `contract: active` or `all`: asked for once, by the
 * first job that wants them. False: such jobs cannot be planned, for the reason in err.
 */
struct contract_source {
    bool (*list)(void *context, struct arena *arena, struct contracts *contracts, uint64_t *requests,
                 struct err *err);
    void *context;
};

/* Makes the schedule. A job that cannot be planned has one turn of one item, which carries the reason. */
void schedule_make(const struct schedule_options *options, const struct contract_source *source,
                   struct arena *arena, struct schedule *schedule);

#endif
