/*
 * The metric for the last comparisons with the service's own totals.
 */
#ifndef REPORT_METRICS_METRICS_DIFFERENCES_H
#define REPORT_METRICS_METRICS_DIFFERENCES_H

#include "report/metrics/metrics_text.h"
#include "state/reconciliation_list.h"

/*
 * Fills metrics->differences: one item per contract, month and category, sorted by these. If several tables
 * or contract years have one, the largest is taken. Lives in arena. Pure.
 */
void metrics_take_differences(const struct reconciliation_list *list, struct arena *arena,
                              struct metrics *metrics);

#endif
