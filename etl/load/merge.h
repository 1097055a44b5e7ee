/*
 * From the stage into the target, by target.mode.
 *
 * upsert: rows that are new are inserted, rows that differ are updated, all others are left alone, untouched
 * and unlocked; rows of the contract and window that the result no longer has are deleted, unless
 * target.vanished keeps them. append: every row is inserted, beside those of earlier runs.
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
    int64_t run_id;
    const struct stage *stage; /* its rows are all there */
    bool accept;               /* what load/vanished refuses is a warning */
};

/*
 * Within the caller's transaction, after target_apply(). A table that target_apply() has made gets its unique
 * index here, once its rows are in it. ERR_DATA when a key comes twice in the stage: the error names the
 * key's columns and shows one; or when more rows would vanish than load/vanished allows. ERR_LATER when
 * somebody else changed rows of the table by hand at that moment.
 */
MUST_CHECK bool merge_run(const struct merge *merge, struct pg *pg, struct row_counts *counts,
                          struct err *err);

#endif
