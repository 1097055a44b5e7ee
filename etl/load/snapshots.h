/*
 * The windows that a table of rows without a date holds of a contract, and what loading one more does to them
 * (load/snapshot_rule). The rows show which windows exist, and tokenflex_etl.target_window which of them move
 * with the day: a window that is not stored there counts as given.
 */
#ifndef LOAD_SNAPSHOTS_H
#define LOAD_SNAPSHOTS_H

#include "base/err.h"
#include "load/snapshot_rule.h"
#include "load/target.h"
#include "wire/pg/pg.h"

/* What to load, and into which table. Everything is borrowed. */
struct snapshot_load {
    const struct target *target; /* inspected, or created in this transaction */
    const char *contract;
    struct snapshot_chunk chunk;
};

/*
 * Decides by what the table holds now; called before a request, and again within the load's transaction.
 * Nothing has to be decided for rows by date, or for tables that keep the rows of every run. No window is
 * replaced in these cases: target.snapshots is all; the table does not exist yet; pg is NULL (the table
 * cannot be read). The decision lives in the arena.
 *
 * ERR_CONFIG if the window is refused: the error names both windows, and the hint has the statement that
 * deletes the older rows, if they are in the way. ERR_LATER if a window of a later day is already loaded.
 */
MUST_CHECK bool snapshots_decide(const struct snapshot_load *load, struct pg *pg, struct arena *arena,
                                 struct snapshot_decision *decision, struct err *err);

/* To be called in the load's transaction, after its rows are written: stores the window, and deletes the
 * records of those that it replaces. */
MUST_CHECK bool snapshots_remember(const struct snapshot_load *load, const struct snapshot_decision *decision,
                                   struct pg *pg, struct err *err);

/* Appends the windows for people, up to three by name: `2026-11-01..2026-11-08, … and 4 more`. Pure. */
void snapshots_put_names(const struct snapshots *windows, struct buf *out);

#endif
