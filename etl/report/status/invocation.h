/*
 * One invocation: what one start of `tokenflex-etl run` did for a job and contract. The run table has one row
 * per chunk. The rows record which invocation they belong to, and how many chunks it has. Pure.
 */
#ifndef REPORT_STATUS_INVOCATION_H
#define REPORT_STATUS_INVOCATION_H

#include "state/run_list.h"

enum invocation_status {
    INVOCATION_SUCCEEDED, /* every chunk was loaded, unchanged or finished before; at least one was loaded or
                           * unchanged */
    INVOCATION_FAILED,    /* a chunk failed */
    INVOCATION_SKIPPED,   /* every chunk was finished before */
    INVOCATION_RUNNING,
    INVOCATION_DIED, /* chunks are missing, none has failed, and the runner is gone */
};

struct invocation {
    enum invocation_status status;
    struct window window; /* from the first day to the end of those that were begun */
    bool window_given;    /* the days are not those of the job's own window */
    int64_t started_ms;
    int64_t ended_ms; /* INVOCATION_DIED: the last known time; INVOCATION_RUNNING: 0 */
    size_t chunks;    /* of the job and contract that were to be loaded, begun or not */
    size_t succeeded;
    size_t failed;
    size_t skipped;
    size_t unchanged; /* how many of the skipped have unchanged usage */
    uint64_t rows_read;
    struct row_counts counts;
    uint64_t requests;
    struct text_list schema_changes; /* what it has changed of the table, in words, oldest first */
    size_t last_chunk;               /* the highest place of a chunk that was begun */
    bool is_running;                 /* a chunk is not over */
    bool *seen;                      /* by place: the chunk has a row */
    int64_t last_finished_ms;        /* 0: no chunk is over */
    const struct run_row *newest;    /* the chunk that it began last */
    const struct run_row *loaded;    /* the last chunk that was loaded; NULL: none */
    const struct run_row *failure;   /* the chunk that failed; NULL: none */
};

struct invocations {
    struct invocation *items; /* newest first */
    size_t count;
};

/*
 * Folds the rows of a job and contract into invocations, which live in arena and borrow the rows: newest
 * first, as run_list_read() has them. Chunks are begun in their order, and one that fails ends the
 * invocation: it is complete when its last chunk has a row, and none is running. A chunk that hosts share may
 * have several rows, of which the newest counts: a host has taken it over from another. A row without an
 * invocation_id is an invocation of its own.
 */
void invocation_fold(const struct run_row *rows, size_t count, struct arena *arena,
                     struct invocations *invocations);

/*
 * The newest failure that stands: an invocation that failed or died, and whose days were not loaded since.
 * Its days count as loaded if a later invocation of the job's own window succeeded, or a later one of given
 * days
 * (--from and --to, or a repair) that include all its days. If the failure did not begin all its chunks, the
 * given days must also reach the day on which it started, or begin on the same day in as many chunks. NULL:
 * none stands.
 */
const struct invocation *invocation_find_standing(const struct invocations *invocations);

/* The newest invocation that succeeded and is older than every failure that stands; NULL: none. */
const struct invocation *invocation_find_success(const struct invocations *invocations);

/* Whether an invocation of the job's own window succeeded: no failure stands that is older. */
bool invocation_has_regular_success(const struct invocations *invocations);

/* The newest invocation that succeeded and has loaded a chunk; NULL: none. */
const struct invocation *invocation_find_loaded(const struct invocations *invocations);

/* The newest invocation that succeeded, failed or died; NULL: none. */
const struct invocation *invocation_find_ended(const struct invocations *invocations);

/* How many invocations have failed or died since invocation_find_success(). */
size_t invocation_count_failures(const struct invocations *invocations);

/* succeeded, failed, skipped, running, died. */
const char *invocation_status_name(enum invocation_status status);

/* The time from start to end; from start to now_ms if it is running. */
int64_t invocation_elapsed_ms(const struct invocation *invocation, int64_t now_ms);

#endif
