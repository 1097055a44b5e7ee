/*
 * Which usage has changed at the service: the newest answer of GET usage/:n/last for each contract, and since
 * when each pair of usage and charge category is unchanged (tokenflex_etl.source_change). Also reads the
 * loads whose data may still be current, and the chunks that were skipped as unchanged.
 *
 * Times are microseconds since 1970 by the database's clock.
 */
#ifndef STATE_SOURCE_CHANGE_H
#define STATE_SOURCE_CHANGE_H

#include "base/arena.h"
#include "base/err.h"
#include "job/catalogue.h"
#include "job/window.h"
#include "wire/pg/pg.h"

#include <stdint.h>

/* A pair of the service's answer. */
struct source_pair {
    enum usage_category category;
    const char *charge_category;
    bool has_usage_date; /* false: the service sends none */
    date_t last_usage_date;
    bool has_process_date;
    date_t last_process_date;
    bool is_listed;  /* the newest answer has it; if not, the dates are those that it had before */
    int64_t seen_us; /* when an answer first had, or lacked, the pair as now */
};

struct source_pairs {
    struct source_pair *items;
    size_t count;
};

/* What is stored about a contract. */
struct source_state {
    bool was_requested; /* there was an answer; first_requested_us is the time of the first */
    int64_t first_requested_us;
    int64_t now_us;
    struct source_pairs pairs;
};

/* Stores the service's answer about a contract. Does not read is_listed and seen_us of the pairs. */
MUST_CHECK bool source_change_remember(struct pg *pg, const char *contract, const struct source_pairs *pairs,
                                       struct err *err);

/* Reads what is stored about a contract. Everything lives in arena. */
MUST_CHECK bool source_change_read(struct pg *pg, const char *contract, struct arena *arena,
                                   struct source_state *state, struct err *err);

/* A load that succeeded. */
struct source_load {
    int64_t run_id;
    struct window window;
    bool has_same_query;     /* apart from the window */
    bool keeps_vanished;     /* it left rows in the table that the answer no longer had */
    bool is_own;             /* of this invocation */
    bool requested_is_known; /* requested_us is known: no answer came from the service's cache */
    int64_t requested_us;    /* not later than the first submit of the requests that were loaded */
    const char *figures;     /* as run_record_success has them; NULL: none recorded */
    const char *figures_now; /* of the table's rows now; NULL: not read. Set by the caller */
};

struct source_loads {
    struct source_load *items; /* newest first */
    size_t count;
};

/* Which loads to read. Everything is borrowed. */
struct source_loads_of {
    const char *schema;
    const char *table;
    const char *contract;
    int64_t within_ms;         /* begun within this time */
    const char *query;         /* the current query: chunk_put_query() */
    const char *invocation_id; /* whose loads have is_own; NULL: none */
};

/* Reads the loads of a table and contract, by any job. Everything lives in arena. */
MUST_CHECK bool source_change_loads(struct pg *pg, const struct source_loads_of *of, struct arena *arena,
                                    struct source_loads *loads, struct err *err);

/* A job and one of its contracts. */
struct source_job {
    const char *job;
    const char *contract;
};

/* The first day of the chunks that were skipped and that no load has covered since; *found: there are such
 * chunks. */
MUST_CHECK bool source_change_first_skipped(struct pg *pg, const struct source_job *job, bool *found,
                                            date_t *day, struct err *err);

/* The latest day with usage of a contract and usage category, by the service's newest answer. */
struct source_through {
    const char *contract;
    enum usage_category category;
    date_t day;
};

struct source_through_list {
    struct source_through *items;
    size_t count;
};

/* For all contracts; none if the table does not exist or cannot be read. Lives in arena. */
MUST_CHECK bool source_change_data_through(struct pg *pg, struct arena *arena,
                                           struct source_through_list *list, struct err *err);

#endif
