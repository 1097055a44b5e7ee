/*
 * Compares what a table holds of whole contract years with the tokens that the contract's record says were
 * consumed. The result is shown but not judged: the record is a snapshot that the service updates on its own
 * schedule. Pure.
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
    const struct totals_figure *loaded; /* the sums of the table; those of one year are added up */
    size_t loaded_count;
    const struct totals_months *whole; /* the months that are completely loaded */
    date_t today;                      /* UTC */
};

struct years_line {
    unsigned year;
    const char *loaded;             /* "0" if the table has no rows */
    const char *consumed;           /* without multi-year tokens; NULL: not in the record */
    const char *multiyear_consumed; /* NULL: not in the record */
    const char *difference; /* loaded - consumed - multiyear_consumed; NULL: the year is not over or not
                             * completely loaded, or one of them is not known */
    bool is_running;        /* the year is not over */
    bool is_whole;          /* each of its months is completely loaded; never while it is running */
};

struct years_result {
    struct years_line *lines; /* by year */
    size_t count;
};

/* Whether the job loads all usage categories: the contract's record does not distinguish them. */
bool years_can_compare(const struct totals_rule *rule);

/* Adds the months of the years that have begun, from JOB_FIRST_DAY on. */
void years_add_months(const struct contract_years *years, date_t today, struct totals_months *months,
                      struct arena *arena);

/*
 * Leaves out years that have not begun, and, if the rows do not have their contract year, years that do not
 * begin and end at the start of a month. Everything lives in arena; the members of facts are borrowed.
 * ERR_DATA for a figure that cannot be added up.
 */
MUST_CHECK bool years_compare(const struct years_facts *facts, struct arena *arena,
                              struct years_result *result, struct err *err);

#endif
