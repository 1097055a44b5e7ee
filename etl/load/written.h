/*
 * Checks that a table's triggers have left the rows as the stage has them: those that were written and,
 * except with `mode: append`, also the others of the scope. The proof (load/proof_check) only covers a row's
 * numbers and key; a trigger may change a text or a day without the key.
 */
#ifndef LOAD_WRITTEN_H
#define LOAD_WRITTEN_H

#include "load/scope.h"

/*
 * To be called in the load's transaction, after its rows are written: ERR_DATA if the table has triggers and
 * a row has another value than in the stage; the error names the columns.
 */
MUST_CHECK bool written_check(const struct load_scope *scope, const char *run_id, struct pg *pg,
                              struct err *err);

#endif
