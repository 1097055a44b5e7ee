/*
 * The keys of a job definition: one row per key, with its meaning and its default. Reading, help, man page
 * and job.schema.json are made from the rows.
 */
#ifndef JOB_JOB_KEYS_H
#define JOB_JOB_KEYS_H

#include "job/keys.h"

/* Ended by one without a name. They fill a struct job. */
extern const struct key job_keys[];

#endif
