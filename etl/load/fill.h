/*
 * Rows straight into the table where it has none of their scope: a new table, or the first load of a month.
 * There is nothing to compare them with, so they need no second copy in the database.
 *
 * Whatever is refused on this way (a key that is in the table already, outside the scope; a proof that fails)
 * is told by the other one, which takes the stage's table: the caller rolls back, calls stage_settle() and
 * loads again.
 */
#ifndef LOAD_FILL_H
#define LOAD_FILL_H

#include "load/scope.h"
#include "load/stage.h"

/*
 * *possible: the target takes the rows as they are. It does not where rows are there already, where a check
 * of the job's reads the stage (checks.not_null, in, sql), where triggers may change what is written
 * (load/written), where a key without the day may be in the table on another one, where runs stand beside
 * each other (mode: append), or where windows of snapshots may take each other's place.
 */
MUST_CHECK bool fill_is_possible(const struct target *target, const char *contract,
                                 const struct window *window, struct pg *pg, bool *possible, struct err *err);

/*
 * In the load's transaction: writes all rows of a stage that has them in a file (stage_file()). *rows is how
 * many the server took: fewer where a trigger of the table's has swallowed some.
 */
struct fill {
    const struct load_scope *scope;
    const struct stage *stage;
    int64_t run_id;
    const char *apart; /* the table like the target, made in this transaction, that takes the rows instead
                          (load/partitions); NULL: the target itself */
};
MUST_CHECK bool fill_run(const struct fill *fill, struct pg *pg, uint64_t *rows, struct err *err);

/*
 * After fill_run(), with the table locked by it: ERR_DATA where it has got triggers, or other types of the
 * tool's own columns, since fill_is_possible() looked, or as it was made.
 */
MUST_CHECK bool fill_check_table(const struct target *target, struct pg *pg, struct err *err);

#endif
