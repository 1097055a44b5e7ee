/*
 * The keys of a job's `checks`: what an answer must fulfil to be loaded. For job/job_read.
 */
#ifndef JOB_JOB_READ_CHECKS_H
#define JOB_JOB_READ_CHECKS_H

#include "job/keys.h"

/* Of a struct job_checks; ended by one without a name. */
extern const struct key job_checks_keys[];

#endif
