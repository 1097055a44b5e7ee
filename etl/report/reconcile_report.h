/*
 * The result of a comparison with the service's own totals: a table for people, JSON for scripts.
 */
#ifndef REPORT_RECONCILE_REPORT_H
#define REPORT_RECONCILE_REPORT_H

#include "run/reconcile.h"

/* Appends a table and a line with the number of differences; the line also counts the figures of months that
 * are not loaded, which the table leaves out. Then errors and a table of the contract years. */
void reconcile_report_put_table(const struct reconcile_outcome *outcome, struct buf *out);

/* Appends {"months":[…],"differences":N,"years":[…]}; figures are numbers with all their digits. */
void reconcile_report_put_json(const struct reconcile_outcome *outcome, struct buf *out);

#endif
