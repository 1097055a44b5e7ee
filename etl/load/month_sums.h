/*
 * The tokens that a target table holds of a contract, added up by month, and by contract year and usage
 * category if the rows have them: the loaded side of the comparison with the service's own totals.
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
    const struct totals_rule *rule; /* of the job */
    const char *schema;             /* database.schema */
    const char *contract;
    date_t since; /* the first day of the first month to read */
};

struct month_sums {
    struct totals_figure *items; /* in no defined order; a category that is null in the rows is "" */
    size_t count;
};

/*
 * Reads all rows of the contract since then, with one statement; none if there is no table. Everything lives
 * in arena. ERR_CONFIG if the table has another grain than the job (target_inspect()), or if the type of a
 * required column was changed; ERR_DATA for rows with a month that cannot be read.
 */
MUST_CHECK bool month_sums_read(const struct month_sums_request *request, struct pg *pg, struct arena *arena,
                                struct month_sums *sums, struct err *err);

#endif
