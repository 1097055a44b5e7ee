/*
 * A text table with aligned columns, for people. Each column is as wide as its widest cell.
 */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct table; /* opaque */

/* headings: `count` texts, borrowed; those that begin with `>` head a column that is aligned right. */
struct table *table_make(const char *const *headings, size_t count);
void table_release(struct table *table); /* NULL is not allowed */

/* Adds the next cell; rows fill from left to right. The text is copied. NULL: an empty cell. */
void table_add(struct table *table, const char *text);
void table_add_number(struct table *table, unsigned long long number);

/* Appends the headings and the rows; only the headings if there are no rows. */
void table_put(const struct table *table, struct buf *out);

#endif
