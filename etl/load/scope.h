/*
 * The scope of a load: the rows of a table that correspond to the result of one contract and window. For rows
 * by date, the rows of the window's days; for snapshots, the rows of the window and of the windows that it
 * replaces; without a window, all rows of the contract.
 */
#ifndef LOAD_SCOPE_H
#define LOAD_SCOPE_H

#include "job/window.h"
#include "load/statement.h"
#include "load/target.h"

/* Other windows of snapshots, as two arrays of dates in PostgreSQL's text form: `{2026-11-01,2026-11-08}`. */
struct scope_windows {
    const char *starts;
    const char *ends;
};

/* Everything is borrowed. */
struct load_scope {
    const struct target *target;
    const char *contract;
    const struct window_days *days; /* days of the window */
    /* Windows that belong to the scope because this window replaces them; NULL: none. */
    const struct scope_windows *replaced;
    const char *stage;      /* stage_name() of the rows to load; NULL: they are in no table */
    const char *difference; /* stage_difference_name(): what a load has to change (load/difference) */
};

/* Appends the condition on a table with the alias `t`. */
void scope_put(const struct load_scope *scope, struct statement *statement);

/* The same, only for the replaced windows, which must not be NULL. */
void scope_put_replaced(const struct load_scope *scope, struct statement *statement);

/*
 * Appends the condition by which two rows are the same: `t._row_key = s._row_key`. If the table is
 * distributed by contract_number, this column is compared too, so that the nodes find the rows without asking
 * each other. The aliases are of the table, the stage or the difference.
 */
void scope_put_same_key(const struct load_scope *scope, const char *left, const char *right,
                        struct statement *statement);

/* Appends `(t."a", t."b") is distinct from (s."a", s."b")` for the result's columns of a row of the table and
 * a row of the stage. Texts are compared byte by byte, even if the owner's collation treats different ones as
 * equal. */
void scope_put_is_distinct(const struct load_scope *scope, struct statement *statement);

/* Appends the name of a column of the table `t` for such a comparison: `t."a"`, of a text `t."a" collate
 * "C"`. */
void scope_put_compared(const struct target_column *column, struct statement *statement);

/* Appends the result's columns, each with a prefix: `t."a", t."b"`. */
void scope_put_columns(const struct load_scope *scope, const char *prefix, struct statement *statement);

/* Appends `"schema"."table" t`. */
void scope_put_table(const struct load_scope *scope, struct statement *statement);

#endif
