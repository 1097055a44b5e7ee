/*
 * Reads the years of a contract's record (GET contract/:n) from a table of the dataset contract_years.
 */
#ifndef LOAD_CONTRACT_YEARS_H
#define LOAD_CONTRACT_YEARS_H

#include "base/arena.h"
#include "base/err.h"
#include "job/job.h"
#include "wire/pg/pg.h"

/*
 * One contract year. Tokens are decimal digits (base/decimal.h), NULL if not in the record. Token Flex API,
 * "Other reads": consumed excludes multi-year tokens, which multiyear_consumed has; both are snapshots, which
 * may differ from the total of the usage.
 */
struct contract_year {
    unsigned year; /* as contractYear counts it */
    date_t from;   /* its first day */
    date_t to;     /* the day after its last one */
    const char *consumed;
    const char *multiyear_consumed;
};

struct contract_years {
    struct contract_year *items; /* by year */
    size_t count;                /* 0: there is no table, or it has no row of the contract */
};

/* Everything is borrowed. */
struct contract_years_request {
    const struct job *job; /* of the dataset contract_years */
    const char *schema;    /* database.schema */
    const char *contract;
};

/*
 * Reads the newest row of each year that has its days. Everything lives in arena. ERR_CONFIG as from
 * target_inspect(); an error of the database if target.types gives a column a type that cannot be cast.
 */
MUST_CHECK bool contract_years_read(const struct contract_years_request *request, struct pg *pg,
                                    struct arena *arena, struct contract_years *years, struct err *err);

#endif
