/*
 * The text of a report view, or of a statement of sql/page/, whose file may have parts that are left out if a
 * table is missing:
 *
 *     -- if TABLE
 *     …
 *     -- end
 *
 * Both are lines of their own. Parts are not nested. Pure.
 */
#ifndef LOAD_REPORT_TEXT_H
#define LOAD_REPORT_TEXT_H

#include "base/buf.h"
#include "base/text.h"
#include "sql/statements.h"

/* Appends a text of statements, with the parts of the tables that exist. */
void report_text_put(const char *text, const struct text_list *existing, struct buf *out);

/* Appends only the view's query, without a semicolon, for reading the figures without the view. */
void report_text_put_query(const struct sql_report *source, const struct text_list *existing,
                           struct buf *out);

/* Appends the statements for psql, which itself finds out which tables of the search_path exist. */
void report_text_put_script(const struct sql_report *source, struct buf *out);

/* The view of this name, which the program has. */
const struct sql_report *report_text_find(const char *name);

#endif
