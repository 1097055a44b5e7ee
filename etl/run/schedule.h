/*
 * The schedule of a run: every chunk of every contract of every job, in order.
 */
#ifndef RUN_SCHEDULE_H
#define RUN_SCHEDULE_H

#include "api/contract.h"
#include "base/arena.h"
#include "run/chunk.h"

/* One chunk and its result. */
struct run_item {
    struct chunk chunk;
    struct chunk_result result;
};

/* The chunks of one contract of one job, oldest first: what one worker processes at a time. */
struct work_unit {
    const struct job *job;
    const char *contract;
    struct run_item *items;
    size_t count;
    struct err refused; /* kind ERR_NONE: it may run */
    struct table_rebuild
        *rebuild; /* run/rebuilds: the rebuild whose new table is loaded; NULL: the existing table is */
    enum { UNIT_WAITING, UNIT_RUNNING, UNIT_OVER } state;
};

struct schedule {
    struct work_unit *units;
    size_t unit_count;
    struct run_item *items; /* the items of all work units, in their order */
    size_t item_count;
};

/*
 * Finds an earlier first day for the window of a job and contract: if chunks were skipped
 * (window.skip_unchanged), the next load begins where the first of them began. Returns false if there are
 * none.
 */
struct window_begin {
    bool (*find)(void *context, const struct job *job, const char *contract, date_t *first_day);
    void *context;
};

struct schedule_options {
    const struct job *const *jobs;
    size_t job_count;
    struct window_override window;    /* --from, --to */
    const struct windows *reload;     /* one per job: the days to load instead; NULL: none */
    const struct window_begin *begin; /* NULL: every window begins where its job says */
    date_t today;                     /* UTC */
};

/* Whether the chunks are not those of the jobs' own windows. Pure. */
bool schedule_window_given(const struct schedule_options *options);

/*
 * Lists the service's contracts for jobs with `contract: active` or `all`. Called once, for the first such
 * job. False: such jobs are refused; err says why, and `contracts` are those that were listed last, which may
 * be none.
 */
struct contract_lister {
    bool (*list)(void *context, struct arena *arena, struct contracts *contracts, uint64_t *requests,
                 struct err *err);
    void *context;
};

/* Makes the schedule. A job that cannot be planned gets one work unit with one item and the reason in
 * `refused`. If only the service's list of contracts is missing, it gets a refused work unit for each
 * contract that was listed last. */
void schedule_make(const struct schedule_options *options, const struct contract_lister *source,
                   struct arena *arena, struct schedule *schedule);

/*
 * Finds the next work unit to begin: the first waiting one whose table and contract are not being loaded by
 * another. *unit is NULL if all waiting units must wait longer. Returns false if none is waiting. Pure.
 */
bool schedule_next(const struct schedule *schedule, struct work_unit **unit);

#endif
