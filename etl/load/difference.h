/*
 * Finds what a load has to change: compares the stage with the table's scope once, by key. The result is a
 * table of the transaction (scope->difference), which the load's statements join. It is a temporary table; if
 * the target is distributed, it is a table with the target's shards, which difference_drop() drops.
 */
#ifndef LOAD_DIFFERENCE_H
#define LOAD_DIFFERENCE_H

#include "load/comparable.h"
#include "load/restatement.h"
#include "load/scope.h"
#include "load/stage.h"

/*
 * The columns of the table: `_row_key uuid`, which the stage has at most once (load/duplicate_key);
 * contract_number, if the target is distributed by it; `lead`, the date that leads the table's index, if
 * there is one: the table's value, or the stage's for a new row; `change`, one of the letters below; for a
 * changed row the stage's values; `comparable`, if some days cannot be compared (load/comparable); and the
 * columns of restatement_put_columns(). Equal rows are left out.
 */
#define DIFFERENCE_NEW "n"      /* only in the stage */
#define DIFFERENCE_CHANGED "c"  /* in both, with different values */
#define DIFFERENCE_VANISHED "v" /* only in the table */

struct difference {
    uint64_t rows_new;
    uint64_t rows_changed;
    uint64_t rows_vanished;

    /* The same, only for days that can be compared (load/comparable). */
    uint64_t comparable_new;
    uint64_t comparable_vanished;

    uint64_t
        rows_without_key; /* rows of the table whose _row_key is null, which no row of the stage matches */

    bool some_lead_is_null; /* in a changed row: the index does not find it by its date */
    uint64_t rows_restated; /* rows that count as restated (load/restatement) */
};

/*
 * Compares every column, including those of the key: a field may have been changed by hand without its
 * `_row_key`. Reads both sides once, whatever the table's statistics are. If the key does not include the
 * day, a row of the stage matches the table's row with the same key on any day. Ends with a savepoint, for
 * difference_has_changed().
 *
 * are_same: it is known that there is no difference (load/same_rows). Then nothing is compared.
 */
MUST_CHECK bool difference_find(const struct load_scope *scope, const struct comparable *comparable,
                                const struct restatement *restatement, bool are_same, struct pg *pg,
                                struct difference *difference, struct err *err);

/*
 * Compares a second time, after a load has failed its checks and will not be committed: undoes what was
 * written since difference_find(), also after an error of the server. *changed: the result differs from the
 * first one, because another session has changed rows of the scope meanwhile.
 */
MUST_CHECK bool difference_has_changed(const struct load_scope *scope, struct pg *pg, bool *changed,
                                       struct err *err);

/* To be called at the end of the load: drops the table of the difference if it is not a temporary one. */
MUST_CHECK bool difference_drop(const struct load_scope *scope, struct pg *pg, struct err *err);

/* Appends the stage's values of a changed row `d` of the difference, in the order of the result's columns. */
void difference_put_values(const struct load_scope *scope, struct statement *statement);

/*
 * Appends the condition by which a row of the table, `t`, is that of a row of the difference, `d`: key and
 * contract, the date that leads the index, and the load's window, so that only its part of the table is read
 * however large the table is. If the key does not include the day, the row may be outside the window.
 */
void difference_put_same_row(const struct load_scope *scope, const struct difference *difference,
                             struct statement *statement);

/*
 * Sets how the planner joins that many rows of the difference with a scope of scope_rows: by the index if
 * they are few, otherwise by reading the scope once. It does not rely on the table's statistics, which may be
 * missing or old. Valid until the transaction ends.
 */
MUST_CHECK bool difference_choose_plan(uint64_t rows, uint64_t scope_rows, struct pg *pg, struct err *err);

/*
 * Whether the changed and vanished rows of the difference need an index; rows is their number. If the
 * server's statistics do not know the contract or the days yet, the planner takes the scope for empty: it
 * reads the scope first and looks for each of its rows in the difference. Without an index every row is then
 * compared with every other, which takes minutes; with the index it takes a second for a million rows.
 *
 * The statistics themselves are left to the server (autovacuum): ANALYZE would lock the table against other
 * loads until the end of this one, only the owner may do it, and it takes longer than the index. Pure.
 */
bool difference_wants_index(uint64_t rows, uint64_t scope_rows);

/* Makes that index. */
MUST_CHECK bool difference_make_index(const struct load_scope *scope, struct pg *pg, struct err *err);

#endif
