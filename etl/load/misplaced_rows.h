/*
 * Rows of the table that have a key of the stage, and are not of the load's scope: the key is made of
 * contract, window and fields, so that somebody has changed one of these by hand.
 */
#ifndef LOAD_MISPLACED_ROWS_H
#define LOAD_MISPLACED_ROWS_H

#include "load/scope.h"

/*
 * After an insert that the table's unique index has refused, with the transaction back at difference_find()'s
 * savepoint: where such rows are the cause, err becomes ERR_DATA that tells how many there are and of which
 * contract the first is, with the statement that deletes them. Always returns false.
 */
MUST_CHECK bool misplaced_rows_explain(const struct load_scope *scope, struct pg *pg, struct err *err);

#endif
