/*
 * Records how a load changes figures that an earlier load has written: tokenflex_etl.restatement, one row per
 * month and metric.
 *
 * A row counts for its month if an earlier load of the contract has covered the row's day after that day had
 * ended (state/target_coverage); for rows by month (usageMonth) the month must have been over. Usage of other
 * days is new and is not a restatement. Rows without a date have no month: those of a job without a window
 * count as soon as an earlier load has written some; those of a snapshot count if the same window was loaded
 * before when it was over. A window that replaces others does not count. If the rows of every run are kept
 * (mode: append), nothing counts. A metric for which no earlier row had a value is new and not restated. Rows
 * that vanished and are kept (vanished: keep) remain part of the sums and do not count.
 *
 * The changes come from the comparison that the merge makes anyway (load/difference). The sums before and
 * after are those of all covered days of the month, also outside the load's window. Those of the window's
 * days come from the proof, where it has made them (load/proof_check): then only the rest of its first and
 * last month is read.
 */
#ifndef LOAD_RESTATEMENT_H
#define LOAD_RESTATEMENT_H

#include "base/arena.h"
#include "load/scope.h"

/* Which rows of a load's scope count. Texts live in the arena. */
struct restatement {
    bool is_possible;    /* some rows may count */
    size_t date;         /* the column with the month of a row; target.count: rows have none */
    const char *covered; /* the days that earlier loads have covered, as a datemultirange of PostgreSQL */
};

/* The column with the month of a row, usageDate or usageMonth; target->count if the target has no such
 * column. Pure. */
size_t restatement_date_column(const struct target *target);

/* To be called in the load's transaction, before the merge. */
MUST_CHECK bool restatement_find(const struct load_scope *scope, struct pg *pg, struct arena *arena,
                                 struct restatement *restatement, struct err *err);

/*
 * For is_possible: appends columns to the comparison of the stage `s` with the table `t`, `, … as was, …`,
 * for restatement_write(). `was` and `is_now` say whether the row counted before the load, and counts after
 * it.
 */
void restatement_put_columns(const struct restatement *restatement, const struct load_scope *scope,
                             struct statement *statement);

/* What is recorded, after the load is proved. Everything is borrowed. */
struct restatement_record {
    const struct restatement *restatement; /* is_possible */
    const struct load_scope *scope;
    const char *run_id;
    bool is_filled; /* the scope had no rows before, and all its rows are new: nothing was compared */
    /* restatement_takes_days(), and the proof has made PROOF_DAYS, which has the days of the scope. */
    bool has_days;
};

/* Whether PROOF_DAYS has all that is needed of the days of the scope. Pure. */
bool restatement_takes_days(const struct load_scope *scope);

/* Writes the rows of tokenflex_etl.restatement; none if nothing that counts has changed. */
MUST_CHECK bool restatement_write(const struct restatement_record *record, struct pg *pg, struct err *err);

#endif
