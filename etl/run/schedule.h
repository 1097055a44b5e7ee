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
struct work_unit {
    const struct job *job;
    const char *contract;
    struct run_item *items;
    size_t count;
    struct err refused; /* kind ERR_NONE: it may run */
    struct table_rebuild
        *rebuild; /* run/rebuilds: loads into a new table; NULL: into the one that is there */
    enum { WORK_WAITS, WORK_RUNS, WORK_IS_OVER } state;
};

struct schedule {
    struct work_unit *units;
    size_t unit_count;
    struct run_item *items; /* of all work units, in their order */
    size_t item_count;
};

/*
 * Where a job's window begins for a contract, if earlier than the job says: chunks were skipped (window.
 * skip_unchanged), and the next load is to begin where the first of them began. False: there are none.
 */
struct window_begin {
    bool (*find)(void *context, const struct job *job, const char *contract, date_t *first_day);
    void *context;
};

struct schedule_options {
    const struct job *const *jobs;
    size_t job_count;
    struct window_override window;    /* --from, --to */
    const struct windows *reload;     /* by the place of each job: days to load instead; NULL: none */
    const struct window_begin *begin; /* NULL: every window begins where its job says */
    date_t today;                     /* UTC */
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

/* Makes the schedule. A job that cannot be planned has one work unit of one item, which carries the reason.
 */
void schedule_make(const struct schedule_options *options, const struct contract_source *source,
                   struct arena *arena, struct schedule *schedule);

/*
 * The next work unit to begin: the first one that waits and whose table is not being loaded for the same
 * contract by another. *unit is NULL where all that wait have to wait longer. False: none is left that waits.
 * Pure.
 */
bool schedule_next(const struct schedule *schedule, struct work_unit **unit);

#endif
