/*
 * By which filter the rows of a target table and contract were requested, in tokenflex_etl.target_filter.
 */
#ifndef STATE_TARGET_FILTER_H
#define STATE_TARGET_FILTER_H

#include "base/arena.h"
#include "base/err.h"
#include "state/target_record.h"
#include "wire/pg/pg.h"

struct target_filter {
    const char *job;              /* that loaded the first rows */
    const char *filter;           /* the normal form: job/filter.h */
    const char *where;            /* as the job has it; NULL: none */
    const char *usage_categories; /* as the job has them, one per line */
};

/* *filter is NULL where none is remembered; else it and its texts live in the arena. */
MUST_CHECK bool target_filter_read(struct pg *pg, const struct target_name *name, const char *contract,
                                   struct arena *arena, const struct target_filter **filter, struct err *err);

/* Remembers the filter within the transaction of the load, unless one is remembered already. */
MUST_CHECK bool target_filter_remember(struct pg *pg, const struct target_name *name, const char *contract,
                                       const struct target_filter *filter, struct err *err);

#endif
