/*
 * Rows that were changed or added by hand, so that no load can handle them:
 *
 * - rows that have a key of the stage but are not in the load's scope. The key is computed from contract,
 *   window and fields, so one of these was changed;
 * - among these, rows without a date: the unique index does not refuse the same key with a date;
 * - rows of the scope without a key;
 * - several rows with one key. The table's unique index prevents these, unless it was dropped, or a child
 *   table has some of them.
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

/* Whether the table has rows of the contract without a date, although the window selects rows by date. An
 * index that begins with the date finds them. */
MUST_CHECK bool misplaced_rows_has_dateless(const struct load_scope *scope, struct pg *pg, bool *has,
                                            struct err *err);

/* To be called after the comparison: ERR_DATA as from misplaced_rows_explain(), if rows without a date have
 * keys of rows that the comparison has found to be new. */
MUST_CHECK bool misplaced_rows_refuse_dateless(const struct load_scope *scope, struct pg *pg,
                                               struct err *err);

/* ERR_DATA, with the statements that delete the rows of the scope without a key, if there are any. Pure. */
MUST_CHECK bool misplaced_rows_refuse_keyless(const struct load_scope *scope, uint64_t rows, struct err *err);

/* To be called after a load has failed, if such rows may be the cause: if several rows of the scope have one
 * key, err becomes ERR_DATA with the number of such keys and the statement that deletes the rows of up to 20
 * of them. Returns whether it has. The transaction must not have failed. */
bool misplaced_rows_explain_twice(const struct load_scope *scope, struct pg *pg, struct err *err);

#endif
