/*
 * The statements by which a load writes rows: by key, and the same for every placement. Only the names of the
 * tables differ, and of a table that is distributed by contract_number that column is compared, too. Pure.
 */
#ifndef LOAD_MERGE_TEXT_H
#define LOAD_MERGE_TEXT_H

#include "load/difference.h"
#include "load/history.h"
#include "load/scope.h"

/* Everything is borrowed. */
struct merge_text {
    const struct load_scope *scope;       /* without the windows that are replaced */
    const struct scope_windows *replaced; /* those windows */
    const struct history *history;        /* NULL: old versions of rows are not kept */
    const char *run_id;
};

/* Inserts every row of the stage; only_new: only those that the comparison has found to be new. */
void merge_text_put_insert(const struct merge_text *text, bool only_new, struct statement *statement);

/* Updates the rows that the comparison has found to be changed. */
void merge_text_put_update(const struct merge_text *text, const struct difference *difference,
                           struct statement *statement);

/* Deletes the rows that the comparison has found to have vanished, or those of the replaced windows. */
void merge_text_put_delete_vanished(const struct merge_text *text, struct statement *statement);
void merge_text_put_delete_replaced(const struct merge_text *text, struct statement *statement);

/* With a history: inserts the old versions of the rows that the three statements above change or delete. */
void merge_text_put_keep_changed(const struct merge_text *text, const struct difference *difference,
                                 struct statement *statement);
void merge_text_put_keep_vanished(const struct merge_text *text, struct statement *statement);
void merge_text_put_keep_replaced(const struct merge_text *text, struct statement *statement);

#endif
