/*
 * Copies rows straight into the table if it has none in the load's scope: a new table, or the first load of a
 * month. There is nothing to compare the rows with, so they need no second copy in the database.
 *
 * If something is refused here (a key that exists in the table outside the scope; a proof that fails), the
 * caller rolls back, calls stage_move_to_table() and loads again through the staging table, which gives the
 * exact error.
 */
#ifndef LOAD_FILL_H
#define LOAD_FILL_H

#include "load/scope.h"
#include "load/stage.h"

/*
 * *possible: the target can take the rows directly. It cannot if the scope has rows already, if a check of
 * the job reads the stage (checks.not_null, in, sql), if the table may not keep the rows as they are written
 * (fill_check_table()) or has rows of the contract without a date (load/misplaced_rows), if the key does not
 * include the day and may exist on another day, if the rows of every run are kept (mode: append), or if
 * windows of snapshots may replace each other.
 */
MUST_CHECK bool fill_is_possible(const struct target *target, const char *contract,
                                 const struct window *window, struct pg *pg, bool *possible, struct err *err);

/*
 * To be called in the load's transaction: writes all rows of the stage's file (stage_file()). *rows: how many
 * rows the server has taken; fewer than sent if a trigger of the table has dropped some.
 */
struct fill {
    const struct load_scope *scope;
    const struct stage *stage;
    int64_t run_id;
    /* The table like the target, made in this transaction, that takes the rows instead (load/partitions);
     * NULL: the target itself. */
    const char *standalone;
};
MUST_CHECK bool fill_run(const struct fill *fill, struct pg *pg, uint64_t *rows, struct err *err);

/*
 * To be called after fill_run(), which has locked the table: ERR_DATA if the table may not keep the rows as
 * they were written: it has triggers, one of the tool's own columns has another type, or its unique index is
 * missing. Another session may have changed this since fill_is_possible().
 */
MUST_CHECK bool fill_check_table(const struct target *target, struct pg *pg, struct err *err);

#endif
