/*
 * What the service has restated, for people and for scripts.
 */
#ifndef REPORT_CHANGES_REPORT_H
#define REPORT_CHANGES_REPORT_H

#include "load/changed_rows.h"
#include "state/restatement_list.h"

/* Appends a table, or one line where nothing has changed. list: RESTATEMENT_IN_ALL; rows: NULL where they are
 * not wanted. */
void changes_report_put_table(const struct restatement_list *list, const struct changed_rows *rows,
                              struct buf *out);

/*
 * Appends {"changes":[…]}, and with rows "rows":[…] behind it. list: RESTATEMENT_BY_RUN. Figures are numbers
 * with all their digits.
 */
void changes_report_put_json(const struct restatement_list *list, const struct changed_rows *rows,
                             struct buf *out);

#endif
