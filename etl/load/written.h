/*
 * Whether a table's triggers have left the rows as they were written. The proof (load/proof_check) ties a
 * row's numbers to its key; a trigger may change a text or a day besides, and leave the key.
 */
#ifndef LOAD_WRITTEN_H
#define LOAD_WRITTEN_H

#include "load/scope.h"

/*
 * In the load's transaction, once its rows are written: ERR_DATA where the table has triggers and a row of
 * this run has another value than the stage has; it names the columns.
 */
MUST_CHECK bool written_check(const struct load_scope *scope, const char *run_id, struct pg *pg,
                              struct err *err);

#endif
