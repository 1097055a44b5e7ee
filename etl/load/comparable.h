/*
 * checks.max_vanished and checks.max_change compare only some rows of a load's scope with an answer: those of
 * days that an earlier load of the contract has covered after they had ended (state/target_coverage), so that
 * a day or month that still grows does not count as a change. For rows by month the whole month must have
 * been over.
 *
 * Snapshots cannot be split by day: the rows of a window are compared if it was over when it was loaded
 * before. A job without a window requests all days: rows without a date are always compared.
 */
#ifndef LOAD_COMPARABLE_H
#define LOAD_COMPARABLE_H

#include "load/scope.h"
#include "state/target_coverage.h"

struct comparable {
    size_t day;                        /* the column of a row's day; target->count if rows have none */
    bool by_day;                       /* rows have a day, and some days cannot be compared */
    bool none;                         /* snapshots: the window cannot be compared */
    struct target_uncovered uncovered; /* by_day */
};

/* What is to be loaded. today: the day on which the service was queried. */
struct comparable_load {
    const struct load_scope *scope;
    const struct window *window;
    date_t today;
};

/* To be called in the load's transaction, before the merge. Texts live in the arena. */
MUST_CHECK bool comparable_find(const struct comparable_load *load, struct pg *pg, struct arena *arena,
                                struct comparable *comparable, struct err *err);

/* To be called in the load's transaction: stores that the load's days, if they are over, can be compared from
 * now on. */
MUST_CHECK bool comparable_remember(const struct comparable_load *load, struct pg *pg, struct err *err);

/* For by_day: appends `, … as comparable`, for a row of the stage `s`, of the table `t`, or of both. */
void comparable_put_column(const struct comparable *comparable, const struct target *target,
                           struct statement *statement);

/*
 * For by_day: appends ` and …` to a condition on rows `t` of the scope: only rows that can be compared, or
 * (can_be false) only those that cannot. For the latter an index on the day can be used.
 */
void comparable_put_rows(const struct comparable *comparable, const struct target *target, bool can_be,
                         struct statement *statement);

#endif
