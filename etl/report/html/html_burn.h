/*
 * The chart of the burn-down: the tokens left day by day, and the pace that would leave none at the end of
 * the year. Pure.
 */
#ifndef REPORT_HTML_HTML_BURN_H
#define REPORT_HTML_HTML_BURN_H

#include "report/html/html_block.h"

/* rows: of page_burn.sql, at least one. */
void html_put_burn(const struct html_source *source, const PGresult *rows, struct buf *out);

#endif
