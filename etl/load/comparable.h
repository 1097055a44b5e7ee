/*
 * Which rows of a load's scope can be compared with an answer by checks.max_vanished and checks.max_change:
 * those of days that an earlier load of the contract has covered after they were over
 * (state/target_coverage), so that a day or month that still grows is no change. Of rows by month the whole
 * month must have been over.
 *
 * Snapshots cannot be cut: a window's rows are compared where it was over when it was loaded before. Rows of
 * a job without a window and without dates are always compared.
 */
#ifndef LOAD_COMPARABLE_H
#define LOAD_COMPARABLE_H

#include "load/scope.h"
#include "state/target_coverage.h"

struct comparable {
    bool by_day;                       /* rows tell their day, and some days cannot be compared */
    bool none;                         /* snapshots: the window cannot be compared */
    struct target_uncovered uncovered; /* by_day */
};

/* What is to be loaded; today: the day as of which the service was asked. */
struct comparable_load {
    const struct load_scope *scope;
    const struct window *window;
    date_t today;
};

/* In the load's transaction, before it is merged. Texts live in the arena. */
MUST_CHECK bool comparable_find(const struct comparable_load *load, struct pg *pg, struct arena *arena,
                                struct comparable *comparable, struct err *err);

/* In the load's transaction: its days, as far as they are over, can be compared from now on. */
MUST_CHECK bool comparable_remember(const struct comparable_load *load, struct pg *pg, struct err *err);

/* by_day: appends `, … as comparable`, for a row of the stage `s`, of the table `t`, or both. */
void comparable_put_column(const struct comparable *comparable, const struct target *target,
                           struct statement *statement);

/*
 * by_day: appends ` and …` to a condition on rows `t` of the scope: only those that can be compared, or only
 * those that cannot, which an index on the day finds.
 */
void comparable_put_rows(const struct comparable *comparable, const struct target *target, bool can_be,
                         struct statement *statement);

#endif
