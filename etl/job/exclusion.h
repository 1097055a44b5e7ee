/*
 * The keys of a job that cannot be combined with a value of another key (job/exclusions.def).
 */
#ifndef JOB_EXCLUSION_H
#define JOB_EXCLUSION_H

#include "job/job_draft.h"

struct exclusion {
    const char *key; /* a path: source, target.mode */
    const char *value;
    const char *section;
    const char *excluded; /* a key of the section; NULL: the section itself */
    const char *why;
};

/* In the order of the table. key is NULL in the last one. */
extern const struct exclusion exclusions[];

/* To be called if the job has this value for `key`: adds an error for each key of the draft that cannot be
 * combined with it. */
void exclusions_check(const struct job_draft *draft, const char *key, const char *value);

#endif
