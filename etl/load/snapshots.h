/*
 * The windows that a table of rows without a date holds of a contract, and what loading one more does to them
 * (load/snapshot_rule). The rows tell which windows there are, and tokenflex_etl.target_window which of them
 * move with the day: rows of a window that is not remembered there count as given.
 */
#ifndef LOAD_SNAPSHOTS_H
#define LOAD_SNAPSHOTS_H

#include "base/err.h"
#include "load/snapshot_rule.h"
#include "load/target.h"
#include "wire/pg/pg.h"

/* What is to be loaded into which table. Everything is borrowed. */
struct snapshot_load {
    const struct target *target; /* inspected, or made in this transaction */
    const char *contract;
    struct snapshot_chunk chunk;
};

/*
 * Decides by what the table holds now; before a request, and again within the load's transaction. Rows by
 * date, and tables that keep every run's rows, have nothing to decide; with target.snapshots: all, and where
 * the table does not exist yet or pg is NULL (it cannot be asked), no window is replaced. The decision lives
 * in the arena.
 *
 * ERR_CONFIG where the window is refused: both windows are named, and the hint has the statement that removes
 * the older rows, where they are in the way. ERR_LATER where a window of a later day is loaded already.
 */
MUST_CHECK bool snapshots_decide(const struct snapshot_load *load, struct pg *pg, struct arena *arena,
                                 struct snapshot_decision *decision, struct err *err);

/* Within the load's transaction, after its rows: remembers the window, and forgets those that it replaces. */
MUST_CHECK bool snapshots_remember(const struct snapshot_load *load, const struct snapshot_decision *decision,
                                   struct pg *pg, struct err *err);

/*
 * Appends the windows as people read them, up to three by name: `2026-11-01..2026-11-08, … and 4 more`.
 * Pure.
 */
void snapshots_put_names(const struct snapshots *windows, struct buf *out);

#endif
