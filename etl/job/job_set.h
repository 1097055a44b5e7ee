/*
 * Checks all jobs together, each against the others.
 */
#ifndef JOB_JOB_SET_H
#define JOB_JOB_SET_H

#include "job/job.h"

/*
 * Sets target.distribute_by of the jobs that do not have it to `by`, which is database.distribute_by. Adds an
 * error for each job whose table would be both partitioned and distributed.
 */
void job_set_distribute(struct jobs *jobs, enum job_distribute_by by, struct findings *findings);

/* Adds an error for each job that has the name of another job, that writes the table of another job with
 * different fields, key, snapshots or table properties, or that writes the same contract into the same table
 * with another filter; and for a job whose table of old versions is the table of another job. Each job is
 * compared only with the first job of the same name or table, so the number of errors grows with the number
 * of jobs, not with the number of pairs.
 */
void job_set_check(const struct jobs *jobs, struct findings *findings);

#endif
