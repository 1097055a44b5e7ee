/*
 * What is wrong with jobs as a set.
 */
#ifndef JOB_JOB_SET_H
#define JOB_JOB_SET_H

#include "job/job.h"

/*
 * Settles target.distribute_by of jobs that say nothing: as `by`, which is database.distribute_by. A job that
 * asks for partitions, too, is an error: a table is cut in one way.
 */
void job_set_distribute(struct jobs *jobs, enum job_distribute_by by, struct findings *findings);

/* Two of one name; two that write one table with different grains, or, for a contract that both name, with
 * different filters. Each job is compared with the first one of the same name or table: time and findings
 * grow with the number of jobs.
 */
void job_set_check(const struct jobs *jobs, struct findings *findings);

#endif
