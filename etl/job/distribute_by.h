/*
 * By which column a new table is distributed over the nodes of a Citus cluster.
 */
#ifndef JOB_DISTRIBUTE_BY_H
#define JOB_DISTRIBUTE_BY_H

enum job_distribute_by {
    JOB_DISTRIBUTE_NONE,
    JOB_DISTRIBUTE_BY_CONTRACT,
    JOB_DISTRIBUTE_BY_ROW_KEY,
    JOB_DISTRIBUTE_AS_DATABASE, /* of a job that says nothing, until database.distribute_by is known */
};

/* The choices of distribute_by, ended by NULL; all but the last of the enum. */
extern const char *const job_distribute_choices[];

/* The column; NULL: the table is not distributed. */
const char *job_distribute_column(enum job_distribute_by by);

#endif
