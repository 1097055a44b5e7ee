/*
 * The tables in README and the pages of etl/docs that are made from the tables of the program. A page has a
 * pair of lines for each, and what stands between them is replaced:
 *
 *     <!-- generated: commands -->        or exit-codes, metrics
 *     <!-- end -->
 */
#ifndef REFERENCE_PAGE_TABLES_H
#define REFERENCE_PAGE_TABLES_H

#include "base/buf.h"
#include "base/err.h"

/* Appends the page with its tables made new. ERR_CONFIG: the file cannot be read, names a table that does not
 * exist, or a table has no end. */
MUST_CHECK bool page_tables_put(const char *path, struct buf *out, struct err *err);

#endif
