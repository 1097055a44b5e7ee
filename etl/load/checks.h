/*
 * What a job demands of an answer before it is loaded: checks.min_rows, not_null, in and sql. They look at
 * the stage. (max_vanished and max_change, which compare the answer with the table: load/vanished and
 * load/change.)
 */
#ifndef LOAD_CHECKS_H
#define LOAD_CHECKS_H

#include "base/err.h"
#include "job/window.h"
#include "load/stage.h"
#include "load/target.h"
#include "wire/pg/pg.h"

#include <stdint.h>

/* The view of the stage that the queries of checks.sql read: contract_number, window_start and window_end
 * where the table has them, then the columns of the result as the table calls them. */
#define CHECKS_VIEW "staged"

struct checks {
    const struct target *target;
    const char *contract;
    const struct window *window;
    const struct stage *stage; /* its rows are all there */
};

/* checks.min_rows: ERR_DATA where the answer has fewer rows. */
MUST_CHECK bool checks_count_rows(const struct job *job, uint64_t rows, struct err *err);

/*
 * All others. In the load's transaction, before the first row is merged. ERR_DATA where a check fails: it
 * says which, how many rows violate it, and shows the first ones. ERR_CONFIG where a query of checks.sql
 * cannot be run, returns nothing that can be read, or tries to write.
 */
MUST_CHECK bool checks_run(const struct checks *checks, struct pg *pg, struct err *err);

#endif
