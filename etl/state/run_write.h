/* Shared by the files of this folder that write to the run table. */
#ifndef STATE_RUN_WRITE_H
#define STATE_RUN_WRITE_H

#include "base/err.h"
#include "wire/pg/pg.h"

/*
 * Runs a statement that changes the row of the run whose number is the first parameter. Committed, outside a
 * transaction. ERR_LATER where somebody has deleted the row.
 */
MUST_CHECK bool run_write(struct pg *pg, const char *sql, struct pg_params params, struct err *err);

/* As run_write(), for a statement that may change no row. */
MUST_CHECK bool run_write_any(struct pg *pg, const char *sql, struct pg_params params, struct err *err);

/* ERR_LATER with what to do. Returns false. */
bool run_write_refuse_deleted(const char *run_id, struct err *err);

#endif
