/* Shared by the files of this folder that write to the run table. */
#ifndef STATE_RUN_WRITE_H
#define STATE_RUN_WRITE_H

#include "base/err.h"
#include "wire/pg/pg.h"

/* Runs a statement of the run table that answers with nothing to read. Committed, outside a transaction. */
MUST_CHECK bool run_write(struct pg *pg, const char *sql, struct pg_params params, struct err *err);

#endif
