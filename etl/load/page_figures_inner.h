/* What only load/page_figures.c and its unit tests use. */
#ifndef LOAD_PAGE_FIGURES_INNER_H
#define LOAD_PAGE_FIGURES_INNER_H

#include "load/page_figures.h"

/*
 * Appends the tables of a line at the top of a statement, one per line: key is `-- needs:` (without one of
 * them there are no figures) or `-- uses:` (load/report_text.h leaves out what reads one that is missing).
 * Pure.
 */
void page_put_tables(const char *sql, const char *key, struct buf *tables);

/*
 * Appends a statement with what it shares with others: the query of a view of the program takes the place of
 * each line `-- view NAME`, and page_newest_month.sql that of `-- newest month of TABLE`. Pure.
 */
void page_put_statement(const char *sql, struct buf *out);

#endif
