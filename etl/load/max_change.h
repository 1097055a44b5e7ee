/*
 * checks.max_change: how much an answer may change the sums of metrics. The sums are those of the table's
 * rows of contract and window, before and after the load, for the days that can be compared
 * (load/comparable).
 */
#ifndef LOAD_MAX_CHANGE_H
#define LOAD_MAX_CHANGE_H

#include "base/arena.h"
#include "base/err.h"
#include "load/comparable.h"
#include "load/scope.h"
#include "wire/pg/pg.h"

/* The sums of the metrics of checks.max_change, in their order. */
struct max_change_sums {
    bool are_known;    /* there were rows to compare */
    const char **sums; /* exact, as decimal texts; "0" if no row has a value */
};

/* Everything is borrowed. */
struct max_change_request {
    const struct load_scope *scope;
    const struct comparable *comparable;
    bool accept;          /* run --accept */
    struct buf *accepted; /* output: what was accepted is appended, one per line */
};

/* To be called before the merge. Reads nothing for a job without checks.max_change. The sums live in the
 * arena. */
MUST_CHECK bool max_change_measure(const struct max_change_request *request, struct pg *pg,
                                   struct arena *arena, struct max_change_sums *before, struct err *err);

/*
 * To be called after the merge: ERR_DATA, with both sums, if one has changed by more than its percentage of
 * the sum before. With accept: a warning in the log, and true.
 */
MUST_CHECK bool max_change_check(const struct max_change_request *request,
                                 const struct max_change_sums *before, struct pg *pg, struct err *err);

#endif
