/*
 * What is wrong with jobs as a set.
 */
#ifndef JOB_JOB_SET_H
#define JOB_JOB_SET_H

#include "job/job.h"

/* Two of one name; two that write one table with different grains, or, for a contract that both name, with
 * different filters. Each job is compared with the first one of the same name or table: time and findings
 * grow with the number of jobs.
 */
void job_set_check(const struct jobs *jobs, struct findings *findings);

#endif
