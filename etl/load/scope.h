/*
 * What a load is about: the rows of a table that a result of one contract and window stands for. Rows by date
 * are those of the window's days; snapshots are those of the window as a whole, and of windows whose place it
 * takes; without a window they are all
 * rows of the contract.
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
    const struct window_days *days; /* of the window */
    /* That are part of it, since the window takes their place; or NULL. */
    const struct scope_windows *replaced;
    const char *stage; /* stage_name(), of the rows to be loaded; NULL: they are in no table */
};

/* Appends the condition, for the table under the alias `t`. */
void scope_put(const struct load_scope *scope, struct statement *statement);

/* The same of the replaced windows alone, which there are. */
void scope_put_replaced(const struct load_scope *scope, struct statement *statement);

/* Appends the result's columns with a prefix each: `t."a", t."b"`. */
void scope_put_columns(const struct load_scope *scope, const char *prefix, struct statement *statement);

/* Appends `"schema"."table" t`. */
void scope_put_table(const struct load_scope *scope, struct statement *statement);

#endif
