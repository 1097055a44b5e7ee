/*
 * Checking one job offline: what the service or the database would refuse, before a request is spent on it.
 * Each function adds to the findings of the draft's context, and is in the file of its name.
 */
#ifndef JOB_JOB_CHECK_H
#define JOB_JOB_CHECK_H

#include "job/job_draft.h"

/* The advice for a field that the catalogue lacks, and that resembles none of its fields. */
#define JOB_CUSTOM_FIELD_ADVICE                                                                              \
    "; if it is the contract's own name of a custom field, write `customFieldN`, which stays valid when "    \
    "that "                                                                                                  \
    "name changes: `tokenflex-etl discover fields --contract NUMBER` shows which"

/* Which keys can be used with `source: contract`, and which cannot. */
void job_check_dataset(const struct job_draft *draft);

/* The query for usage, and the window. */
void job_check_query(const struct job_draft *draft);

/* The usage categories that the fields need, and what cannot be queried. */
void job_check_levels(const struct job_draft *draft);

/* The condition of the query. */
void job_check_where(const struct job_draft *draft);

/* Names and columns of the target table. */
void job_check_target(const struct job_draft *draft);

/* The keys of `checks`: that they name columns of the result, and that their values fit these columns. */
void job_check_answer(const struct job_draft *draft);

#endif
