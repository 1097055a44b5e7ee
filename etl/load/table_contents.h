/*
 * What a target table holds: rows and days by contract, snapshots by window, and which jobs have loaded them.
 * A rebuild has to load all of it again.
 */
#ifndef LOAD_TABLE_CONTENTS_H
#define LOAD_TABLE_CONTENTS_H

#include "base/arena.h"
#include "base/err.h"
#include "job/job.h"
#include "job/window.h"
#include "wire/pg/pg.h"

#include <stdint.h>

struct table_contents_part {
    const char *contract;
    uint64_t rows;
    struct window days; /* not bounded: its rows have no days */
    bool is_moving;     /* snapshots: the window is relative to the day (load/snapshot_rule) */
    date_t as_of;       /* is_moving: the `today` from which the window was computed */
};

struct table_contents {
    struct table_contents_part *items; /* one per contract; snapshots: one per contract and window */
    size_t count;
    struct text_list jobs; /* the jobs that have loaded it */
};

/* A table that exists, and one of the jobs that load it. */
struct table_contents_request {
    const struct job *job;
    const char *schema;
    const char *table;
};

/* Counts the rows of the whole table. Everything lives in arena. */
MUST_CHECK bool table_contents_read(const struct table_contents_request *table, struct pg *pg,
                                    struct arena *arena, struct table_contents *contents, struct err *err);

/* Counts the rows of a contract in a window; not bounded: all its rows. 0 for a bounded window if the table
 * has no column that shows the days of its rows. */
MUST_CHECK bool table_contents_count(const struct table_contents_request *table, const char *contract,
                                     const struct window *window, struct pg *pg, uint64_t *rows,
                                     struct err *err);

#endif
