/*
 * What a target table holds: rows and days by contract, snapshots by window, and which jobs have loaded them.
 * A rebuild has to load all of it again.
 */
#ifndef LOAD_HELD_H
#define LOAD_HELD_H

#include "base/arena.h"
#include "base/err.h"
#include "job/job.h"
#include "job/window.h"
#include "wire/pg/pg.h"

#include <stdint.h>

struct held_share {
    const char *contract;
    uint64_t rows;
    struct window days; /* not bounded: its rows have no days */
    bool moves;         /* snapshots: the days are a window that moves with the day (load/snapshot_rule) */
    date_t as_of;       /* moves: the `today` from which the window was computed */
};

struct held {
    struct held_share *items; /* one per contract; snapshots: one per contract and window */
    size_t count;
    struct text_list jobs; /* the jobs that have loaded it */
};

/* A table that exists, and one of the jobs that load it. */
struct held_table {
    const struct job *job;
    const char *schema;
    const char *table;
};

/* Counts the rows of the whole table. Everything lives in arena. */
MUST_CHECK bool held_measure(const struct held_table *table, struct pg *pg, struct arena *arena,
                             struct held *held, struct err *err);

#endif
