/*
 * Rows of the table that have a key of the stage but are not in the load's scope. The key is computed from
 * contract, window and fields, so one of these was changed by hand.
 */
#ifndef LOAD_MISPLACED_ROWS_H
#define LOAD_MISPLACED_ROWS_H

#include "load/scope.h"

/*
 * To be called after the table's unique index has refused an insert, with the transaction back at
 * difference_find()'s savepoint. If such rows are the cause, err becomes ERR_DATA with their number, the
 * contract of the first, and the statement that deletes them. Always returns false.
 */
MUST_CHECK bool misplaced_rows_explain(const struct load_scope *scope, struct pg *pg, struct err *err);

#endif
