/*
 * What a comparison with the service's own totals has found, for people and for scripts.
 */
#ifndef REPORT_RECONCILE_REPORT_H
#define REPORT_RECONCILE_REPORT_H

#include "run/reconcile.h"

/* Appends a table, and a line with the number of differences. Months that are not loaded are left out of it:
 * one line counts them. Then a table of the contract years. */
void reconcile_report_put_table(const struct reconcile_outcome *outcome, struct buf *out);

/* Appends {"months":[…],"differences":N,"years":[…]}; figures are numbers with all their digits. */
void reconcile_report_put_json(const struct reconcile_outcome *outcome, struct buf *out);

#endif
