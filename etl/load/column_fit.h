/*
 * Whether a load can write the columns of a table that exists: the table has the columns that every table of
 * this tool has, the server computes none of the columns that a load writes, and no other column requires a
 * value. The types of fields and metrics are compared elsewhere (load/target).
 */
#ifndef LOAD_COLUMN_FIT_H
#define LOAD_COLUMN_FIT_H

#include "load/target.h"
#include "wire/pg/result.h"

/* What is in the way of a load: in words, and as statements that remove it. */
struct misfit {
    const struct target *target;
    struct buf words;      /* empty: nothing */
    struct buf statements; /* one for each */
    bool drops_key;        /* one of them drops the primary key */
};

struct misfit misfit_make(const struct target *target);
void misfit_cleanup(struct misfit *misfit);

/* Begins another misfit: appends what separates it from the one before. */
void misfit_begin(struct misfit *misfit);

/* Appends `alter table "s"."t"` to the statements. */
void misfit_put_alter(struct misfit *misfit);

/* Appends what does not fit. columns: those of the table (target_columns.sql). Pure. */
void column_fit_find(struct misfit *misfit, const PGresult *columns);

/* ERR_CREATE, with the statements that mend it, if a column of a table that loads have filled does not fit.
 * Pure. */
MUST_CHECK bool column_fit_check(const struct target *target, const PGresult *columns, struct err *err);

#endif
