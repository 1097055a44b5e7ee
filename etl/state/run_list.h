/*
 * The run table by job and contract, for display: it is read and never changed, by any role that may select.
 */
#ifndef STATE_RUN_LIST_H
#define STATE_RUN_LIST_H

#include "base/arena.h"
#include "base/err.h"
#include "job/window.h"
#include "state/row_counts.h"
#include "wire/pg/pg.h"

#include <stdint.h>

enum run_status { RUN_RUNNING, RUN_SUCCEEDED, RUN_FAILED, RUN_SKIPPED };

/* A row of the run table: one chunk. Moments are milliseconds since 1970, by the database's clock. */
struct run_row {
    int64_t run_id;
    const char *invocation_id; /* of the invocation that wrote the row; NULL: version 0.1 wrote it */
    size_t chunk;  /* place among the invocation's chunks of the job and contract, from 1; 0: not known */
    size_t chunks; /* how many these are; 0: not known */
    enum run_status status;
    bool is_unchanged;   /* RUN_SKIPPED: its usage is unchanged, which counts as a load */
    bool runner_is_gone; /* no session holds the lock of the run's table and contract, nor that of its
                          * invocation; false on a standby */
    struct window window;
    bool window_given; /* the days are not those of the job's own window: --from and --to, or a repair */
    const char *source;
    int64_t started_ms;
    int64_t finished_ms; /* 0: not yet */
    uint64_t rows_read;
    struct row_counts counts;
    uint64_t requests;
    const char *schema_changes; /* what was changed of the table, in words, one per line; NULL: nothing */
    const char *error;          /* NULL: none */
    const char *error_kind; /* err_kind_info.name, or `died`; NULL: none, or an older version wrote the row */
    const char *error_hint; /* NULL: none */
    const char *host;
    int pid;
};

/* The rows of one job and contract: those of an invocation together, newest first. */
struct run_list_of_job {
    const char *job;
    const char *contract;
    bool has_data;       /* data_through is known; false for a job without a window */
    date_t data_through; /* the last day that was over when its data was requested, and that was loaded */
    struct run_row *rows;
    size_t row_count;
    bool is_whole; /* there are no older rows than these */
};

struct run_list {
    bool has_table;                /* false: `init` never ran in this database */
    int64_t now_ms;                /* the database's clock */
    struct run_list_of_job *items; /* by job and contract */
    size_t count;
};

struct run_list_wanted {
    const char *job;      /* NULL: every one */
    const char *contract; /* NULL: every one */
    size_t max_rows;      /* of each job and contract */
};

/*
 * Reads everything except has_data and data_through. Takes tens of milliseconds for ten rows of a hundred
 * jobs, however many rows the table has. Everything lives in arena. Sets jit = off for the rest of the
 * session.
 */
MUST_CHECK bool run_list_read(struct pg *pg, const struct run_list_wanted *wanted, struct arena *arena,
                              struct run_list *list, struct err *err);

/* Adds data_through to a list that has been read, from all rows of the table. */
MUST_CHECK bool run_list_read_data_through(struct pg *pg, struct run_list *list, struct err *err);

#endif
