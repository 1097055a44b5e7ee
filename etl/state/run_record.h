/*
 * The run table: one row per chunk, `running` from its first moment and ended with the outcome.
 */
#ifndef STATE_RUN_RECORD_H
#define STATE_RUN_RECORD_H

#include "base/arena.h"
#include "base/err.h"
#include "job/window.h"
#include "state/row_counts.h"
#include "wire/pg/pg.h"

#include <stdint.h>

struct run_record_entry {
    const char *job;
    const char *contract;
    const char *schema; /* of the target */
    const char *table;
    const char *request; /* the request as text: see chunk_put_request(); NULL: it is never compared */
    const char *query;   /* the body of the query without its window; NULL: it is never compared */
    const struct window *window;
    bool window_given;  /* the days are not those of the job's own window: --from and --to, or a repair */
    const char *source; /* query, export or contract */
    const char *host;
    int pid;
    const char *invocation_id; /* the UUID of this start of the program; NULL: not known */
    size_t chunk;  /* place among the invocation's chunks of the job and contract, from 1; 0: not known */
    size_t chunks; /* how many these are */
    uint64_t requests_before; /* requests for the list of contracts, which are counted as this chunk's */
};

/* Writes the row `running`, and sets the name of this session's work (application_name). Both are committed
 * at once, except in a transaction of the caller, whose rollback undoes them. */
MUST_CHECK bool run_record_start(struct pg *pg, const struct run_record_entry *entry, int64_t *run_id,
                                 struct err *err);

/* Marks running runs as failed whose runner is gone: no session holds the lock of the run's table and
 * contract, and none holds the lock of its invocation (work_lock_presence()). Requests that were reserved for
 * it are free again. */
MUST_CHECK bool run_record_mark_lost(struct pg *pg, struct err *err);

/* To be called over a new connection, which it names after the run: whether a run whose COMMIT was not
 * answered has succeeded, and if so, its counts. */
MUST_CHECK bool run_record_outcome(struct pg *pg, int64_t run_id, bool *succeeded, struct row_counts *counts,
                                   struct err *err);

/* A run, and the table that its rows go to. */
struct run_record_table {
    int64_t run_id;
    const char *schema;
    const char *table;
};

/*
 * Finds another run that has loaded days of this run's window into the same table, for the same contract,
 * from an answer that was requested later. This run's answer is then out of date. *by: that run, as text for
 * a message, in arena; NULL: there is none. The caller holds the lock of table and contract.
 */
MUST_CHECK bool run_record_find_newer(struct pg *pg, const struct run_record_table *run, struct arena *arena,
                                      const char **by, struct err *err);

/* Records that the run requests its rows again, because it does not load what it has fetched. */
MUST_CHECK bool run_record_restart(struct pg *pg, int64_t run_id, struct err *err);

/* Requests of a run to the API that count against the rate limit. */
struct request_counts {
    uint64_t total;
    uint64_t export; /* of them, those spent on an export */
};

/* Ends the row as succeeded: within the transaction of the load. ERR_LATER if somebody has deleted the row.
 */
struct run_record_success {
    int64_t run_id;
    const char *schema; /* of the table that the rows are in */
    const char *table;
    uint64_t rows_read;
    const struct row_counts *counts;
    struct request_counts requests;
    const char *schema_changes; /* what was changed of the table, in words, one per line; NULL: nothing */
    const char *accepted;       /* failed checks that run --accept has let pass, one per line; NULL: none */
    const char *figures; /* of the rows that are in the table now, one per line; NULL: there is no table */
};
MUST_CHECK bool run_record_succeed(struct pg *pg, const struct run_record_success *success, struct err *err);

/*
 * The newest successful load of a chunk with a window, compared with what would be requested now and with the
 * table that rows would go to now. run/finish.h judges whether the chunk is finished.
 */
struct run_record_load {
    bool exists;
    char run_id[24];
    bool has_same_request;
    bool is_of_this_table; /* it went into this table, which exists and has not been made again since */
    bool days_were_over;   /* all days of the window were over, by UTC, when they were requested */
    bool keeps_vanished;   /* it left rows in the table that the answer no longer had */
    const char *figures;   /* as run_record_success has them; in the arena; NULL: none recorded */
};
MUST_CHECK bool run_record_find_load(struct pg *pg, const struct run_record_entry *entry, struct arena *arena,
                                     struct run_record_load *load, struct err *err);

/* Writes the row `skipped` of a chunk. reason: why the usage of the chunk is known to be unchanged; NULL: the
 * chunk is finished.
 */
MUST_CHECK bool run_record_skip(struct pg *pg, const struct run_record_entry *entry, const char *reason,
                                int64_t *run_id, struct err *err);

/* The day (UTC) on which the run's data was requested, by this run or by the one whose query or export it
 * resumes. *known false: the run table has no time of a submit for the run. */
MUST_CHECK bool run_record_requested_day(struct pg *pg, int64_t run_id, bool *known, date_t *day,
                                         struct err *err);

/* Ends the row as failed, in a transaction of its own, and frees the requests that were reserved for the run.
 */
MUST_CHECK bool run_record_fail(struct pg *pg, int64_t run_id, struct request_counts requests,
                                const struct err *reason, struct err *err);

#endif
