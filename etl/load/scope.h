/*
 * What a load is about: the rows of a table that a result of one contract and window stands for. Rows by date
 * are those of the window's days; snapshots are those of the window as a whole; without a window they are all
 * rows of the contract.
 */
#ifndef LOAD_SCOPE_H
#define LOAD_SCOPE_H

#include "job/window.h"
#include "load/statement.h"
#include "load/target.h"

/* Everything is borrowed. */
struct load_scope {
    const struct target *target;
    const char *contract;
    const struct window_days *days; /* of the window */
    const char *stage;              /* stage_name(), of the rows to be loaded */
};

/* Appends the condition, for the table under the alias `t`. */
void scope_put(const struct load_scope *scope, struct statement *statement);

/* Appends the result's columns, or those outside the key, with a prefix each: `t."a", t."b"`. */
enum scope_columns { SCOPE_ALL_COLUMNS, SCOPE_OTHER_THAN_KEY };
void scope_put_columns(const struct load_scope *scope, const char *prefix, enum scope_columns which,
                       struct statement *statement);

/* Appends `"schema"."table" t`. */
void scope_put_table(const struct load_scope *scope, struct statement *statement);

#endif
