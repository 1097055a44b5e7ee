/*
 * Merges the stage into the target, by target.mode and target.vanished.
 *
 * upsert: one comparison of the stage with the table's scope finds which rows are new, which have changed,
 * and which the answer lacks (vanished). Checksums may show beforehand that there are no such rows
 * (load/same_rows). New rows are inserted and changed ones updated; vanished ones are deleted, or kept if the
 * job says so; all others are neither changed nor locked. append: every row is inserted and the rows of
 * earlier runs are kept. Rows in a file are copied straight into the table, whose scope is then empty
 * (load/fill).
 *
 * For snapshots (rows without a date), the rows of windows that this one replaces (load/snapshots) are
 * deleted whatever target.vanished says, because days would count twice. They count as vanished.
 *
 * Changes of figures that an earlier load has written are recorded (load/restatement), and with
 * target.history old versions of changed or deleted rows are kept (load/history).
 *
 * Rows are identified by their key, never by their physical position. The row count of every statement is
 * compared with that of the comparison, and in the end the content of the table with what was received
 * (load/proof_check).
 */
#ifndef LOAD_MERGE_H
#define LOAD_MERGE_H

#include "base/err.h"
#include "job/window.h"
#include "load/stage.h"
#include "load/target.h"
#include "state/row_counts.h"
#include "wire/pg/pg.h"

#include <stdint.h>

struct merge {
    const struct target *target;
    const char *contract;
    const struct window *window;
    const struct windows *moving; /* the job's windows that move with the day, as of today */
    date_t today;
    int64_t run_id;
    const struct stage *stage; /* complete */
    /* Partitions that the rows need and that are added first; none where one is filled standalone. */
    const struct partition_ranges *missing;
    /* The one new partition that takes all rows of the stage, if the stage has them in a file: it is filled
     * and then attached. NULL: none. */
    const struct partition_range *standalone;
    bool accept;          /* run --accept: what load/vanished and load/max_change refuse is a warning */
    struct buf *accepted; /* output: what was accepted is appended, one per line */
    struct buf *figures;  /* output: the figures of the rows that are there now, figures_put_lines() */
};

/*
 * To be called in the caller's transaction, after target_apply(). If target_apply() has created the table,
 * its unique index is created here, after its rows are written.
 *
 * ERR_CONFIG and ERR_LATER if the window is refused (load/snapshots). ERR_DATA if a key occurs twice in the
 * stage, if a row is a totals line, if too many rows have vanished (load/vanished), if a sum changes too much
 * (load/max_change), or if the table does not hold what was received: the error names what differs.
 * ERR_CREATE if something in the table prevents rows from being written; ERR_LATER if another session changed
 * rows at the same time.
 */
MUST_CHECK bool merge_run(const struct merge *merge, struct pg *pg, struct row_counts *counts,
                          struct err *err);

#endif
