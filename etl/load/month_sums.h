/*
 * The tokens that a target table holds of a contract, added up by month, and by contract year and usage
 * category where the rows tell them: the loaded side of the comparison with the service's own totals.
 */
#ifndef LOAD_MONTH_SUMS_H
#define LOAD_MONTH_SUMS_H

#include "base/arena.h"
#include "base/err.h"
#include "job/totals_rule.h"
#include "wire/pg/pg.h"

/* Everything is borrowed. */
struct month_sums_request {
    const struct job *job;
    const struct totals_rule *rule; /* the job's */
    const char *schema;             /* database.schema */
    const char *contract;
    date_t since; /* the first month that is wanted, as its first day */
};

struct month_sums {
    bool table_exists;
    struct totals_figure *items; /* in no order; a category that is null in the rows is "" */
    size_t count;
};

/*
 * Reads the whole of the contract's rows since then, by one statement. Everything lives in arena. ERR_CONFIG
 * where the table holds the answer to another question than the job's (target_inspect()), or where somebody
 * has changed the type of a column that is needed.
 */
MUST_CHECK bool month_sums_read(const struct month_sums_request *request, struct pg *pg, struct arena *arena,
                                struct month_sums *sums, struct err *err);

#endif
