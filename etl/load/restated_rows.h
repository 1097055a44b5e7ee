/*
 * The rows behind restatements (state/restatement_list), each with its values before and after, from tables
 * that keep old versions of their rows (load/history).
 */
#ifndef LOAD_RESTATED_ROWS_H
#define LOAD_RESTATED_ROWS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "state/restatement_list.h"
#include "wire/pg/pg.h"

/* A row as one run has changed it. Texts live in the arena. */
struct restated_row {
    const char *job;
    const char *contract;
    const char *month;     /* its first day; NULL: the rows have no date */
    const char *operation; /* insert, update or delete */
    const char *before;    /* as a JSON object, without the tool's `_…` columns; NULL: the row is new */
    const char *after;     /* NULL: the row was deleted */
    const char *key;       /* the values of its key, in words */
    const char *figures; /* `tokens_consumed 3 -> 4.5`: the columns with another value; for a row that is new
                          * or was deleted, the columns outside the key */
    int64_t run_id;
    int64_t restated_ms;
};

struct restated_rows {
    struct restated_row *items; /* table by table; those of one table the newest first */
    size_t count;
    size_t tables;           /* the number of tables with a history */
    struct text_list others; /* tables without a history, as schema.table */
    /* Histories that a rebuild has set aside since the oldest change. They have older rows, which are not in
     * items. Each item is `schema.table`, or several separated by `, `. */
    struct text_list set_aside;
};

/* Reads the rows of all these tables, completely. Everything lives in arena. */
MUST_CHECK bool restated_rows_read(const struct restatement_wanted *wanted, struct pg *pg,
                                   struct arena *arena, struct restated_rows *rows, struct err *err);

#endif
