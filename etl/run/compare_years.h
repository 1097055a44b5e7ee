/*
 * What a table holds of whole contract years, beside the tokens that the contract's record says were
 * consumed. Shown, and not judged: the record is a snapshot that the service updates by itself. Pure.
 */
#ifndef RUN_COMPARE_YEARS_H
#define RUN_COMPARE_YEARS_H

#include "job/totals_rule.h"
#include "load/contract_years.h"
#include "state/reconciliation.h"

/* Everything is borrowed. */
struct years_facts {
    const struct totals_rule *rule;
    const struct contract_years *years;
    const struct totals_figure *loaded; /* the table's sums; those of one year are added up */
    size_t loaded_count;
    const struct totals_months *whole; /* the months that the table holds whole */
    date_t today;                      /* UTC */
};

struct years_line {
    unsigned year;
    const char *loaded;             /* "0" where the table has no rows */
    const char *consumed;           /* without multi-year tokens; NULL: the record does not tell */
    const char *multiyear_consumed; /* NULL: the record does not tell */
    const char *difference; /* loaded - consumed - multiyear_consumed; NULL: the year is not over, not held
                               whole, or one of them is not known */
    bool is_running;        /* the year is not over */
    bool is_whole;          /* the table holds each of its months whole; never while it is running */
};

struct years_result {
    struct years_line *lines; /* by year */
    size_t count;
};

/* Whether the job loads all usage categories: the contract's record does not tell them apart. */
bool years_can_compare(const struct totals_rule *rule);

/* Adds the months of the years that have begun and that PostgreSQL's and the job's days can have. */
void years_add_months(const struct contract_years *years, date_t today, struct totals_months *months,
                      struct arena *arena);

/*
 * Years that have not begun are left out; so are, where the rows do not have their contract year, those that
 * do not begin and end with a month. Everything lives in arena; what facts has is borrowed. ERR_DATA for a
 * figure that cannot be added up.
 */
MUST_CHECK bool years_compare(const struct years_facts *facts, struct arena *arena,
                              struct years_result *result, struct err *err);

#endif
