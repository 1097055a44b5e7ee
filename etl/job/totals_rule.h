/*
 * Which jobs load rows whose tokens can be compared with the service's own totals (GET usage/:n/summary), and
 * at which grain: always by month, and by contract year and usage category if the rows have them. Pure.
 */
#ifndef JOB_TOTALS_RULE_H
#define JOB_TOTALS_RULE_H

#include "job/job.h"

/* What can be compared of a job's rows. */
struct totals_rule {
    const char *date_field; /* usageDate or usageMonth, by which the rows are summed to months */
    bool by_year;           /* the rows have their contract year */
    bool by_category;       /* the rows have their usage category */
    unsigned categories;    /* that the job requests, as a set of 1 << enum usage_category; 0: all */
    /* The only category that the job requests; NULL: it requests all, or several. It is the category of a
     * figure if the rows do not have their own. */
    const char *category;
};

/* What a figure counts. */
struct totals_key {
    date_t month;  /* its first day */
    unsigned year; /* of the contract; 0: of all years */
    const char
        *category; /* the name that the service uses now; NULL: of all categories that the job requests */
};

/* Tokens as decimal digits (base/decimal.h). */
struct totals_figure {
    struct totals_key key;
    const char *tokens;
};

/*
 * Whether the job's tokens can be compared; *rule is filled then, else *reason says in words why not: "its
 * rows have no tokensConsumed". Does not check whether the job has `reconcile: off`.
 */
bool totals_rule_of(const struct job *job, struct totals_rule *rule, const char **reason);

#endif
