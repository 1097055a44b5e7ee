/*
 * The figures that the service has restated: tables for people, JSON for scripts.
 */
#ifndef REPORT_CHANGES_REPORT_H
#define REPORT_CHANGES_REPORT_H

#include "load/restated_rows.h"
#include "state/restatement_list.h"

/* Appends a table of the figures, or one line if nothing has changed, and with rows a second table. list:
 * RESTATEMENT_IN_ALL. rows: NULL: not shown. */
void changes_report_put_table(const struct restatement_list *list, const struct restated_rows *rows,
                              struct buf *out);

/*
 * Appends {"changes":[…]}, and with rows a member "rows":[…] after it. list: RESTATEMENT_BY_RUN. Figures are
 * numbers with all their digits.
 */
void changes_report_put_json(const struct restatement_list *list, const struct restated_rows *rows,
                             struct buf *out);

#endif
