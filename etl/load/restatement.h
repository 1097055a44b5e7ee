/*
 * What a load changes of figures that an earlier load had brought: tokenflex_etl.restatement, a row a month
 * and metric.
 *
 * Counted are rows of days that an earlier load of the contract has covered after they were over
 * (state/target_coverage), by month; of rows by month (usageMonth) the month must have been over. Usage of
 * other days is new, and no restatement. Rows without a date have no month: those of a job without a window
 * count once an earlier load has brought some, and a snapshot's where the same window was loaded before when
 * it was over; a window that replaces others does not count. Where every run's rows are kept
 * (mode: append), nothing changes. A metric that none of the rows had a value of is new, and not restated.
 * Rows that vanished and are kept (vanished: keep) stay part of the sums,
 * and do not count.
 *
 * The changes are told by the comparison that the merge makes anyway (load/difference). The sums before and
 * after are those of the whole month, as far as its days were covered, also outside the load's window: one
 * more look at the months that have changed, and at no others.
 */
#ifndef LOAD_RESTATEMENT_H
#define LOAD_RESTATEMENT_H

#include "base/arena.h"
#include "load/scope.h"

/* What of a load's scope counts. Texts live in the arena. */
struct restatement {
    bool is_possible;    /* some rows may count */
    size_t date;         /* the column by which rows have a month; target.count: they have none */
    const char *covered; /* days that an earlier load has covered, as PostgreSQL's datemultirange */
};

/* The column that tells the month of a row, usageDate or usageMonth; target->count if the target has no such
 * column. Pure.
 */
size_t restatement_date_column(const struct target *target);

/* In the load's transaction, before it is merged. */
MUST_CHECK bool restatement_find(const struct load_scope *scope, struct pg *pg, struct arena *arena,
                                 struct restatement *restatement, struct err *err);

/*
 * is_possible: appends columns to the comparison of the stage `s` with the table `t`, `, … as was, …`, for
 * restatement_record(). `was` and `is_now` tell whether the row counted before, and counts after the load.
 */
void restatement_put_columns(const struct restatement *restatement, const struct load_scope *scope,
                             struct statement *statement);

/* What is recorded, once the rows are written. Everything is borrowed. */
struct restatement_record {
    const struct restatement *restatement; /* is_possible */
    const struct load_scope *scope;
    const char *run_id;
    /* The temporary table that has the comparison (load/difference); NULL: the scope had no rows, and all
     * that it has now are new. */
    const char *comparison;
};

/* Writes the rows of tokenflex_etl.restatement; none where nothing that counts has changed. */
MUST_CHECK bool restatement_write(const struct restatement_record *record, struct pg *pg, struct err *err);

#endif
