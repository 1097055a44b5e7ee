/*
 * From the stage into the target, by target.mode and target.vanished.
 *
 * upsert: one comparison of the stage with the table's scope finds which rows are new, which have changed and
 * which have vanished from the answer. New rows are inserted, changed ones updated; vanished ones are
 * deleted, or kept where the job says so; all others are left alone, untouched and unlocked. append: every
 * row is inserted, beside those of earlier runs. A stage that has its rows in a file goes straight into the
 * table, which has none in its scope (load/fill).
 *
 * Of snapshots, rows without a date, the rows of windows that this one replaces (load/snapshots) are deleted
 * whatever target.vanished says: kept, they would count days twice. They count as vanished.
 *
 * What changes of figures that an earlier load had brought is recorded (load/restatement), and with
 * target.history old versions of the rows that are changed or deleted are kept (load/history).
 *
 * A row's identity is its key: where the table keeps a row is never asked. Every statement's count is held
 * against the comparison's, and in the end what is in the table against what was received (load/proof_check).
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
    const struct windows *moving; /* the job's windows that move with the day, as they are today */
    date_t today;
    int64_t run_id;
    const struct stage *stage; /* its rows are all there */
    /* Partitions that the rows need and that are added first; none where apart. */
    const struct part_ranges *missing;
    /* Of a stage that has its rows in a file: the one partition of all of them, to be filled and attached;
     * NULL: none. */
    const struct part_range *apart;
    bool accept;          /* run --accept: what load/vanished and load/change refuse is a warning */
    struct buf *accepted; /* appends what was accepted, one a line */
    struct buf *figures;  /* appends the figures of the rows that are there now: figures_put_lines() */
};

/*
 * Within the caller's transaction, after target_apply(). A table that target_apply() has made gets its unique
 * index here, once its rows are in it.
 *
 * ERR_CONFIG and ERR_LATER where the window is refused (load/snapshots).
 * ERR_DATA when a key comes twice in the stage, when a row is a totals line, when too many rows have vanished
 * (load/vanished), or when the table does not hold what was received: what differs is named. ERR_CREATE when
 * something of the table's keeps rows from being written; ERR_LATER when somebody else changed rows
 * at that moment.
 */
MUST_CHECK bool merge_run(const struct merge *merge, struct pg *pg, struct row_counts *counts,
                          struct err *err);

#endif
