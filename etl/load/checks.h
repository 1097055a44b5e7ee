/*
 * Checks what a job requires of an answer before it is loaded: checks.min_rows, not_null, in and sql, on the
 * staged rows. (load/vanished and load/max_change check max_vanished and max_change, which compare the answer
 * with the table.)
 */
#ifndef LOAD_CHECKS_H
#define LOAD_CHECKS_H

#include "base/err.h"
#include "job/window.h"
#include "load/stage.h"
#include "load/target.h"
#include "wire/pg/pg.h"

#include <stdint.h>

/* The view of the stage that the queries of checks.sql read: contract_number; window_start and window_end if
 * the table has them; then the columns of the result with the names of the table's columns. */
#define CHECKS_VIEW "staged"

struct checks {
    const struct target *target;
    const char *contract;
    const struct window *window;
    const struct stage *stage; /* complete */
};

/* checks.min_rows: ERR_DATA if the answer has fewer rows. */
MUST_CHECK bool checks_count_rows(const struct job *job, uint64_t rows, struct err *err);

/*
 * All other checks. To be called in the load's transaction, before the first row is merged. ERR_DATA if a
 * check fails: the error says which one and how many rows violate it, and shows the first ones. ERR_CONFIG if
 * a value of checks.in is not of the column's type, or if a query of checks.sql cannot be run, returns
 * nothing that can be read, or tries to write.
 */
MUST_CHECK bool checks_run(const struct checks *checks, struct pg *pg, struct err *err);

#endif
