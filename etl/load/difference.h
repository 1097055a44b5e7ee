/*
 * What a load has to change: one comparison of the stage with the table's scope, by key. Its result is a
 * temporary table of the transaction, which the load's statements join.
 */
#ifndef LOAD_DIFFERENCE_H
#define LOAD_DIFFERENCE_H

#include "load/comparable.h"
#include "load/restatement.h"
#include "load/scope.h"
#include "load/stage.h"

/*
 * A row of the table: `_row_key uuid`, which the stage has at most once (load/duplicate_key); `lead`, the
 * date that leads the table's index, where it has one: as the table has it, else as the stage; `change`, one
 * of the letters below; of a changed row, the stage's values; what restatement_put_columns() adds. Rows that
 * are the same are not in it.
 */
#define DIFFERENCE_TABLE "tokenflex_difference"
#define DIFFERENCE_NEW "n"      /* in the stage alone */
#define DIFFERENCE_CHANGED "c"  /* in both */
#define DIFFERENCE_VANISHED "v" /* in the table alone */

struct difference {
    uint64_t rows_new;
    uint64_t rows_changed;
    uint64_t rows_vanished;

    /* Of them, those of days that can be compared (load/comparable). */
    uint64_t comparable_new;
    uint64_t comparable_vanished;

    bool some_lead_is_null; /* of a changed row: the index does not find it by its date */
    uint64_t rows_restated; /* that count as restated (load/restatement) */
};

/*
 * Compares every column, those of the key too: somebody may have changed a field by hand, and left the key
 * that was made of it. Both sides are read once, whatever statistics there are of the table. A row of the
 * stage whose key does not tell its day is the same row whichever day of the table it has. It ends with a
 * savepoint, for difference_has_changed().
 */
MUST_CHECK bool difference_find(const struct load_scope *scope, const struct comparable *comparable,
                                const struct restatement *restatement, struct pg *pg,
                                struct difference *difference, struct err *err);

/*
 * A second look, where a load has not become what it should be, and will not be committed: takes back what
 * was written since difference_find(), also after an error of the server, and compares once more. *changed:
 * the result is another one, since another session has changed rows of the scope meanwhile.
 */
MUST_CHECK bool difference_has_changed(const struct load_scope *scope, struct pg *pg, bool *changed,
                                       struct err *err);

/* Appends the stage's values of a changed row of the difference, `d`, in the order of the result's columns.
 */
void difference_put_values(const struct load_scope *scope, struct statement *statement);

/*
 * Appends the condition by which a row of the table, `t`, is that of a row of the difference, `d`: key and
 * contract, and the date that leads the index, for the index. Of a table in several parts also the window's
 * days, so that no part without any of them is read.
 */
void difference_put_same_row(const struct load_scope *scope, const struct difference *difference,
                             struct statement *statement);

/*
 * Sets how the planner joins that many rows of the difference with a scope of scope_rows: by the index if
 * they are few, otherwise by reading the scope once. It does not rely on the table's statistics, which may be
 * missing or old. Valid until the transaction ends.
 */
MUST_CHECK bool difference_choose_plan(uint64_t rows, uint64_t scope_rows, struct pg *pg, struct err *err);

#endif
